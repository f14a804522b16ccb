-- Previews, what is applied of them, and undo.

-- scope_version counts the changes of what a person must see a preview of: mapping, filter, scope, folder, mailbox.
-- previewed_scope is the latest of them that was previewed, or that a person did without a preview.
ALTER TABLE connections
    ADD COLUMN scope_version   bigint NOT NULL DEFAULT 1,
    ADD COLUMN previewed_scope bigint NOT NULL DEFAULT 0;
UPDATE connections c SET previewed_scope = scope_version WHERE EXISTS (
    SELECT FROM runs r JOIN epochs e ON e.connection_id = r.connection_id AND e.number = c.epoch
    WHERE r.connection_id = c.id AND r.state = 'done' AND r.ended_at > e.began_at);

-- What another run is named by stays when that one is forgotten.
ALTER TABLE runs
    ADD COLUMN preview          boolean NOT NULL DEFAULT false,
    ADD COLUMN applies          uuid, -- the preview of which alone it sends something
    ADD COLUMN undoes           uuid, -- the run that it takes back
    ADD COLUMN epoch            bigint NOT NULL DEFAULT 0, -- in which it began
    ADD COLUMN settings_version bigint NOT NULL DEFAULT 0, -- of a preview: the settings that it shows
    ADD COLUMN scope_version    bigint NOT NULL DEFAULT 0; -- when it was asked for; 0: nobody checked that it was previewed
UPDATE runs r SET epoch = coalesce((SELECT max(o.epoch) FROM operations o WHERE o.run_id = r.id), 0);
CREATE INDEX runs_applies ON runs (applies) WHERE applies IS NOT NULL;

ALTER TABLE operations
    ADD COLUMN preview boolean NOT NULL DEFAULT false, -- a row of a preview: never sent, and no line of the log, so that its place is negative
    ADD COLUMN waits   boolean NOT NULL DEFAULT false, -- the preview that is applied does not show it: left to the next run
    ADD COLUMN undoes  bigint[] NOT NULL DEFAULT '{}', -- the operations that it takes back
    ADD COLUMN relink  text NOT NULL DEFAULT '',       -- of the insert that takes a deletion back: the state of its link
    ADD COLUMN left_as text NOT NULL DEFAULT '';       -- the hash of the record as the operation left it
CREATE INDEX operations_preview ON operations (created_at) WHERE preview;

ALTER TABLE holds ADD COLUMN undoes uuid; -- the run whose undo asks
