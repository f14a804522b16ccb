-- API tokens of users, for programs; like a session's, the token itself is not kept.
CREATE TABLE tokens (
    id         uuid PRIMARY KEY,
    hash       bytea NOT NULL UNIQUE,
    user_id    text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       text NOT NULL,
    writes     boolean NOT NULL, -- false: it may only read
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz -- to the minute
);
CREATE INDEX tokens_user ON tokens (user_id, created_at);

-- How often sign-ins failed lately, by user name, by client address and by known device: key is a hash of it, for people
-- type passwords where a user name belongs. Until then vTiger is not asked.
CREATE TABLE failed_sign_ins (
    key       bytea PRIMARY KEY,
    failures  integer NOT NULL DEFAULT 0,
    failed_at timestamptz NOT NULL DEFAULT now(),
    until     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX failed_sign_ins_old ON failed_sign_ins (failed_at);

-- Browsers in which a user has signed in before: what others do with the user's name does not keep them out.
CREATE TABLE devices (
    hash       bytea PRIMARY KEY,
    user_id    text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX devices_user ON devices (user_id);

-- What admins did, and who signed in: who, what, about what, when, from where. It names users as they were then, so that it
-- needs nobody to stay.
CREATE TABLE audit (
    id        bigserial PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    user_id   text NOT NULL DEFAULT '',
    user_name text NOT NULL DEFAULT '',
    token     text NOT NULL DEFAULT '', -- the name of the API token that was used
    action    text NOT NULL,
    about     text NOT NULL DEFAULT '',
    details   jsonb NOT NULL DEFAULT '{}',
    address   text NOT NULL DEFAULT ''
);
CREATE INDEX audit_user ON audit (user_id, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_at ON audit (at);

-- Nothing in it changes, and for a year nothing leaves it.
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '1 year' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log only grows' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_row BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_all BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
