-- The log is read in the order of the time that its lines show, so that a page can begin and end at a time. Lines of one
-- moment, of one transaction say, keep their places. Previews have no place in the log.
DROP INDEX operations_newest;
DROP INDEX operations_log;
DROP INDEX operations_run_log;
DROP INDEX operations_kinds;
DROP INDEX operations_log_kinds;
DROP INDEX operations_run_kinds;

CREATE INDEX operations_newest ON operations (coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
CREATE INDEX operations_log ON operations (connection_id, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
CREATE INDEX operations_run_log ON operations (run_id, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;

CREATE INDEX operations_sides ON operations (side, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
CREATE INDEX operations_log_sides ON operations (connection_id, side, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
CREATE INDEX operations_run_sides ON operations (run_id, side, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;

CREATE INDEX operations_kinds ON operations (action, outcome, side, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
CREATE INDEX operations_log_kinds ON operations (connection_id, action, outcome, side, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
CREATE INDEX operations_run_kinds ON operations (run_id, action, outcome, side, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;

-- What a line can be found by: the words of its name, its records' ids, and, so that one user's search does not read
-- everybody's, whose it is.
CREATE FUNCTION log_words(name text, vtiger_id text, outlook_id text, connection_id uuid) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('simple', translate(left(name, 1000), '-_./@''', '      '))
        || array_to_tsvector(ARRAY['@' || connection_id::text, '=' || left(vtiger_id, 1000), '=' || left(outlook_id, 1000)])
$$;
CREATE INDEX operations_words ON operations USING gin (log_words(name, vtiger_id, outlook_id, connection_id))
    WITH (fastupdate = off) WHERE outcome <> 'planned' AND place > 0;
