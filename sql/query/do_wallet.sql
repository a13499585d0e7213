-- What commands about money ask besides the ledger itself. Reading only.

-- name: do_wallet_next  role: vault read  rows: one
-- The race whose shares become available next, with what of it is this member's.
SELECT d.race_id AS race_id, r.closed_at + 3600000 * r.clear_h AS at, d.cents AS cents
  FROM (SELECT h.race_id, SUM(h.cents) AS cents
          FROM (SELECT DISTINCT race_id, seat_no FROM stint WHERE member_id = :member) t
          JOIN share h ON h.race_id = t.race_id AND h.seat_no = t.seat_no
         WHERE h.member_id = :member GROUP BY h.race_id) d
  JOIN race r ON r.id = d.race_id
 WHERE r.state IN ('FINISHED', 'FINAL') AND d.cents > 0
 ORDER BY at, race_id LIMIT 1;
