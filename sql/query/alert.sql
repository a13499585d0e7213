-- Things a person must look at. Not for: sending them anywhere.

-- name: alert_raise  role: vault  rows: none
INSERT INTO alert (kind, key, severity, who, text, raised_at, seen_at, times, resolved_at)
VALUES (:kind, :key, :severity, :who, :text, :now, :now, 1, NULL)
    ON CONFLICT (kind, key) WHERE resolved_at IS NULL
    DO UPDATE SET severity = excluded.severity, text = excluded.text, seen_at = excluded.seen_at,
                  times = alert.times + 1;

-- name: alert_open  role: vault  rows: one
SELECT id, times FROM alert WHERE kind = :kind AND key = :key AND resolved_at IS NULL;

-- name: alert_resolve  role: vault migrate  rows: none
UPDATE alert SET resolved_at = :now WHERE kind = :kind AND key = :key AND resolved_at IS NULL;

-- name: alert_expire  role: vault  rows: none
UPDATE alert SET resolved_at = :now
 WHERE kind = :kind AND raised_at < :before AND resolved_at IS NULL;

-- name: alert_list  role: vault read  rows: many
SELECT id, kind, key, severity, who, text, raised_at, seen_at, times, resolved_at, mailed_at, posted_at
  FROM alert_row WHERE resolved_at = 0 ORDER BY id DESC LIMIT :max;

-- name: alert_past  role: vault read  rows: many
SELECT id, kind, key, severity, who, text, raised_at, seen_at, times, resolved_at, mailed_at, posted_at
  FROM alert_row WHERE resolved_at >= :since AND resolved_at > 0 ORDER BY resolved_at DESC LIMIT :max;

-- name: alert_get  role: vault read  rows: one
SELECT id, kind, key, severity, who, text, raised_at, seen_at, times, resolved_at, mailed_at, posted_at
  FROM alert_row WHERE id = :id;

-- name: alert_unmailed  role: vault read  rows: many
SELECT id, kind, key, severity, who, text, raised_at, seen_at, times, resolved_at, mailed_at, posted_at
  FROM alert_row WHERE resolved_at = 0 AND severity <> 'info' AND mailed_at = 0 ORDER BY id LIMIT :max;

-- name: alert_noted  role: vault read  rows: one
SELECT n.note AS note, n.at AS at, m.name AS name
  FROM alert_note n JOIN person m ON m.id = n.member_id
 WHERE n.alert_id = :id ORDER BY n.at DESC LIMIT 1;

-- name: alert_note  role: vault  rows: none
INSERT INTO alert_note (alert_id, at, member_id, note) VALUES (:id, :at, :member, :note)
    ON CONFLICT (alert_id, at) DO NOTHING;

-- name: alert_mailed  role: vault  rows: none
INSERT INTO alert_told (alert_id, way, at) VALUES (:id, 'mail', :at)
    ON CONFLICT (alert_id, way) DO NOTHING;
