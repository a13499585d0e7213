-- The log of steps of every kind of contest.

-- name: state_log  role: vault  rows: none
INSERT INTO transition (kind, object_id, from_state, to_state, cause, at, actor, note)
VALUES (:kind, :object_id, :from_state, :to_state, :cause, :at, :actor, :note);
