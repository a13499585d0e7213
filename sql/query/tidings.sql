-- What messages to channels and members say besides the race itself. Reading only.

-- name: tidings_points  role: vault read  rows: many
SELECT seat_no, points FROM result
 WHERE race_id = :race AND kind = 'start' AND season_id IS NOT NULL
   AND version = (SELECT MAX(version) FROM result WHERE race_id = :race);

-- name: tidings_trophy  role: vault read  rows: one
SELECT kind, member_id, words FROM trophy WHERE id = :id AND revoked_at IS NULL;

-- name: tidings_fix  role: vault read  rows: one
SELECT race_id, reason FROM fix WHERE id = :id;

-- name: tidings_last_fix  role: vault read  rows: one
SELECT reason FROM fix WHERE race_id = :race ORDER BY version DESC LIMIT 1;

-- name: tidings_alert  role: vault read  rows: one
SELECT kind, severity, text FROM alert WHERE id = :id AND resolved_at IS NULL;

-- name: tidings_dispute  role: vault read  rows: one
SELECT d.race_id, d.reason, d.state, d.answer, p.name
  FROM dispute d JOIN person p ON p.id = d.member_id WHERE d.id = :id;

-- name: tidings_season  role: vault read  rows: one
SELECT name, slug FROM season WHERE id = :id AND state = 'CLOSED';

-- name: tidings_champions  role: vault read  rows: many
SELECT p.name, r.points FROM season_row r JOIN person p ON p.id = r.member_id
 WHERE r.season_id = :id AND r.rank = 1 ORDER BY r.member_id;
