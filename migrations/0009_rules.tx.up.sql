-- Who may sync by vTiger's role and by group, and invitations to connect a mailbox.

ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT ''; -- vTiger's id of the role, as last listed

-- Who is in a group of vTiger as an administrator says: vTiger tells nobody.
CREATE TABLE group_members (
    group_id text NOT NULL,
    user_id  text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);

-- A link that was made to be sent to the mailbox's user; of a connection one holds at a time.
ALTER TABLE tickets ADD COLUMN invitation boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX tickets_invitation ON tickets (connection_id) WHERE invitation AND spent_at IS NULL;
