-- What admins decided. Secrets are in sealed, never in value.
CREATE TABLE settings (
    name       text PRIMARY KEY,
    value      jsonb NOT NULL,
    sealed     bytea,
    version    bigint NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- vTiger's users as last listed; allowed is our admin's decision.
CREATE TABLE users (
    id         text PRIMARY KEY,
    user_name  text NOT NULL,
    first_name text NOT NULL DEFAULT '',
    last_name  text NOT NULL DEFAULT '',
    email      text NOT NULL DEFAULT '',
    time_zone  text NOT NULL DEFAULT '', -- of the tz database
    admin      boolean NOT NULL DEFAULT false,
    active     boolean NOT NULL DEFAULT true,
    allowed    boolean NOT NULL DEFAULT false,
    seen_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
    hash       bytea PRIMARY KEY,
    user_id    text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);

-- One vTiger user's sync of one module with one mailbox folder. epoch counts the identities its links held for.
CREATE TABLE connections (
    id               uuid PRIMARY KEY,
    user_id          text NOT NULL REFERENCES users (id),
    module           text NOT NULL,
    epoch            bigint NOT NULL DEFAULT 1,
    mailbox_tenant   text NOT NULL DEFAULT '',
    mailbox_id       text NOT NULL DEFAULT '',
    mailbox_address  text NOT NULL DEFAULT '',
    mailbox_name     text NOT NULL DEFAULT '',
    folder_id        text NOT NULL DEFAULT '',
    folder_name      text NOT NULL DEFAULT '',
    settings         jsonb NOT NULL,
    settings_version bigint NOT NULL DEFAULT 1,
    trouble          text NOT NULL DEFAULT '',
    trouble_sentence text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, module)
);
CREATE UNIQUE INDEX connections_folder ON connections (mailbox_id, folder_id) WHERE mailbox_id <> '' AND folder_id <> '';

CREATE TABLE credentials (
    connection_id uuid PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    kind          text NOT NULL, -- delegated, application, service; only the first has a refresh token of its own
    mailbox_id    text NOT NULL,
    refresh       bytea,
    sign_in       bigint NOT NULL DEFAULT 1, -- counts the sign-ins
    version       bigint NOT NULL DEFAULT 1, -- counts the refresh tokens
    updated_at    timestamptz NOT NULL DEFAULT now()
);

-- One-time sign-in links. state and verifier are set when the button was pressed.
CREATE TABLE tickets (
    hash          bytea PRIMARY KEY,
    connection_id uuid NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    expires_at    timestamptz NOT NULL,
    state         bytea UNIQUE,
    verifier      bytea,
    spent_at      timestamptz
);

-- How far each change feed was read. A vTiger feed serves every connection of its module.
CREATE TABLE feeds (
    id         text PRIMARY KEY,
    cursor     text NOT NULL DEFAULT '',
    walk       bigint NOT NULL DEFAULT 1,
    fence      bigint NOT NULL DEFAULT 0, -- of the lease of whoever reads it
    stamped_at timestamptz,
    read_at    timestamptz, -- when the last reading that reached the end began
    check_due  timestamptz, -- when the known ids are to be asked for
    whole_due  timestamptz, -- when everything is to be read again
    astral     boolean, -- whether the side's database holds characters above U+FFFF; NULL: not known
    names      text NOT NULL DEFAULT '' -- how far the names of organisations were followed
);

-- Whose records a vTiger feed keeps, since they were listed by owner or by a whole walk.
CREATE TABLE owners (
    feed  text NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    owner text NOT NULL,
    PRIMARY KEY (feed, owner)
);

-- Organisations that were seen to change, with the names that the records of the feed show.
CREATE TABLE organisations (
    feed text NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    id   text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (feed, id)
);

-- The two trees: each record as its side last showed it. presence: present, suspect (the feed says it left), outside, deleted.
CREATE TABLE records (
    feed     text NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    id       text NOT NULL,
    presence text NOT NULL,
    version  text NOT NULL DEFAULT '',
    owner    text NOT NULL DEFAULT '',
    stamp    text NOT NULL DEFAULT '',
    hash     text NOT NULL,
    values   jsonb NOT NULL,
    changed  timestamptz,
    young    boolean NOT NULL DEFAULT false, -- it may be torn: a later reading must show the same
    walk     bigint NOT NULL,
    seen_at  timestamptz NOT NULL DEFAULT '-infinity', -- when the latest reading that showed it began
    PRIMARY KEY (feed, id)
);
CREATE INDEX records_owner ON records (feed, owner) WHERE presence = 'present';
CREATE INDEX records_left ON records (feed) WHERE presence IN ('suspect', 'outside');

