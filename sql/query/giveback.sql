-- Refunds that we ask for.

-- name: giveback_add  role: vault  rows: one
INSERT INTO giveback (key, provider, payment, amount, ref, reason, actor, state, object, why, at)
VALUES (:key, :provider, :payment, :amount, :ref, :reason, :actor, :state, '', '', :at)
ON CONFLICT (ref, amount) DO NOTHING RETURNING id;

-- name: giveback_known  role: vault read  rows: one
SELECT id FROM giveback WHERE ref = :ref AND amount = :amount;

-- name: giveback_get  role: vault read  rows: one
SELECT key, provider, payment, amount, ref, reason, state, object, why, at FROM giveback WHERE id = :id;

-- name: giveback_report  role: vault  rows: none
UPDATE giveback SET state = :state, object = CASE WHEN :object = '' THEN object ELSE :object END,
  why = :why
WHERE id = :id AND state IN ('new', 'asked', 'unknown');

-- name: giveback_open  role: vault  rows: many
SELECT id, amount FROM giveback
WHERE payment = :payment AND provider = :provider AND state NOT IN ('done') ORDER BY id LIMIT 20;

-- name: giveback_done  role: vault  rows: none
UPDATE giveback SET state = 'done', why = '' WHERE id = :id;

-- name: giveback_of_sale  role: vault read  rows: one
SELECT s.provider AS provider, s.payment AS payment, s.amount - COALESCE(r.returned, 0) AS rest
FROM sale s LEFT JOIN refundable r ON r.sale_id = s.id WHERE s.id = :id AND s.seq IS NOT NULL;

-- name: giveback_asked  role: vault read  rows: one
SELECT COALESCE(SUM(amount), 0) AS amount FROM giveback
WHERE ref = :ref AND state IN ('new', 'asked', 'unknown', 'by_hand');
