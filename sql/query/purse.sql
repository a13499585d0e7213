-- Sums of a wallet besides its balance. Reading only.

-- name: purse_payouts  role: vault read  rows: one
SELECT COALESCE(SUM(p.amount), 0) AS cents FROM posting p JOIN journal j ON j.seq = p.seq
 WHERE p.account_id = :account AND j.kind LIKE 'PAYOUT%';

-- name: purse_owed  role: vault read  rows: many
SELECT item, bal FROM item_balance WHERE account_id = :account AND bal > 0
 ORDER BY LENGTH(item), item;

-- name: purse_tips  role: vault read  rows: many
-- What a tip's entries left in pending: those that cleared or went back left nothing.
SELECT x.clear_at AS clear_at, -SUM(p.amount) AS cents
  FROM (SELECT t.id, t.clear_at, t.seq FROM tip t WHERE t.dj_id = :member
        UNION
        SELECT t.id, t.clear_at, m.seq FROM tip t JOIN tip_move m ON m.tip_id = t.id
         WHERE t.dj_id = :member) x
  JOIN posting p ON p.seq = x.seq AND p.account_id = :pending
 GROUP BY x.id, x.clear_at HAVING SUM(p.amount) <> 0 ORDER BY x.clear_at, x.id;
