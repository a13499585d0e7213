-- What final races gave their drivers.

-- name: result_due  role: vault read  rows: many
-- Final races without rows; settled ones only while their season is open.
SELECT id FROM (
  SELECT r.id AS id, r.final_at AS final_at FROM race r
  WHERE r.state IN ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL') AND r.state = 'FINAL'
    AND NOT EXISTS (SELECT 1 FROM result x WHERE x.race_id = r.id)
  UNION
  SELECT r.id, r.final_at FROM season z CROSS JOIN race r ON r.season_id = z.id
  WHERE z.state = 'OPEN' AND r.state = 'SETTLED'
    AND NOT EXISTS (SELECT 1 FROM result x WHERE x.race_id = r.id))
ORDER BY final_at, id LIMIT :max;

-- name: result_version  role: vault read  rows: one
SELECT COALESCE(MAX(version), 0) AS version, COALESCE(MIN(raced_at), 0) AS raced_at FROM result
WHERE race_id = :race;

-- name: result_add  role: vault  rows: none
INSERT INTO result (race_id, version, seat_no, member_id, season_id, kind, place, points, rounds,
  points_id, raced_at, at)
VALUES (:race, :version, :seat, :member, :season, :kind, :place, :points, :rounds, :points_id,
  :raced_at, :at);

-- name: result_of  role: vault read  rows: many
SELECT r.race_id AS race_id, r.version AS version, r.seat_no AS seat_no, r.member_id AS member_id,
  COALESCE(r.season_id, 0) AS season_id, r.kind AS kind, COALESCE(r.place, 0) AS place,
  r.points AS points, r.rounds AS rounds, r.raced_at AS raced_at, r.at AS at
FROM result r
WHERE r.race_id = :race AND r.version =
  (SELECT MAX(x.version) FROM result x WHERE x.race_id = :race)
ORDER BY CASE WHEN r.place IS NULL THEN 9 ELSE r.place END, r.seat_no, r.kind, r.member_id;

-- name: result_by_member  role: vault read  rows: many
SELECT r.race_id AS race_id, r.version AS version, r.seat_no AS seat_no, r.member_id AS member_id,
  COALESCE(r.season_id, 0) AS season_id, r.kind AS kind, COALESCE(r.place, 0) AS place,
  r.points AS points, r.rounds AS rounds, r.raced_at AS raced_at, r.at AS at
FROM result r
WHERE r.member_id = :member AND r.race_id < :before AND r.version =
  (SELECT MAX(x.version) FROM result x WHERE x.race_id = r.race_id)
ORDER BY r.race_id DESC, r.seat_no LIMIT :max;

-- name: result_all  role: vault read  rows: many
SELECT race_id AS id, MAX(version) AS version FROM result WHERE race_id > :after
GROUP BY race_id ORDER BY race_id LIMIT :max;

-- name: result_missing  role: vault read  rows: one
SELECT COUNT(*) AS n FROM race r
WHERE r.season_id IS NOT NULL AND r.state IN ('FINAL', 'SETTLED')
  AND NOT EXISTS (SELECT 1 FROM result x WHERE x.race_id = r.id);
