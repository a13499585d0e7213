-- Tips as they were booked.

-- name: tip_next  role: vault  rows: one
SELECT COALESCE(MAX(id), 0) + 1 AS id,
  COALESCE((SELECT k.id FROM tip k WHERE k.provider = :provider AND k.payment = :payment), 0)
    AS known
FROM tip;

-- name: tip_find  role: vault  rows: one
SELECT id FROM tip WHERE provider = :provider AND payment = :payment;

-- name: tip_add  role: vault  rows: none
INSERT INTO tip (id, provider, payment, inbox_id, dj_id, checkout_id, at, arrived_at, clear_at,
  currency, amount, fee, name, message, hidden, test, seq)
VALUES (:id, :provider, :payment, :inbox, NULLIF(:dj, 0), NULLIF(:checkout, 0), :at,
  :arrived_at, :clear_at, :currency, :amount, :fee, :name, :message, :hidden, :test,
  NULLIF(:seq, 0));

-- name: tip_state_add  role: vault  rows: none
INSERT INTO tip_state (tip_id, gross, returned, clear_at, released)
VALUES (:tip, :gross, 0, :clear_at, :released);

-- name: tip_get  role: vault read  rows: one
SELECT t.id AS id, COALESCE(t.dj_id, 0) AS dj_id, t.amount AS amount, t.fee AS fee,
  COALESCE(s.returned, 0) AS returned, t.at AS at, t.clear_at AS clear_at,
  COALESCE(s.released, 0) AS released, COALESCE(r.id, 0) AS request_id,
  COALESCE(t.seq, 0) AS seq, COALESCE(p.name, '') AS dj_name, t.provider AS provider,
  t.payment AS payment, t.name AS name, t.hidden AS hidden, t.message AS message,
  t.currency AS currency
FROM tip t LEFT JOIN tip_state s ON s.tip_id = t.id LEFT JOIN request r ON r.tip_id = t.id
LEFT JOIN person p ON p.id = t.dj_id WHERE t.id = :id;

-- name: tip_list  role: vault read  rows: many
SELECT t.id AS id, COALESCE(t.dj_id, 0) AS dj_id, t.amount AS amount, t.fee AS fee,
  COALESCE(s.returned, 0) AS returned, t.at AS at, t.clear_at AS clear_at,
  COALESCE(s.released, 0) AS released, COALESCE(r.id, 0) AS request_id,
  COALESCE(t.seq, 0) AS seq, COALESCE(p.name, '') AS dj_name, t.provider AS provider,
  t.payment AS payment, t.name AS name, t.hidden AS hidden, t.message AS message,
  t.currency AS currency
FROM tip t JOIN tip_state s ON s.tip_id = t.id LEFT JOIN request r ON r.tip_id = t.id
LEFT JOIN person p ON p.id = t.dj_id
WHERE t.dj_id = :dj AND t.arrived_at >= :since ORDER BY t.id DESC LIMIT :max;
