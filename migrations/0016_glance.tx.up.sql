-- What is shown of everybody at a glance, so that showing it reads neither the log nor the links nor anybody's settings.

-- How many operations of a user were done, and failed, on a day (UTC): a fortnight of them is kept.
CREATE TABLE days (
    user_id text NOT NULL REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE,
    day     date NOT NULL,
    done    integer NOT NULL,
    failed  integer NOT NULL,
    PRIMARY KEY (user_id, day)
);
INSERT INTO days (user_id, day, done, failed)
    SELECT c.user_id, (o.settled_at AT TIME ZONE 'UTC')::date, count(*) FILTER (WHERE o.outcome <> 'failed'), count(*) FILTER (WHERE o.outcome = 'failed')
    FROM operations o JOIN connections c ON c.id = o.connection_id
    WHERE o.settled_at > now() - interval '14 days' AND o.place > 0 AND NOT o.preview
        AND (o.outcome = 'failed' OR o.outcome IN ('done', 'undone') AND o.action IN ('insert', 'update', 'delete'))
    GROUP BY 1, 2;

-- How many links of an epoch had which state when its last run ended that did anything.
CREATE INDEX links_states ON links (connection_id, epoch, state) WHERE state <> 'ended';
ALTER TABLE epochs ADD COLUMN linked integer NOT NULL DEFAULT 0;
ALTER TABLE epochs ADD COLUMN outside integer NOT NULL DEFAULT 0;
ALTER TABLE epochs ADD COLUMN detached integer NOT NULL DEFAULT 0;
UPDATE epochs e SET linked = l.linked, outside = l.outside, detached = l.detached FROM (
    SELECT connection_id, epoch, count(*) FILTER (WHERE state = 'active') AS linked, count(*) FILTER (WHERE state = 'out-of-scope') AS outside,
        count(*) FILTER (WHERE state = 'detached') AS detached
    FROM links WHERE state <> 'ended' GROUP BY 1, 2
) l WHERE l.connection_id = e.connection_id AND l.epoch = e.number;

-- What keeps a connection from syncing by itself, as far as its own row says; empty: nothing does.
ALTER TABLE connections ADD COLUMN lacks text NOT NULL GENERATED ALWAYS AS (CASE
    WHEN folder_id = '' THEN 'folder'
    WHEN coalesce(jsonb_typeof(settings -> 'mapping'), '') <> 'array' OR settings -> 'mapping' = '[]' THEN 'mapping'
    WHEN previewed_scope < scope_version THEN 'preview'
    WHEN settings -> 'automatic' IS DISTINCT FROM 'true' THEN 'automatic'
    ELSE '' END) STORED;
CREATE INDEX epochs_glance ON epochs (connection_id, number) INCLUDE (applied_at, linked, outside, detached);
CREATE INDEX connections_glance ON connections (user_id) INCLUDE (id, epoch, module, trouble, lacks);
CREATE INDEX holds_glance ON holds (connection_id, epoch) WHERE verdict = '';
CREATE INDEX quarantine_glance ON quarantine (connection_id, epoch, next_at);

-- Whose a connection is, without a look at its settings.
CREATE INDEX connections_named ON connections (id) INCLUDE (user_id, module);
CREATE INDEX users_named ON users (id) INCLUDE (user_name);

-- One action or one outcome of everybody's lines: merged from all kinds of lines a page would read one of each.
CREATE INDEX operations_actions ON operations (action, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
CREATE INDEX operations_outcomes ON operations (outcome, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
