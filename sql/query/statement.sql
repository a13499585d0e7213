-- A member's lines in the journal. Not for: totals of the house.

-- name: statement_accounts  role: vault read  rows: many
SELECT id, code FROM account WHERE owner_id = :member ORDER BY id;

-- name: statement_lines  role: vault read  rows: many
SELECT p.seq, p.account_id, p.amount, p.item, j.recorded_at, j.effective_at, j.kind, j.ref, j.sha
  FROM (SELECT q.seq, q.account_id, q.item, q.amount, q.ver FROM posting q
         WHERE q.account_id IN (:pending, :available, :owed) AND q.seq < :before AND q.seq >= :low
         ORDER BY q.seq DESC, q.account_id, q.item LIMIT :most) p
  JOIN journal j ON j.seq = p.seq
 ORDER BY p.seq DESC, p.account_id, p.item;

-- name: statement_after  role: vault read  rows: one
SELECT bal_after FROM posting WHERE account_id = :account AND seq < :before
 ORDER BY ver DESC LIMIT 1;

-- name: statement_stamp  role: vault read  rows: one
SELECT recorded_at, sha FROM journal WHERE seq = :seq;

-- name: statement_history  role: vault read  rows: many
SELECT p.seq, -p.amount AS amount, j.kind, j.ref FROM posting p JOIN journal j ON j.seq = p.seq
 WHERE p.account_id = :account AND p.seq <= :last ORDER BY p.ver;

-- name: statement_shares  role: vault read  rows: many
SELECT s.seq, s.race_id, s.sale_id, s.cents
  FROM (SELECT DISTINCT race_id, seat_no FROM stint WHERE member_id = :member) t
  JOIN share s ON s.race_id = t.race_id AND s.seat_no = t.seat_no
 WHERE s.member_id = :member AND s.seq <= :last AND s.cents <> 0
 ORDER BY s.seq, s.race_id;
