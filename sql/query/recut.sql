-- Ends of races that were set to an earlier time.

-- name: recut_sales  role: vault  rows: many
-- Orders told before that time were ahead of our clock then: they keep counting.
SELECT s.id AS id FROM pot_line p JOIN sale s ON s.id = p.sale_id AND s.seq = p.seq
WHERE p.race_id = :race AND s.order_at >= :end AND s.arrived_at > :at ORDER BY p.seq;

-- name: recut_end  role: vault  rows: none
UPDATE race SET closed_at = :closed_at, touched_at = :at, end_reason = :reason
WHERE id = :race AND state = 'FINISHED';

-- name: recut_of  role: vault  rows: one
SELECT effective_at AS end_at FROM journal WHERE idem_scope = 'race' AND idem_key = :key;
