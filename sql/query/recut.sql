-- Ends of races that were set to an earlier time.

-- name: recut_sales  role: vault  rows: many
-- Orders told before that time were ahead of our clock then: they keep counting.
SELECT s.id AS id FROM pot_line p JOIN sale s ON s.id = p.sale_id AND s.seq = p.seq
WHERE p.race_id = :race AND s.order_at >= :end AND s.arrived_at > :at ORDER BY p.seq;

-- name: recut_end  role: vault  rows: none
UPDATE race SET closed_at = :closed_at, touched_at = :at, end_reason = :reason
WHERE id = :race AND state = 'FINISHED';

-- name: recut_of  role: vault  rows: one
-- The end that leaves an order outside, whether or not there was anything to take away when it was set.
SELECT r.closed_at AS end_at FROM sale s JOIN pot_line p ON p.sale_id = s.id AND p.seq = s.seq
  JOIN race r ON r.id = p.race_id
WHERE s.id = :sale AND r.id = :race AND r.end_reason <> ''
  AND s.order_at >= r.closed_at + r.grace_s * 1000 AND s.arrived_at > r.closed_at;
