-- A season's table: rows, penalties, people, the frozen rows of a closed one.

-- name: standing_rows  role: vault read  rows: many
-- The newest version of each race by that time, in the season's order.
SELECT r.race_id AS race_id, r.version AS version, r.seat_no AS seat_no, r.member_id AS member_id,
  COALESCE(r.season_id, 0) AS season_id, r.kind AS kind, COALESCE(r.place, 0) AS place,
  r.points AS points, r.rounds AS rounds, r.raced_at AS raced_at, r.at AS at
FROM result r
WHERE r.season_id = :season AND r.version =
  (SELECT MAX(x.version) FROM result x WHERE x.race_id = r.race_id AND x.at <= :at)
ORDER BY r.raced_at, r.race_id, r.seat_no, r.member_id;

-- name: standing_penalties  role: vault read  rows: many
SELECT race_id, member_id, points FROM penalty
WHERE season_id = :season AND at <= :at AND (lifted_at IS NULL OR lifted_at > :at)
ORDER BY id;

-- name: face_people  role: vault read  rows: many
SELECT p.id AS id, p.name AS name, p.hidden AS hidden,
  COALESCE(i.avatar_sha, '') AS avatar
FROM person p LEFT JOIN identity i ON i.provider = 'discord' AND i.member_id = p.id
WHERE p.id IN (SELECT r.member_id FROM result r WHERE r.season_id = :season);

-- name: face_races  role: vault read  rows: many
SELECT DISTINCT race_id FROM result WHERE season_id = :season AND at <= :at ORDER BY race_id;

-- name: frozen_add  role: vault  rows: none
INSERT INTO season_row (season_id, member_id, rank, points, starts, wins, podiums, dnfs, reason)
VALUES (:season, :member, :rank, :points, :starts, :wins, :podiums, :dnfs, :reason);

-- name: frozen_rows  role: vault read  rows: many
SELECT member_id, rank, points, starts, wins, podiums, dnfs, reason FROM season_row
WHERE season_id = :season ORDER BY rank, member_id;
