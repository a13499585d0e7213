-- Notes of overlays, seconds on air, views and clicks.

-- name: onair_overlay  role: vault  rows: one
SELECT id FROM overlay WHERE token_sha = :sha AND revoked_at IS NULL;

-- name: onair_seen  role: vault  rows: one
SELECT at, visible, place, sponsor_id FROM overlay_seen WHERE overlay_id = :overlay AND kind = :kind;

-- name: onair_note  role: vault  rows: none
INSERT INTO overlay_seen (overlay_id, kind, first_at, at, channel, seq, visible, place, sponsor_id,
  late, reconnects, agent, unknown)
VALUES (:overlay, :kind, :at, :at, :channel, :seq, :visible, :place, :sponsor, :late, :reconnects,
  :agent, :unknown)
ON CONFLICT (overlay_id, kind) DO UPDATE
SET at = excluded.at, channel = excluded.channel, seq = excluded.seq, visible = excluded.visible,
  place = excluded.place, sponsor_id = excluded.sponsor_id, late = excluded.late,
  reconnects = excluded.reconnects, agent = excluded.agent, unknown = excluded.unknown;

-- name: onair_running  role: vault  rows: one
SELECT id, opened_at FROM race
WHERE state IN ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL') AND state = 'RUNNING' ORDER BY opened_at DESC, id DESC LIMIT 1;

-- name: onair_last  role: vault  rows: one
SELECT COALESCE(MAX(last_at), 0) AS last_at FROM sponsor_air
WHERE sponsor_id = :sponsor AND place = :place;

-- name: onair_add  role: vault  rows: none
INSERT INTO sponsor_air (sponsor_id, place, race_id, day, seconds, breaks, last_at)
VALUES (:sponsor, :place, :race, :day, :seconds, :breaks, :at)
ON CONFLICT (sponsor_id, place, race_id, day) DO UPDATE
SET seconds = sponsor_air.seconds + excluded.seconds,
  breaks = sponsor_air.breaks + excluded.breaks, last_at = excluded.last_at;

-- name: onair_freshest  role: vault  rows: one
SELECT COALESCE(MAX(at), 0) AS at, COALESCE(MAX(CASE WHEN visible = 1 THEN at ELSE 0 END), 0) AS seen
FROM overlay_seen;

-- name: onair_count  role: vault  rows: none
INSERT INTO sponsor_count (sponsor_id, place, day, views, clicks)
VALUES (:sponsor, :place, :day, :views, :clicks)
ON CONFLICT (sponsor_id, place, day) DO UPDATE
SET views = sponsor_count.views + excluded.views, clicks = sponsor_count.clicks + excluded.clicks;

-- name: onair_report  role: vault read  rows: many
SELECT place, race_id, day, seconds, breaks FROM sponsor_air
WHERE sponsor_id = :sponsor ORDER BY day DESC, race_id DESC, place LIMIT :max;

-- name: onair_counts  role: vault read  rows: many
SELECT place, day, views, clicks FROM sponsor_count
WHERE sponsor_id = :sponsor ORDER BY day DESC, place LIMIT :max;

-- name: onair_sources  role: vault read  rows: many
SELECT o.label AS label, s.kind AS kind, s.first_at AS first_at, s.at AS at, s.channel AS channel,
  s.seq AS seq, s.visible AS visible, s.place AS place, s.late AS late, s.reconnects AS reconnects,
  s.agent AS agent, s.unknown AS unknown, COALESCE(c.seq, 0) AS newest
FROM overlay_seen s JOIN overlay o ON o.id = s.overlay_id
LEFT JOIN live_channel c ON c.channel = s.channel
ORDER BY s.at DESC LIMIT :max;
