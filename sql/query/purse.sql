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

-- name: purse_races  role: vault read  rows: many
-- Races that have not settled, with what of their shares this member drove for.
SELECT d.race_id AS race_id, r.name AS name, r.clear_h AS clear_h,
       COALESCE(r.closed_at, 0) AS closed_at, d.cents AS cents
  FROM (SELECT h.race_id, SUM(h.cents) AS cents
          FROM (SELECT DISTINCT s.race_id, s.seat_no FROM stint s JOIN race w ON w.id = s.race_id
                 WHERE s.member_id = :member AND w.clear_h > 0
                   AND w.state IN ('RUNNING', 'FINISHED', 'FINAL')) t
          JOIN share h ON h.race_id = t.race_id AND h.seat_no = t.seat_no
         WHERE h.member_id = :member GROUP BY h.race_id) d
  JOIN race r ON r.id = d.race_id
 WHERE d.cents <> 0 ORDER BY d.race_id DESC LIMIT :max;
