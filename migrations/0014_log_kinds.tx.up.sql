-- One action or one outcome of one user's lines, on whichever side, without a look at every kind of line that there is.
CREATE INDEX operations_log_actions ON operations (connection_id, action, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
CREATE INDEX operations_log_outcomes ON operations (connection_id, outcome, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;

-- A line can be found by the words of its name, by the same with the beginning of its connection before them, and by its
-- records' ids. One user's search thus reads what there is of the word among the user's own lines, neither everybody's lines
-- with the word nor all of the user's.
DROP INDEX operations_words;
DROP FUNCTION log_words(text, text, text, uuid);
CREATE FUNCTION log_words(name text, vtiger_id text, outlook_id text, connection_id uuid) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT words
        || array_to_tsvector(ARRAY(SELECT '@' || left(connection_id::text, 8) || left(word, 400) FROM unnest(tsvector_to_array(words)) word))
        || array_to_tsvector(ARRAY['=' || left(vtiger_id, 1000), '=' || left(outlook_id, 1000)])
    FROM to_tsvector('simple', translate(left(name, 1000), '-_./@''', '      ')) words
$$;
CREATE INDEX operations_words ON operations USING gin (log_words(name, vtiger_id, outlook_id, connection_id))
    WITH (fastupdate = off) WHERE outcome <> 'planned' AND place > 0;
