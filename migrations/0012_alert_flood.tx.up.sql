-- With the last one of its kind a receiver is told that no more follow for an hour.
ALTER TABLE deliveries ADD COLUMN last boolean NOT NULL DEFAULT false;
CREATE INDEX deliveries_receiver ON deliveries (receiver, channel, alert_id);
