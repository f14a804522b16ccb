-- What people are to be told, each topic once. addressed_at is when it was decided whom.
CREATE TABLE alerts (
    id            bigserial PRIMARY KEY,
    topic         text NOT NULL UNIQUE,
    kind          text NOT NULL,
    connection_id uuid REFERENCES connections (id) ON DELETE CASCADE,
    sentence      text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    addressed_at  timestamptz
);
CREATE INDEX alerts_open ON alerts (id) WHERE addressed_at IS NULL;
CREATE INDEX alerts_connection ON alerts (connection_id);

-- The outbox: one row a receiver, kept until it was sent or given up. receiver is empty for the webhook.
CREATE TABLE deliveries (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(), -- the receiver knows the message by it
    alert_id   bigint NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    channel    text NOT NULL, -- webhook, mail
    receiver   text NOT NULL DEFAULT '',
    attempts   integer NOT NULL DEFAULT 0,
    next_at    timestamptz DEFAULT now(), -- NULL: sent, or given up
    sent_at    timestamptz,
    UNIQUE (alert_id, channel, receiver)
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;
