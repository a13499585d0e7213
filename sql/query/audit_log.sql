-- Who did what, when, by which request.

-- name: audit_log_add  role: vault  rows: none
INSERT INTO audit (at, actor, action, object, detail, trace)
VALUES (:now, :actor, :action, :object, :detail, :trace);
