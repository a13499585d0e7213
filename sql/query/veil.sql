-- Which races name a member.

-- name: veil_races  role: vault  rows: many
SELECT r.id AS race_id,
  CASE WHEN r.state IN ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL') THEN 1 ELSE 0 END AS open
  FROM race r
 WHERE r.host_id = :member
    OR r.id IN (SELECT t.race_id FROM stint t WHERE t.member_id = :member)
 ORDER BY r.id;

-- name: veil_seasons  role: vault  rows: many
SELECT DISTINCT season_id FROM result WHERE member_id = :member AND season_id IS NOT NULL
ORDER BY season_id;