-- The third tree. quiet_* are the hashes for which the last plan found nothing to do.
CREATE TABLE links (
    id            bigserial PRIMARY KEY,
    connection_id uuid NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    epoch         bigint NOT NULL,
    state         text NOT NULL,
    vtiger_id     text NOT NULL,
    outlook_id    text NOT NULL,
    missing       text NOT NULL DEFAULT '',
    base          jsonb NOT NULL DEFAULT '{}',
    replaced      jsonb NOT NULL DEFAULT '{}', -- what our own last writes to vTiger took away, by field
    condemned     text NOT NULL DEFAULT '',    -- the side whose deletion a plan saw, with no edit against it
    state_at      timestamptz NOT NULL DEFAULT now(), -- since when it has its state
    quiet_vtiger  text,
    quiet_outlook text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz
);
CREATE UNIQUE INDEX links_vtiger ON links (connection_id, epoch, vtiger_id) WHERE state <> 'ended';
CREATE UNIQUE INDEX links_outlook ON links (connection_id, epoch, outlook_id) WHERE state <> 'ended';
CREATE INDEX links_vtiger_id ON links (vtiger_id);

CREATE TABLE runs (
    id            uuid PRIMARY KEY,
    seq           bigserial UNIQUE,
    connection_id uuid NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    key           text NOT NULL,
    asked         text NOT NULL,
    direction     text NOT NULL,
    batch         integer NOT NULL,
    scheduled     boolean NOT NULL DEFAULT false,
    fresh_after   timestamptz NOT NULL DEFAULT now(), -- only readings that began after it count for the next plan
    state         text NOT NULL,
    phase         text NOT NULL DEFAULT '',
    total         integer NOT NULL DEFAULT 0,
    requested_by  text NOT NULL,
    requested_at  timestamptz NOT NULL DEFAULT now(),
    started_at    timestamptz,
    ended_at      timestamptz,
    trouble          text NOT NULL DEFAULT '',
    trouble_sentence text NOT NULL DEFAULT '',
    pending       integer NOT NULL DEFAULT 0,
    unasked       integer NOT NULL DEFAULT 0, -- contacts that wait for an answer of the whole vTiger, left to the next run
    standing      integer NOT NULL DEFAULT 0,
    UNIQUE (connection_id, key)
);
CREATE INDEX runs_newest ON runs (connection_id, seq);
CREATE INDEX runs_open ON runs (connection_id, seq) WHERE state IN ('queued', 'running');

-- Planned writes and findings; what is no longer planned is the sync log, in the order of place, which an operation
-- gets anew when it is settled.
CREATE SEQUENCE log_places;
CREATE TABLE operations (
    id              bigserial PRIMARY KEY,
    place           bigint NOT NULL UNIQUE DEFAULT nextval('log_places'),
    connection_id   uuid NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    epoch           bigint NOT NULL,
    run_id          uuid NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    side            text NOT NULL,
    action          text NOT NULL,
    vtiger_id       text NOT NULL DEFAULT '',
    outlook_id      text NOT NULL DEFAULT '',
    name            text NOT NULL DEFAULT '',
    outcome         text NOT NULL,
    reason_kind     text NOT NULL DEFAULT '',
    reason          text NOT NULL DEFAULT '',
    fields          jsonb NOT NULL DEFAULT '{}',
    native          jsonb NOT NULL DEFAULT '{}',
    stamp           text NOT NULL DEFAULT '',
    planned_vtiger  text NOT NULL DEFAULT '',
    planned_outlook text NOT NULL DEFAULT '',
    question        text,
    link_id         bigint NOT NULL DEFAULT 0,      -- of a removal
    approved        boolean NOT NULL DEFAULT false, -- a person approved the removal
    claims          text[] NOT NULL DEFAULT '{}',   -- the addresses that an insert brings into vTiger
    attempts        integer NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    sent_at         timestamptz,
    settled_at      timestamptz
);
CREATE INDEX operations_open ON operations (connection_id, id) WHERE outcome IN ('planned', 'unclear');
CREATE INDEX operations_removed ON operations (connection_id, settled_at) WHERE action = 'delete' AND outcome = 'done';
CREATE INDEX operations_run ON operations (run_id, id);
CREATE INDEX operations_log ON operations (connection_id, place);
CREATE UNIQUE INDEX operations_question ON operations (connection_id, epoch, question);

