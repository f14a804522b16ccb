-- Writes that a side refused: tried again at next_at, when a person asks, and when what they were tried on changes.
-- vtiger_hash, outlook_hash and settings are the records and the version of the settings that they were tried on.
CREATE TABLE quarantine (
    id            bigserial PRIMARY KEY,
    connection_id uuid NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    epoch         bigint NOT NULL,
    side          text NOT NULL,
    action        text NOT NULL,
    vtiger_id     text NOT NULL DEFAULT '',
    outlook_id    text NOT NULL DEFAULT '',
    name          text NOT NULL DEFAULT '',
    kind          text NOT NULL,
    sentence      text NOT NULL,
    vtiger_hash   text NOT NULL DEFAULT '',
    outlook_hash  text NOT NULL DEFAULT '',
    settings      bigint NOT NULL,
    attempts      integer NOT NULL DEFAULT 1,
    pauses        integer NOT NULL DEFAULT 1, -- that it had or has; 0: a person asked to begin anew
    first_at      timestamptz NOT NULL DEFAULT now(),
    tried_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_at       timestamptz, -- NULL: parked
    UNIQUE (connection_id, epoch, side, action, vtiger_id, outlook_id)
);
CREATE INDEX quarantine_listed ON quarantine (connection_id, id);
