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

-- name: statement_some  role: vault read  rows: many
SELECT p.seq, p.account_id, p.amount, p.item, j.recorded_at, j.effective_at, j.kind, j.ref, j.sha
  FROM posting p JOIN journal j ON j.seq = p.seq
 WHERE p.account_id IN (:pending, :available, :owed) AND p.seq < :before AND p.seq >= :low
   AND (:kinds = '' OR (:kinds LIKE '%,' || j.kind || ',%'))
   AND (:race = 0 OR j.ref = :race_ref OR p.item = :race_ref OR EXISTS (
        SELECT 1 FROM stint t JOIN share h
            ON h.race_id = t.race_id AND h.seat_no = t.seat_no AND h.seq = p.seq
         WHERE t.race_id = :race AND t.member_id = :member))
 ORDER BY p.seq DESC, p.account_id, p.item LIMIT :most;

-- name: statement_after  role: vault read  rows: one
SELECT bal_after FROM posting WHERE account_id = :account AND seq < :before
 ORDER BY ver DESC LIMIT 1;

-- name: statement_stamp  role: vault read  rows: one
SELECT recorded_at, sha FROM journal WHERE seq = :seq;

-- name: statement_payouts  role: vault read  rows: one
SELECT COALESCE(SUM(p.amount), 0) AS cents FROM posting p JOIN journal j ON j.seq = p.seq
 WHERE p.account_id = :account AND j.kind LIKE 'PAYOUT%';

-- name: statement_owed  role: vault read  rows: many
SELECT item, bal FROM item_balance WHERE account_id = :account AND bal > 0
 ORDER BY LENGTH(item), item;

-- name: statement_tips  role: vault read  rows: many
-- What a tip's entries left in pending: those that cleared or went back left nothing.
SELECT x.clear_at AS clear_at, -SUM(p.amount) AS cents
  FROM (SELECT t.id, t.clear_at, t.seq FROM tip t WHERE t.dj_id = :member
        UNION
        SELECT t.id, t.clear_at, m.seq FROM tip t JOIN tip_move m ON m.tip_id = t.id
         WHERE t.dj_id = :member) x
  JOIN posting p ON p.seq = x.seq AND p.account_id = :pending
 GROUP BY x.id, x.clear_at HAVING SUM(p.amount) <> 0 ORDER BY x.clear_at, x.id;

-- name: statement_entry  role: vault read  rows: one
SELECT kind, ref, recorded_at, effective_at, reverses, sha, prev_sha, n_lines
  FROM journal WHERE seq = :seq;

-- name: statement_postings  role: vault read  rows: many
-- member 0: all lines of the entry; otherwise that member's own.
SELECT a.code, a.currency, p.item, p.amount, p.bal_after
  FROM posting p JOIN account a ON a.id = p.account_id
 WHERE p.seq = :seq AND (:member = 0 OR a.owner_id = :member) ORDER BY a.code, p.item;
