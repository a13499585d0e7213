-- What a race is, for pages and the other files of the folder.

-- name: race_get  role: vault read  rows: one
SELECT r.id AS race_id, r.name AS race_name, r.state AS state, r.host_id AS host_id,
  m.name AS host_name, r.seats AS seats, r.rounds AS rounds, r.created_at AS created_at,
  COALESCE(r.opened_at, 0) AS opened_at, COALESCE(r.closed_at, 0) AS closed_at,
  r.touched_at AS touched_at, COALESCE(r.final_at, 0) AS final_at, COALESCE(r.settled_at, 0) AS settled_at,
  r.grace_s AS race_grace_s, r.clear_h AS race_clear_h, r.end_reason AS end_reason,
  COALESCE(r.season_id, 0) AS season_id, COALESCE(z.slug, '') AS season_slug,
  COALESCE(z.name, '') AS season_name,
  COALESCE(p.pot, 0) AS pot, COALESCE(p.waiting, 0) AS waiting, COALESCE(p.sales, 0) AS sales,
  COALESCE(p.seq, 0) AS last_seq,
  (SELECT COUNT(*) FROM dispute d WHERE d.race_id = r.id AND d.state = 'OPEN') AS disputes,
  u.id AS id, u.name AS name, u.version AS version, u.basis AS basis, u.pool_bps AS pool_bps,
  u.floor_guard AS floor_guard, u.share AS share, u.weights AS weights,
  u.weights_by AS weights_by, u.bonus_bps AS bonus_bps, u.grace_s AS grace_s,
  u.overlap AS overlap, u.clear_h AS clear_h, u.fee_bps AS fee_bps, u.fee_fixed AS fee_fixed
FROM race r JOIN rule u ON u.id = r.rule_id JOIN person m ON m.id = r.host_id
LEFT JOIN season z ON z.id = r.season_id
LEFT JOIN pot_line p ON p.race_id = r.id
  AND p.seq = (SELECT MAX(x.seq) FROM pot_line x WHERE x.race_id = r.id)
WHERE r.id = :race;

-- name: race_seats  role: vault read  rows: many
SELECT s.seat_no AS seat_no, s.joined_at AS joined_at, COALESCE(s.left_at, 0) AS left_at,
  COALESCE(s.place, 0) AS place, s.dnf AS dnf, COALESCE(h.total, 0) AS total,
  COALESCE((SELECT MAX(q.at) FROM report q WHERE q.race_id = s.race_id AND q.seat_no = s.seat_no),
    0) AS reported_at,
  t.member_id AS member_id, t.from_round AS from_round, t.from_at AS from_at, m.name AS name
FROM seat s
JOIN stint t ON t.race_id = s.race_id AND t.seat_no = s.seat_no
JOIN person m ON m.id = t.member_id
LEFT JOIN share h ON h.race_id = s.race_id AND h.seat_no = s.seat_no AND h.seq =
  (SELECT MAX(y.seq) FROM share y WHERE y.race_id = s.race_id AND y.seat_no = s.seat_no)
WHERE s.race_id = :race ORDER BY s.seat_no, t.stint_no;

-- name: race_ids  role: vault read  rows: many
SELECT id FROM race WHERE id < :before ORDER BY id DESC LIMIT :max;

-- name: race_ids_live  role: vault read  rows: many
SELECT id FROM race
WHERE id < :before AND state IN ('LOBBY', 'RUNNING', 'FINISHED')
  AND (state <> 'FINISHED' OR closed_at + 1000 * grace_s > :now)
ORDER BY id DESC LIMIT :max;

-- name: race_current_live  role: vault read  rows: one
SELECT id FROM race
WHERE state IN ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL') AND state <> 'FINAL'
  AND (state <> 'FINISHED' OR closed_at + 1000 * grace_s > :now)
ORDER BY CASE state WHEN 'RUNNING' THEN 0 WHEN 'FINISHED' THEN 1 ELSE 2 END,
  opened_at DESC, id DESC LIMIT 1;

-- name: race_current_ended  role: vault read  rows: one
SELECT id FROM race WHERE opened_at IS NOT NULL ORDER BY opened_at DESC, id DESC LIMIT 1;

-- name: race_lines  role: vault read  rows: many
SELECT p.seq AS seq, p.sale_id AS sale_id, p.at AS at, p.delta AS delta, p.pot AS pot,
  p.bonus AS bonus, s.title AS title, s.reason AS reason, s.amount AS amount,
  s.uncapped AS uncapped, s.pool AS pool, j.kind AS kind, j.sha AS sha,
  j.effective_at AS effective,
  COALESCE((SELECT f.booked FROM refund f WHERE f.provider = s.provider
    AND f.payment = s.payment AND f.seq = p.seq AND f.kind IN ('refund', 'total') LIMIT 1), 0)
    AS back
FROM pot_line p JOIN sale s ON s.id = p.sale_id JOIN journal j ON j.seq = p.seq
WHERE p.race_id = :race AND p.seq < :before ORDER BY p.seq DESC LIMIT :max;

-- name: race_line_shares  role: vault read  rows: many
SELECT seat_no, seq, cents, residue FROM share
WHERE race_id = :race AND seat_no IN (1, 2, 3, 4, 5, 6, 7, 8) AND seq BETWEEN :low AND :high
ORDER BY seat_no, seq;

-- Of orders with a pool only another race's can be meant here: they are looked at when there is one
-- whose time meets this one's, or met it before its end was set to an earlier one.
-- name: race_misses  role: vault read  rows: many
SELECT id, order_at, arrived_at, amount, title, reason, currency FROM (
  SELECT s.id AS id, s.order_at AS order_at, s.arrived_at AS arrived_at, s.amount AS amount,
    s.title AS title, s.reason AS reason, s.currency AS currency
  FROM sale s
  WHERE s.pool = 0 AND s.order_at >= :from AND s.order_at < :to
    AND NOT EXISTS (SELECT 1 FROM pot_line p WHERE p.race_id = :race AND p.seq = s.seq)
  UNION ALL
  SELECT s.id AS id, s.order_at AS order_at, s.arrived_at AS arrived_at, s.amount AS amount,
    s.title AS title, s.reason AS reason, s.currency AS currency
  FROM sale s
  WHERE EXISTS (SELECT 1 FROM race x WHERE x.opened_at >= :since AND x.opened_at < :to
      AND x.id <> :race AND (x.closed_at IS NULL OR x.end_reason <> '' OR
        x.closed_at + 1000 * x.grace_s >= :early))
    AND s.pool > 0 AND s.order_at >= :from AND s.order_at < :to
    AND NOT EXISTS (SELECT 1 FROM pot_line p WHERE p.race_id = :race AND p.seq = s.seq)
) m ORDER BY order_at DESC, id DESC LIMIT :max;
