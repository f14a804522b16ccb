-- Since when a connection's epoch may sync by itself: its first run by a person was applied.
ALTER TABLE epochs ADD COLUMN applied_at timestamptz;
