-- A paid order: the races near its time, their seats, its rows.

-- name: sale_races  role: vault read  rows: many
SELECT r.id AS race_id, r.state AS state, r.opened_at AS opened_at,
  COALESCE(r.closed_at, 0) AS closed_at, r.grace_s AS race_grace_s, r.clear_h AS race_clear_h,
  COALESCE(p.pot, 0) AS pot, COALESCE(p.waiting, 0) AS waiting, COALESCE(p.sales, 0) AS sales,
  u.id AS id, u.name AS name, u.version AS version, u.basis AS basis, u.pool_bps AS pool_bps,
  u.floor_guard AS floor_guard, u.share AS share, u.weights AS weights,
  u.weights_by AS weights_by, u.bonus_bps AS bonus_bps, u.grace_s AS grace_s,
  u.overlap AS overlap, u.clear_h AS clear_h, u.fee_bps AS fee_bps, u.fee_fixed AS fee_fixed
FROM race r JOIN rule u ON u.id = r.rule_id
LEFT JOIN pot_line p ON p.race_id = r.id
  AND p.seq = (SELECT MAX(x.seq) FROM pot_line x WHERE x.race_id = r.id)
WHERE r.opened_at BETWEEN :from AND :at AND (r.closed_at IS NULL OR r.closed_at > :near)
ORDER BY r.opened_at, r.id LIMIT 64;

-- name: sale_seats  role: vault read  rows: many
SELECT s.seat_no AS seat_no, COALESCE(s.left_at, 0) AS left_at, t.member_id AS member_id,
  COALESCE(h.total, 0) AS total, COALESCE(h.residue, 0) AS residue, COALESCE(h.unit, 1) AS unit
FROM seat s
JOIN stint t ON t.race_id = s.race_id AND t.seat_no = s.seat_no AND t.stint_no =
  (SELECT MAX(x.stint_no) FROM stint x
   WHERE x.race_id = s.race_id AND x.seat_no = s.seat_no AND x.from_at <= :at)
LEFT JOIN share h ON h.race_id = s.race_id AND h.seat_no = s.seat_no AND h.seq =
  (SELECT MAX(y.seq) FROM share y WHERE y.race_id = s.race_id AND y.seat_no = s.seat_no)
WHERE s.race_id = :race ORDER BY s.seat_no;

-- name: sale_next  role: vault  rows: one
SELECT COALESCE(MAX(id), 0) + 1 AS id,
  COALESCE((SELECT k.id FROM sale k WHERE k.provider = :provider AND k.payment = :payment), 0)
    AS known
FROM sale;

-- name: sale_add  role: vault  rows: none
INSERT INTO sale (id, provider, payment, inbox_id, order_at, arrived_at, currency, amount, tax,
  shipping, cost, fee, basis, pool, uncapped, reason, tag, title, cost_known, seq)
VALUES (:id, :provider, :payment, :inbox_id, :order_at, :arrived_at, :currency, :amount, :tax,
  :shipping, :cost, :fee, :basis, :pool, :uncapped, :reason, :tag, :title, :cost_known, :seq);

-- name: sale_item_add  role: vault  rows: none
INSERT INTO sale_item (sale_id, line_no, sku, title, quantity, price, unit_cost)
VALUES (:sale_id, :line_no, :sku, :title, :quantity, :price, :unit_cost);

-- name: sale_pot_add  role: vault  rows: none
INSERT INTO pot_line (race_id, seq, sale_id, at, delta, bonus, pot, waiting, sales)
VALUES (:race, :seq, :sale, :at, :delta, :bonus, :pot, :waiting, :sales);

-- name: sale_share_add  role: vault  rows: none
INSERT INTO share (race_id, seat_no, seq, sale_id, member_id, cents, total, residue, unit)
VALUES (:race, :seat, :seq, :sale, :member_id, :cents, :total, :residue, :unit);

-- name: sale_again  role: vault read  rows: one
SELECT provider, payment, order_at, currency, amount, tax, shipping, cost, cost_known, title, seq
  FROM sale WHERE id = :sale;
