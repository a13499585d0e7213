-- A member's lines in the journal. Not for: totals of the house.

-- name: statement_accounts  role: vault read  rows: many
SELECT id, code FROM account WHERE owner_id = :member ORDER BY id;

-- name: statement_lines  role: vault read  rows: many
-- The newest of each account, then the newest of those: a long wallet is not read as a whole.
SELECT u.seq, u.account_id, u.amount, u.item, j.recorded_at, j.effective_at, j.kind, j.ref, j.sha
  FROM (SELECT p.seq, p.account_id, p.item, p.amount
          FROM (SELECT q.seq, q.account_id, q.item, q.amount FROM posting q
                 WHERE q.account_id = :pending AND q.ver <= :pending_last AND q.ver > :pending_low
                 ORDER BY q.ver DESC LIMIT :most) p
        UNION ALL
        SELECT a.seq, a.account_id, a.item, a.amount
          FROM (SELECT q.seq, q.account_id, q.item, q.amount FROM posting q
                 WHERE q.account_id = :available AND q.ver <= :available_last AND q.ver > :available_low
                 ORDER BY q.ver DESC LIMIT :most) a
        UNION ALL
        SELECT o.seq, o.account_id, o.item, o.amount
          FROM (SELECT q.seq, q.account_id, q.item, q.amount FROM posting q
                 WHERE q.account_id = :owed AND q.ver <= :owed_last AND q.ver > :owed_low
                 ORDER BY q.ver DESC LIMIT :most) o) u
  JOIN journal j ON j.seq = u.seq
 ORDER BY u.seq DESC, u.account_id, u.item LIMIT :most;

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

-- name: statement_newest  role: vault read  rows: one
SELECT ver FROM balance WHERE account_id = :account;

-- name: statement_at  role: vault read  rows: one
SELECT seq, bal_after FROM posting WHERE account_id = :account AND ver = :ver;

-- name: statement_stamp  role: vault read  rows: one
SELECT recorded_at, sha FROM journal WHERE seq = :seq;

-- name: statement_entry  role: vault read  rows: one
SELECT kind, ref, recorded_at, effective_at, reverses, sha, prev_sha, n_lines
  FROM journal WHERE seq = :seq;

-- name: statement_postings  role: vault read  rows: many
-- member 0: all lines of the entry; otherwise that member's own.
SELECT a.code, a.currency, p.item, p.amount, p.bal_after
  FROM posting p JOIN account a ON a.id = p.account_id
 WHERE p.seq = :seq AND (:member = 0 OR a.owner_id = :member) ORDER BY a.code, p.item;
