-- Things a person must look at. Not for: sending them anywhere.

-- name: alert_raise  role: vault  rows: none
INSERT INTO alert (kind, key, severity, who, text, raised_at, seen_at, times, resolved_at)
VALUES (:kind, :key, :severity, :who, :text, :now, :now, 1, NULL)
    ON CONFLICT (kind, key) WHERE resolved_at IS NULL
    DO UPDATE SET severity = excluded.severity, text = excluded.text, seen_at = excluded.seen_at,
                  times = alert.times + 1;

-- name: alert_open  role: vault  rows: one
SELECT id, times FROM alert WHERE kind = :kind AND key = :key AND resolved_at IS NULL;

-- name: alert_resolve  role: vault  rows: none
UPDATE alert SET resolved_at = :now WHERE kind = :kind AND key = :key AND resolved_at IS NULL;

-- name: alert_list  role: vault read  rows: many
SELECT kind, key, severity, who, text, raised_at, seen_at, times
  FROM alert WHERE resolved_at IS NULL ORDER BY id DESC LIMIT :max;
