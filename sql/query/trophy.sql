-- Awards.

-- name: trophy_of  role: vault read  rows: many
SELECT t.id AS id, t.kind AS kind, t.member_id AS member_id, t.season_id AS season_id,
  t.race_id AS race_id, t.words AS words, t.at AS at, COALESCE(z.name, '') AS season
FROM trophy t LEFT JOIN season z ON z.id = t.season_id
WHERE t.member_id = :member AND t.revoked_at IS NULL
ORDER BY COALESCE(z.starts_at, 0) DESC, t.season_id DESC, t.id DESC LIMIT :max;

-- name: trophy_of_season  role: vault read  rows: many
SELECT t.id AS id, t.kind AS kind, t.member_id AS member_id, t.season_id AS season_id,
  t.race_id AS race_id, t.words AS words, t.at AS at, z.name AS season
FROM season z JOIN trophy t ON t.season_id = z.id
WHERE z.id = :season AND t.revoked_at IS NULL
  AND t.kind NOT IN ('win', 'podium', 'giant_slayer')
ORDER BY t.id LIMIT :max;

-- name: trophy_list_race  role: vault read  rows: many
SELECT id, kind, member_id, words FROM trophy
WHERE race_id = :race AND kind IN ('win', 'podium', 'giant_slayer') AND revoked_at IS NULL
ORDER BY id;

-- name: trophy_list_season  role: vault read  rows: many
SELECT id, kind, member_id, race_id, words FROM trophy
WHERE season_id = :season AND kind NOT IN ('win', 'podium', 'giant_slayer')
  AND revoked_at IS NULL
ORDER BY id;

-- name: trophy_add  role: vault  rows: one
INSERT INTO trophy (kind, member_id, season_id, race_id, words, at, revoked_why)
VALUES (:kind, :member, :season, :race, :words, :at, '')
RETURNING id;

-- name: trophy_revoke  role: vault  rows: none
UPDATE trophy SET revoked_at = :at, revoked_why = :why WHERE id = :trophy AND revoked_at IS NULL;

-- name: trophy_rows_before  role: vault read  rows: many
-- The season's rows before a race, as they were when its first version was written.
SELECT r.race_id AS race_id, r.version AS version, r.seat_no AS seat_no, r.member_id AS member_id,
  COALESCE(r.season_id, 0) AS season_id, r.kind AS kind, COALESCE(r.place, 0) AS place,
  r.points AS points, r.rounds AS rounds, r.raced_at AS raced_at, r.at AS at
FROM result r
WHERE r.season_id = :season
  AND (r.raced_at < :raced_at OR (r.raced_at = :raced_at AND r.race_id < :race))
  AND r.version = (SELECT MAX(x.version) FROM result x WHERE x.race_id = r.race_id
    AND (x.at < :at OR (x.at = :at AND x.version = 1)))
ORDER BY r.raced_at, r.race_id, r.seat_no, r.member_id;

-- name: trophy_penalties_before  role: vault read  rows: many
SELECT race_id, member_id, points FROM penalty
WHERE season_id = :season AND at < :at AND (lifted_at IS NULL OR lifted_at >= :at)
ORDER BY id;

-- name: trophy_first  role: vault read  rows: one
SELECT MIN(raced_at) AS raced_at, MIN(at) AS at, MIN(COALESCE(season_id, 0)) AS season_id
FROM result WHERE race_id = :race AND version = 1;

-- name: trophy_pots  role: vault read  rows: many
-- Pots of a season's races as they stood then.
SELECT r.id AS race_id, p.pot AS pot FROM race r JOIN pot_line p ON p.race_id = r.id
WHERE r.season_id = :season AND r.state IN ('FINAL', 'SETTLED') AND p.pot > 0
  AND p.seq = (SELECT MAX(x.seq) FROM pot_line x JOIN journal j ON j.seq = x.seq
    WHERE x.race_id = r.id AND j.recorded_at <= :at)
ORDER BY r.id;
