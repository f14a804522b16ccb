-- One action or one outcome of one user's lines, on whichever side, without a look at every kind of line that there is.
CREATE INDEX operations_log_actions ON operations (connection_id, action, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
CREATE INDEX operations_log_outcomes ON operations (connection_id, outcome, coalesce(settled_at, sent_at, created_at), place) WHERE outcome <> 'planned' AND place > 0;
