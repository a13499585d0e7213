-- The end of a race's money.

-- name: settle_to_settled  role: vault  rows: none
UPDATE race SET state = 'SETTLED', settled_at = :at WHERE id = :race AND state = 'FINAL';

-- name: settle_members  role: vault  rows: many
SELECT member_id, SUM(cents) AS cents FROM share WHERE race_id = :race
GROUP BY member_id ORDER BY MIN(seat_no), member_id;

-- name: settle_seat_members  role: vault  rows: many
SELECT member_id, SUM(cents) AS cents FROM share WHERE race_id = :race AND seat_no = :seat
GROUP BY member_id ORDER BY member_id;

-- name: settle_sales  role: vault  rows: many
SELECT DISTINCT sale_id FROM pot_line WHERE race_id = :race ORDER BY sale_id;

-- name: settle_keys  role: vault  rows: one
SELECT COUNT(*) AS n FROM journal
WHERE idem_scope = 'race' AND (idem_key = :key OR (idem_key >= :from AND idem_key < :to));
