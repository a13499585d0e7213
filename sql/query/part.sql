-- What is unreversed of a sale, line by line.

-- name: part_sale  role: vault  rows: one
SELECT s.id AS id, s.seq AS seq, s.provider AS provider, s.payment AS payment,
  s.inbox_id AS inbox_id, s.order_at AS order_at, s.currency AS currency, s.amount AS amount,
  s.title AS title, COALESCE(r.returned, 0) AS returned
FROM sale s LEFT JOIN refundable r ON r.sale_id = s.id
WHERE s.provider = :provider AND s.payment = :payment;

-- name: part_payment  role: vault  rows: one
SELECT provider, payment FROM sale WHERE id = :sale;

-- name: part_sums  role: vault  rows: many
SELECT a.code AS code, p.item AS item, SUM(p.amount) AS amount
FROM posting p JOIN account a ON a.id = p.account_id
WHERE p.seq IN (SELECT :seq UNION SELECT r.seq FROM refund r
  WHERE r.provider = :provider AND r.payment = :payment AND r.seq IS NOT NULL)
GROUP BY a.code, p.item ORDER BY a.code, p.item;

-- name: part_shares  role: vault  rows: many
SELECT h.race_id AS race_id, h.seat_no AS seat_no, MIN(h.member_id) AS member_id,
  SUM(h.cents) AS cents
FROM race r JOIN share h ON h.race_id = r.id AND h.seat_no IN (1, 2, 3, 4, 5, 6, 7, 8)
  AND h.seq IN (SELECT :seq UNION SELECT f.seq FROM refund f
    WHERE f.provider = :provider AND f.payment = :payment AND f.seq IS NOT NULL)
WHERE r.opened_at BETWEEN :from AND :at
  AND h.race_id = COALESCE((SELECT t.race_id FROM retag t WHERE t.sale_id = :sale AND t.state = 'DONE'), h.race_id)
GROUP BY r.opened_at, h.race_id, h.seat_no ORDER BY r.opened_at, h.race_id, h.seat_no;

-- name: part_race  role: vault  rows: one
SELECT r.state AS state, r.clear_h AS clear_h, COALESCE(p.pot, 0) AS pot,
  COALESCE(p.waiting, 0) AS waiting, COALESCE(p.sales, 0) AS sales
FROM race r LEFT JOIN pot_line p ON p.race_id = r.id
  AND p.seq = (SELECT MAX(x.seq) FROM pot_line x WHERE x.race_id = r.id)
WHERE r.id = :race;

-- name: part_totals  role: vault  rows: many
SELECT s.seat_no AS seat_no, COALESCE(h.total, 0) AS total, COALESCE(h.residue, 0) AS residue,
  COALESCE(h.unit, 1) AS unit
FROM seat s LEFT JOIN share h ON h.race_id = s.race_id AND h.seat_no = s.seat_no AND h.seq =
  (SELECT MAX(y.seq) FROM share y WHERE y.race_id = s.race_id AND y.seat_no = s.seat_no)
WHERE s.race_id = :race;

-- name: part_settled  role: vault  rows: one
SELECT seq, meta FROM journal WHERE idem_scope = 'race' AND idem_key = :key;

-- name: part_returned  role: vault  rows: none
UPDATE refundable SET returned = returned + :amount WHERE sale_id = :sale;

-- name: part_returned_first  role: vault  rows: none
INSERT INTO refundable (sale_id, gross, returned) VALUES (:sale, :gross, :amount);

-- name: part_metas  role: vault  rows: many
SELECT j.meta AS meta FROM refund r JOIN journal j ON j.seq = r.seq
WHERE r.provider = :provider AND r.payment = :payment
  AND j.kind IN ('REFUND', 'DISPUTE_LOST')
  AND NOT EXISTS (SELECT 1 FROM journal x WHERE x.reverses = j.seq)
ORDER BY j.seq;
