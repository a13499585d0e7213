-- Sponsors, their logos and slots.

-- name: sponsor_add  role: vault  rows: one
INSERT INTO sponsor (name, text, url, logo_sha, member_id, created_at, ended_at, actor)
VALUES (:name, :text, :url, NULL, :member, :at, NULL, :actor)
ON CONFLICT (name) DO NOTHING RETURNING id;

-- name: sponsor_end  role: vault  rows: none
UPDATE sponsor SET ended_at = :at WHERE id = :id AND ended_at IS NULL;

-- name: sponsor_logo_set  role: vault  rows: none
UPDATE sponsor SET logo_sha = :sha WHERE id = :id;

-- name: sponsor_slot_add  role: vault  rows: none
INSERT INTO sponsor_slot (sponsor_id, season_id, place, from_at, to_at, price, actor)
VALUES (:sponsor, :season, :place, :from, :to, :price, :actor);

-- name: sponsor_get  role: vault read  rows: one
SELECT s.id AS id, s.name AS name, s.text AS text, s.url AS url,
  CASE WHEN l.ready_at IS NULL THEN '' ELSE l.sha END AS logo,
  COALESCE(s.member_id, 0) AS member_id, COALESCE(s.ended_at, 0) AS ended_at
FROM sponsor s LEFT JOIN logo l ON l.sha = s.logo_sha WHERE s.id = :id;

-- name: sponsor_by_name  role: vault read  rows: one
SELECT id FROM sponsor WHERE name = :name;

-- name: sponsor_by_member  role: vault read  rows: one
SELECT id FROM sponsor WHERE member_id = :member ORDER BY id DESC LIMIT 1;

-- name: sponsor_ids  role: vault read  rows: many
SELECT id FROM sponsor ORDER BY id DESC LIMIT :max;

-- name: sponsor_shown  role: vault read  rows: many
SELECT s.id AS id, MIN(t.from_at) AS since
FROM sponsor_slot t JOIN sponsor s ON s.id = t.sponsor_id
WHERE t.place = :place AND t.from_at <= :now AND t.to_at > :now AND s.ended_at IS NULL
  AND (t.season_id IS NULL OR t.season_id = :season OR :season = 0)
GROUP BY s.id ORDER BY since, s.id LIMIT :max;
