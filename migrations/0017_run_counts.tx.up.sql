-- How far a run came is counted from an index that holds all that is asked of each of its operations.
CREATE INDEX operations_run_counts ON operations (run_id, side, action, outcome, waits, preview, sent_at);
