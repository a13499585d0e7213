-- Objections of drivers to a result.

-- name: dispute_add  role: vault  rows: one
INSERT INTO dispute (race_id, member_id, reason, opened_at, state, closed_by, answer)
VALUES (:race, :member, :reason, :at, 'OPEN', '', '')
RETURNING id;

-- name: dispute_open_of  role: vault  rows: one
SELECT id FROM dispute WHERE race_id = :race AND member_id = :member AND state = 'OPEN';

-- name: dispute_close  role: vault  rows: none
UPDATE dispute SET state = :state, closed_at = :at, closed_by = :actor, answer = :answer
WHERE id = :id AND state = 'OPEN';

-- name: dispute_end  role: vault  rows: none
UPDATE dispute SET state = 'WITHDRAWN', closed_at = :at, closed_by = :actor, answer = :answer
WHERE race_id = :race AND state = 'OPEN';

-- name: dispute_drove  role: vault read  rows: one
SELECT COUNT(*) AS n FROM stint WHERE race_id = :race AND member_id = :member;

-- name: dispute_get  role: vault read  rows: one
SELECT d.id AS id, d.race_id AS race_id, d.member_id AS member_id, p.name AS name,
  d.reason AS reason, d.opened_at AS opened_at, d.state AS state,
  COALESCE(d.closed_at, 0) AS closed_at, d.closed_by AS closed_by, d.answer AS answer
FROM dispute d JOIN person p ON p.id = d.member_id WHERE d.id = :id;

-- name: dispute_list  role: vault read  rows: many
SELECT d.id AS id, d.race_id AS race_id, d.member_id AS member_id, p.name AS name,
  d.reason AS reason, d.opened_at AS opened_at, d.state AS state,
  COALESCE(d.closed_at, 0) AS closed_at, d.closed_by AS closed_by, d.answer AS answer
FROM dispute d JOIN person p ON p.id = d.member_id
WHERE d.race_id = :race ORDER BY d.id LIMIT :max;

-- name: dispute_list_open  role: vault read  rows: many
SELECT d.id AS id, d.race_id AS race_id, d.member_id AS member_id, p.name AS name,
  d.reason AS reason, d.opened_at AS opened_at, d.state AS state,
  COALESCE(d.closed_at, 0) AS closed_at, d.closed_by AS closed_by, d.answer AS answer
FROM dispute d JOIN person p ON p.id = d.member_id
WHERE d.state = 'OPEN' ORDER BY d.id LIMIT :max;
