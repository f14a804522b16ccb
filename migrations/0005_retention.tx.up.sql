-- Each page of the log is read from one index in the order of place, or merged from a few: what is merely planned is in
-- none of them, so that a large plan costs the log nothing.
DROP INDEX operations_log;
CREATE INDEX operations_newest ON operations (place) WHERE outcome <> 'planned';
CREATE INDEX operations_log ON operations (connection_id, place) WHERE outcome <> 'planned';
CREATE INDEX operations_run_log ON operations (run_id, place) WHERE outcome <> 'planned';
CREATE INDEX operations_kinds ON operations (action, outcome, place) WHERE outcome <> 'planned';
CREATE INDEX operations_log_kinds ON operations (connection_id, action, outcome, place) WHERE outcome <> 'planned';
CREATE INDEX operations_run_kinds ON operations (run_id, action, outcome, place) WHERE outcome <> 'planned';

CREATE INDEX holds_waiting ON holds (id) WHERE verdict = '';
CREATE INDEX holds_listed ON holds (connection_id, id) WHERE verdict = '';

-- What is erased with its user.
CREATE INDEX sessions_user ON sessions (user_id);
