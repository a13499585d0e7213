-- DJs and their settings; a DJ without a row has the house's.

-- name: dj_get  role: vault read  rows: one
SELECT g.member_id AS member_id, p.name AS name, COALESCE(d.on_air, 0) AS on_air,
  COALESCE(d.paused, 0) AS paused, COALESCE(d.min, 0) AS min,
  COALESCE(d.max_open, 0) AS max_open, COALESCE(d.max_per_fan, 0) AS max_per_fan,
  COALESCE(d.banned, '') AS banned
FROM role_grant g JOIN person p ON p.id = g.member_id LEFT JOIN dj d ON d.member_id = g.member_id
WHERE g.member_id = :id AND g.role = 'dj';

-- name: dj_list  role: vault read  rows: many
SELECT g.member_id AS member_id, p.name AS name, COALESCE(d.on_air, 0) AS on_air,
  COALESCE(d.paused, 0) AS paused, COALESCE(d.min, 0) AS min,
  COALESCE(d.max_open, 0) AS max_open, COALESCE(d.max_per_fan, 0) AS max_per_fan,
  COALESCE(d.banned, '') AS banned
FROM role_grant g JOIN person p ON p.id = g.member_id LEFT JOIN dj d ON d.member_id = g.member_id
WHERE g.role = 'dj' ORDER BY COALESCE(d.on_air, 0) DESC, p.name LIMIT :max;

-- A DJ who lost the role is on air no more.
-- name: dj_on_air  role: vault read  rows: one
SELECT d.member_id AS member_id FROM dj d
JOIN role_grant g ON g.member_id = d.member_id AND g.role = 'dj' WHERE d.on_air = 1;

-- name: dj_ensure  role: vault  rows: none
INSERT INTO dj (member_id, on_air, paused, min, max_open, max_per_fan, banned)
VALUES (:id, 0, 0, 0, 0, 0, '') ON CONFLICT (member_id) DO NOTHING;

-- name: dj_off_others  role: vault  rows: none
UPDATE dj SET on_air = 0 WHERE on_air = 1 AND member_id <> :id;

-- name: dj_set_air  role: vault  rows: none
UPDATE dj SET on_air = :on WHERE member_id = :id;

-- name: dj_set_pause  role: vault  rows: none
UPDATE dj SET paused = :on WHERE member_id = :id;

-- name: dj_set_limits  role: vault  rows: none
UPDATE dj SET min = :min, max_open = :max_open, max_per_fan = :max_per_fan, banned = :banned
WHERE member_id = :id;
