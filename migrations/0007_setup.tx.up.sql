-- The link of the first run, by the hash of its token: there is one at most.
CREATE TABLE setup_links (
    sole       boolean PRIMARY KEY DEFAULT true CHECK (sole),
    hash       bytea NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Another vTiger knows the same people by other ids.
ALTER TABLE connections
    DROP CONSTRAINT connections_user_id_fkey,
    ADD CONSTRAINT connections_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE;
