-- One order, for whoever asks why it did not count. delta: what it gave the pot of that race; -1:
-- nothing. Reading only.

-- name: do_order_by_id  role: vault read  rows: one
SELECT s.id, s.order_at, s.currency, s.amount, s.reason, s.title,
  COALESCE((SELECT SUM(p.delta) FROM pot_line p WHERE p.race_id = :race AND p.seq = s.seq), -1)
    AS delta
  FROM sale s WHERE s.id = :id;

-- name: do_order_by_payment  role: vault read  rows: one
SELECT s.id, s.order_at, s.currency, s.amount, s.reason, s.title,
  COALESCE((SELECT SUM(p.delta) FROM pot_line p WHERE p.race_id = :race AND p.seq = s.seq), -1)
    AS delta
  FROM sale s WHERE s.provider = :provider AND s.payment = :payment;
