-- Since when a connection's epoch may sync by itself: its first run by a person was applied.
ALTER TABLE epochs ADD COLUMN applied_at timestamptz;

-- Of whoever works for the run; grows with each who begins to.
ALTER TABLE runs ADD COLUMN fence bigint NOT NULL DEFAULT 0;
