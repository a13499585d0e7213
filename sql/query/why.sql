-- What a balance is made of. Not for: pages of lines (statement.sql).

-- name: why_history  role: vault read  rows: many
SELECT p.seq, -p.amount AS amount, j.kind, j.ref FROM posting p JOIN journal j ON j.seq = p.seq
 WHERE p.account_id = :account AND p.seq <= :last ORDER BY p.ver;

-- name: why_shares  role: vault read  rows: many
SELECT s.seq, s.race_id, s.sale_id, s.cents
  FROM (SELECT DISTINCT race_id, seat_no FROM stint WHERE member_id = :member) t
  JOIN share s ON s.race_id = t.race_id AND s.seat_no = t.seat_no
 WHERE s.member_id = :member AND s.seq <= :last AND s.cents <> 0
 ORDER BY s.seq, s.race_id;
