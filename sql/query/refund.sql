-- Notices about money that goes back, what each caused, and receivables.

-- name: refund_add  role: vault  rows: one
INSERT INTO refund (provider, payment, kind, object, total, amount, state, sale_id, booked, seq,
  inbox_id, at)
VALUES (:provider, :payment, :kind, :object, :total, :amount, :state, :sale, :booked, :seq,
  :inbox_id, :at)
RETURNING id;

-- name: refund_find  role: vault  rows: one
SELECT id, state, amount, seq FROM refund
WHERE provider = :provider AND payment = :payment AND kind = :kind AND object = :object
ORDER BY COALESCE(seq, 0) DESC LIMIT 1;

-- name: refund_set_failed  role: vault  rows: none
UPDATE refund SET state = 'failed' WHERE id = :id;

-- name: refund_set  role: vault  rows: none
UPDATE refund SET state = :state, sale_id = :sale, booked = :booked, seq = :seq WHERE id = :id;

-- name: refund_sums  role: vault  rows: one
SELECT COALESCE(MAX(total), 0) AS total,
  COALESCE(SUM(CASE WHEN kind = 'refund' THEN amount ELSE 0 END), 0) AS amounts,
  COALESCE(SUM(CASE WHEN kind = 'refund' AND state = 'failed' THEN amount ELSE 0 END), 0)
    AS failed,
  COALESCE(SUM(CASE WHEN kind IN ('refund', 'total', 'mirror') THEN booked ELSE 0 END), 0)
    AS booked,
  COUNT(seq) AS entries
FROM refund WHERE provider = :provider AND payment = :payment;

-- name: refund_waiters  role: vault  rows: many
SELECT id, kind, object, total, amount, booked, state, inbox_id, at FROM refund
WHERE provider = :provider AND payment = :payment AND sale_id IS NULL
ORDER BY id;

-- name: refund_entries  role: vault  rows: many
SELECT r.seq AS seq, r.booked AS booked FROM refund r
WHERE r.provider = :provider AND r.payment = :payment AND r.kind IN ('refund', 'total')
  AND r.booked > 0 AND r.seq IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = r.seq)
ORDER BY r.seq DESC;

-- name: refund_open  role: vault  rows: many
SELECT r.object AS object FROM refund r
WHERE r.provider = :provider AND r.payment = :payment AND r.kind = 'freeze'
  AND NOT EXISTS (SELECT 1 FROM refund x WHERE x.provider = r.provider
    AND x.payment = r.payment AND x.object = r.object AND x.kind IN ('won', 'lost'))
ORDER BY r.seq;

-- name: refund_ended  role: vault  rows: many
SELECT r.object AS object FROM refund r
WHERE r.provider = :provider AND r.payment = :payment AND r.kind = 'freeze'
  AND EXISTS (SELECT 1 FROM refund x WHERE x.provider = r.provider
    AND x.payment = r.payment AND x.object = r.object AND x.kind IN ('won', 'lost'))
ORDER BY r.seq;

-- name: refund_held  role: vault  rows: one
SELECT COALESCE(SUM(i.bal), 0) AS held,
  COALESCE((SELECT SUM(p.amount) FROM posting p WHERE p.seq = :seq AND p.account_id = a.id), 0)
    AS frozen
FROM account a JOIN item_balance i ON i.account_id = a.id AND i.item >= :from AND i.item < :to
WHERE a.code = 'L:dispute_hold' GROUP BY a.id;

-- name: refund_lines  role: vault  rows: many
SELECT a.code AS code, p.item AS item, p.amount AS amount
FROM posting p JOIN account a ON a.id = p.account_id WHERE p.seq = :seq ORDER BY a.code, p.item;

-- name: refund_recoveries  role: vault  rows: many
-- What was taken off a receivable since: out of the wallet, or written off.
SELECT j.seq AS seq, j.kind AS kind, p.amount AS amount FROM journal j
JOIN posting p ON p.seq = j.seq AND p.item = ''
WHERE ((j.idem_scope = 'recover' AND j.idem_key >= :from AND j.idem_key < :to)
    OR (j.idem_scope = 'writeoff' AND j.idem_key >= :off AND j.idem_key < :off_to))
  AND NOT EXISTS (SELECT 1 FROM journal x WHERE x.reverses = j.seq)
ORDER BY j.seq DESC;

-- name: refund_pot_of  role: vault  rows: many
SELECT p.race_id AS race_id, p.delta AS delta, p.bonus AS bonus
FROM race r JOIN pot_line p ON p.race_id = r.id AND p.seq = :seq
WHERE r.opened_at BETWEEN :from AND :at ORDER BY p.race_id;

-- name: refund_shares_of  role: vault  rows: many
SELECT seat_no, member_id, cents FROM share
WHERE race_id = :race AND seat_no IN (1, 2, 3, 4, 5, 6, 7, 8) AND seq = :seq ORDER BY seat_no;