-- Who alone may do something, until when. fence grows with each taking. kept is sealed and left for the next holder.
CREATE TABLE leases (
    name       text PRIMARY KEY,
    owner      text NOT NULL DEFAULT '',
    fence      bigint NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    kept       bytea
);

-- vTiger's saved filters that connections use, each listed once for all of them. state: known, unknown, gone.
-- asked_at, tried_at and listed_at are when a listing was wanted, last begun, and last begun that was believed.
CREATE TABLE filters (
    key       bigserial PRIMARY KEY,
    feed      text NOT NULL,
    id        text NOT NULL,
    name      text NOT NULL,
    state     text NOT NULL DEFAULT 'unknown',
    asked_at  timestamptz,
    tried_at  timestamptz,
    listed_at timestamptz,
    UNIQUE (feed, id, name)
);

-- The members at listed_at, also while the state is unknown or gone.
CREATE TABLE filter_members (
    filter    bigint NOT NULL REFERENCES filters (key) ON DELETE CASCADE,
    record_id text NOT NULL,
    PRIMARY KEY (filter, record_id)
);

-- How fast all processes together may ask a mailbox: what they sent lately, whose turn it is, what the side refused. version
-- grows with each change, so that nobody overwrites what they have not read.
CREATE TABLE paces (
    mailbox text PRIMARY KEY,
    kept    bytea NOT NULL,
    version bigint NOT NULL
);

-- The identities that a connection's links held for. links, operations and the Outlook feed hold the number; a number
-- without a row belongs to a connection whose mailbox or folder is not chosen.
CREATE TABLE epochs (
    connection_id  uuid NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    number         bigint NOT NULL,
    instance       text NOT NULL,
    module         text NOT NULL,
    mailbox_tenant text NOT NULL,
    mailbox_id     text NOT NULL,
    folder_id      text NOT NULL,
    began_at       timestamptz NOT NULL DEFAULT now(),
    closed_at      timestamptz, -- NULL: the current one
    listings       jsonb NOT NULL DEFAULT '{}', -- by side: the last whole walk that a plan saw, and how many records there were
    PRIMARY KEY (connection_id, number),
    UNIQUE (connection_id, instance, module, mailbox_id, folder_id)
);

-- Requests for an admin's consent at Microsoft, by the hash of their state.
CREATE TABLE consents (
    state      bytea PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

-- What the whole vTiger said about who holds an address. hits: id and owner of the records that do.
CREATE TABLE answers (
    feed     text NOT NULL,
    address  text NOT NULL,
    hits     jsonb NOT NULL,
    asked_at timestamptz NOT NULL,
    PRIMARY KEY (feed, address)
);

-- Addresses that an announced insert is bringing into vTiger. Nobody else may insert them until it is settled.
CREATE TABLE claims (
    feed         text NOT NULL,
    address      text NOT NULL,
    operation_id bigint NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    claimed_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (feed, address)
);
CREATE INDEX claims_operation ON claims (operation_id);

-- What waits for a person, known by its question. fields is what would be written or deleted.
CREATE TABLE holds (
    id            bigserial PRIMARY KEY,
    connection_id uuid NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    epoch         bigint NOT NULL,
    question      text NOT NULL,
    kind          text NOT NULL,
    side          text NOT NULL,
    vtiger_id     text NOT NULL DEFAULT '',
    outlook_id    text NOT NULL DEFAULT '',
    name          text NOT NULL DEFAULT '',
    field         text NOT NULL DEFAULT '',
    shown         jsonb NOT NULL DEFAULT '{}', -- what both sides show of the field
    candidates    text[] NOT NULL DEFAULT '{}',
    owner         text NOT NULL DEFAULT '',
    fields        jsonb NOT NULL DEFAULT '{}',
    reason_kind   text NOT NULL,
    reason        text NOT NULL,
    verdict       text NOT NULL DEFAULT '', -- empty: nobody answered
    record        text NOT NULL DEFAULT '',
    answered_by   text NOT NULL DEFAULT '',
    answered_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (connection_id, epoch, question)
);
