-- Seasons, points tables, penalties, errata.

-- name: points_add  role: vault  rows: one
INSERT INTO points_table (name, version, points, dnf, created_at, actor)
VALUES (:name, COALESCE((SELECT MAX(p.version) FROM points_table p WHERE p.name = :name), 0) + 1,
  :points, :dnf, :at, :actor)
RETURNING id;

-- name: points_find  role: vault read  rows: one
SELECT id, name, version, points, dnf FROM points_table
WHERE name = :name ORDER BY version DESC LIMIT 1;

-- name: points_list  role: vault read  rows: many
SELECT id, name, version, points, dnf FROM points_table
ORDER BY name, version LIMIT :max;

-- name: season_add  role: vault  rows: one
INSERT INTO season (slug, name, state, starts_at, ends_at, points_id, drops, drop_from, rule,
  created_at, actor)
VALUES (:slug, :name, 'OPEN', :starts_at, :ends_at, :points, :drops, :drop_from, :rule, :at, :actor)
RETURNING id;

-- name: season_get  role: vault read  rows: one
SELECT z.id AS id, z.slug AS slug, z.name AS name, z.state AS state, z.starts_at AS starts_at,
  COALESCE(z.ends_at, 0) AS ends_at, z.created_at AS created_at,
  COALESCE(z.closed_at, 0) AS closed_at, z.drops AS drops, z.drop_from AS drop_from,
  z.rule AS rule, p.id AS points_id, p.version AS points_version, p.name AS points_name,
  p.points AS points, p.dnf AS dnf
FROM season z JOIN points_table p ON p.id = z.points_id WHERE z.id = :season;

-- name: season_by_slug  role: vault read  rows: one
SELECT id FROM season WHERE slug = :slug;

-- name: season_by_name  role: vault read  rows: one
SELECT id FROM season WHERE name = :name ORDER BY id DESC LIMIT 1;

-- name: season_current  role: vault read  rows: one
SELECT id FROM season WHERE state = 'OPEN' AND starts_at <= :now
ORDER BY starts_at DESC, id DESC LIMIT 1;

-- name: season_last_closed  role: vault read  rows: one
SELECT id FROM season WHERE state = 'CLOSED' ORDER BY closed_at DESC, id DESC LIMIT 1;

-- name: season_next  role: vault read  rows: one
SELECT id FROM season WHERE state = 'OPEN' ORDER BY starts_at, id LIMIT 1;

-- name: season_ids  role: vault read  rows: many
SELECT id FROM season ORDER BY starts_at DESC, id DESC LIMIT :max;

-- name: season_put_race  role: vault  rows: none
UPDATE race SET season_id = :season WHERE id = :race AND state = 'LOBBY';

-- name: season_update  role: vault  rows: none
UPDATE season SET points_id = :points, drops = :drops, drop_from = :drop_from
WHERE id = :season AND state = 'OPEN';

-- name: season_results  role: vault read  rows: many
SELECT DISTINCT race_id, raced_at FROM result WHERE season_id = :season ORDER BY raced_at, race_id;

-- name: season_fix_add  role: vault  rows: none
INSERT INTO fix (race_id, version, reason, actor, old, new, at)
VALUES (:race, :version, :reason, :actor, :old, :new, :at);

-- name: season_to_closed  role: vault  rows: none
UPDATE season SET state = 'CLOSED', closed_at = :at WHERE id = :season AND state = 'OPEN';

-- name: close_races  role: vault read  rows: many
-- Races that are not over, and those whose result is not written yet.
SELECT r.id AS id, r.state AS state FROM race r
WHERE r.season_id = :season AND (r.state IN ('LOBBY', 'RUNNING', 'FINISHED')
  OR (r.state IN ('FINAL', 'SETTLED')
    AND NOT EXISTS (SELECT 1 FROM result x WHERE x.race_id = r.id)))
ORDER BY r.id;

-- name: close_disputes  role: vault read  rows: many
SELECT d.race_id AS race_id, COUNT(*) AS n FROM dispute d JOIN race r ON r.id = d.race_id
WHERE r.season_id = :season AND d.state = 'OPEN' GROUP BY d.race_id ORDER BY d.race_id;

-- name: season_erratum_add  role: vault  rows: none
INSERT INTO erratum (season_id, text, actor, at) VALUES (:season, :text, :actor, :at);

-- name: season_notes  role: vault read  rows: many
-- A change of the whole season writes every race again at one moment: one note.
SELECT at, text, race_id, races FROM (
  SELECT e.at AS at, e.text AS text, 0 AS race_id, 0 AS races, e.id AS id
  FROM erratum e WHERE e.season_id = :season
  UNION ALL
  SELECT f.at, f.reason, MIN(f.race_id), COUNT(*), MIN(f.id)
  FROM fix f JOIN race r ON r.id = f.race_id
  WHERE r.season_id = :season GROUP BY f.at, f.reason)
ORDER BY at DESC, id DESC LIMIT :max;

-- name: penalty_race  role: vault read  rows: one
SELECT COALESCE(r.season_id, 0) AS season_id, COALESCE(z.state, '') AS state,
  (SELECT COUNT(*) FROM result x WHERE x.race_id = r.id AND x.member_id = :member) AS drove
FROM race r LEFT JOIN season z ON z.id = r.season_id WHERE r.id = :race;

-- name: penalty_find  role: vault read  rows: one
SELECT id FROM penalty WHERE race_id = :race AND member_id = :member AND incident = :incident;

-- name: penalty_add  role: vault  rows: one
INSERT INTO penalty (season_id, race_id, member_id, incident, points, reason, actor, at, lifted_why)
VALUES (:season, :race, :member, :incident, :points, :reason, :actor, :at, '')
RETURNING id;

-- name: penalty_get  role: vault read  rows: one
SELECT p.season_id AS season_id, p.race_id AS race_id, z.state AS state,
  COALESCE(p.lifted_at, 0) AS lifted_at
FROM penalty p JOIN season z ON z.id = p.season_id WHERE p.id = :penalty;

-- name: penalty_lift  role: vault  rows: none
UPDATE penalty SET lifted_at = :at, lifted_why = :why WHERE id = :penalty AND lifted_at IS NULL;

-- name: penalty_list  role: vault read  rows: many
SELECT p.id AS id, p.race_id AS race_id, p.member_id AS member_id, p.points AS points, p.at AS at,
  COALESCE(p.lifted_at, 0) AS lifted_at, n.name AS name, p.incident AS incident,
  p.reason AS reason
FROM penalty p JOIN person n ON n.id = p.member_id
WHERE p.season_id = :season ORDER BY p.id DESC LIMIT :max;
