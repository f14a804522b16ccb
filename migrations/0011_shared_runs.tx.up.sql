-- The keys of requests that joined a run which waited already and does the same.
CREATE TABLE run_keys (
    connection_id uuid NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    key           text NOT NULL,
    run_id        uuid NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    PRIMARY KEY (connection_id, key)
);
CREATE INDEX run_keys_run ON run_keys (run_id);
