-- Songs that fans asked for.

-- name: request_queue  role: vault read  rows: many
SELECT r.id AS id, r.tip_id AS tip_id, r.dj_id AS dj_id, r.amount AS amount, r.at AS at,
  COALESCE(r.played_at, 0) AS played_at, COALESCE(r.offered_at, 0) AS offered_at,
  r.state AS state, r.title AS title, r.artist AS artist, r.link AS link, r.reason AS reason,
  t.name AS name, t.message AS message, t.hidden AS hidden
FROM request r JOIN tip t ON t.id = r.tip_id
WHERE r.dj_id = :dj AND r.state IN ('waiting', 'playing')
ORDER BY CASE WHEN r.state = 'playing' THEN 0 ELSE 1 END,
  CASE WHEN :by_amount = 1 THEN -r.amount ELSE 0 END, r.at, r.id LIMIT :max;

-- name: request_offered  role: vault read  rows: many
SELECT r.id AS id, r.tip_id AS tip_id, r.dj_id AS dj_id, r.amount AS amount, r.at AS at,
  COALESCE(r.played_at, 0) AS played_at, COALESCE(r.offered_at, 0) AS offered_at,
  r.state AS state, r.title AS title, r.artist AS artist, r.link AS link, r.reason AS reason,
  t.name AS name, t.message AS message, t.hidden AS hidden
FROM request r JOIN tip t ON t.id = r.tip_id
WHERE r.dj_id = :dj AND r.state = 'offered' ORDER BY r.at, r.id LIMIT :max;

-- name: request_get  role: vault read  rows: one
SELECT r.id AS id, r.tip_id AS tip_id, r.dj_id AS dj_id, r.amount AS amount, r.at AS at,
  COALESCE(r.played_at, 0) AS played_at, COALESCE(r.offered_at, 0) AS offered_at,
  r.state AS state, r.title AS title, r.artist AS artist, r.link AS link, r.reason AS reason,
  t.name AS name, t.message AS message, t.hidden AS hidden
FROM request r JOIN tip t ON t.id = r.tip_id WHERE r.id = :id;

-- How many wait before it; amount -1: by time alone.
-- name: request_before  role: vault read  rows: one
SELECT COUNT(*) AS n FROM request
WHERE dj_id = :dj AND state = 'waiting'
  AND ((:amount >= 0 AND amount > :amount)
    OR ((:amount < 0 OR amount = :amount) AND (at < :at OR (at = :at AND id < :id))));

-- name: request_of_tip  role: vault read  rows: one
SELECT id FROM request WHERE tip_id = :tip;

-- name: request_add  role: vault  rows: one
INSERT INTO request (tip_id, dj_id, fan, title, artist, link, amount, state, reason, at)
VALUES (:tip, :dj, :fan, :title, :artist, :link, :amount, 'waiting', '', :at) RETURNING id;

-- name: request_set  role: vault  rows: none
UPDATE request SET state = :state, reason = :reason,
  played_at = COALESCE(:played_at, played_at), offered_at = COALESCE(:offered_at, offered_at)
WHERE id = :id;

-- name: request_end_playing  role: vault  rows: none
UPDATE request SET state = 'done' WHERE dj_id = :dj AND state = 'playing';

-- name: request_due  role: vault  rows: many
SELECT id FROM request
WHERE (state = 'waiting' AND at <= :old) OR (state = 'offered' AND offered_at <= :silent)
ORDER BY id LIMIT :max;
