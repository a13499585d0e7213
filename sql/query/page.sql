-- What the status page and the wallet's links need and no domain offers. Reading only.

-- name: page_head  role: read  rows: one
SELECT seq, sha, recorded_at FROM head WHERE id = 1;

-- name: page_last_notice  role: read  rows: one
SELECT received_at FROM inbox ORDER BY id DESC LIMIT 1;

-- Of each provider among the newest notices, so that the page costs the same in a large house.
-- name: page_providers  role: read  rows: many
SELECT provider, MAX(CASE WHEN state IN ('applied', 'ignored') THEN received_at ELSE 0 END) AS at,
       SUM(CASE WHEN state IN ('set_aside', 'failed') THEN 1 ELSE 0 END) AS open
  FROM (SELECT provider, state, received_at FROM inbox ORDER BY id DESC LIMIT 2000) n
 GROUP BY provider ORDER BY provider;

-- name: page_open_notices  role: read  rows: one
SELECT count(*) AS n FROM inbox WHERE state IN ('waiting', 'set_aside', 'failed');

-- name: page_open_jobs  role: read  rows: one
SELECT count(*) AS n, COALESCE(min(due_at), 0) AS due_at FROM outbox WHERE state IN ('due', 'leased');

-- name: page_last_message  role: read  rows: one
SELECT at FROM live_message ORDER BY id DESC LIMIT 1;

-- name: page_races_of_member  role: read  rows: many
SELECT DISTINCT race_id FROM stint WHERE member_id = :member AND from_at <= :at
 ORDER BY race_id DESC LIMIT :max;

-- A member's race that a journal entry shared money in.
-- name: page_race_of_entry  role: read  rows: one
SELECT t.race_id AS race_id, s.title AS title
  FROM stint t
  JOIN share h ON h.race_id = t.race_id AND h.seat_no = t.seat_no AND h.seq = :seq
  JOIN sale s ON s.id = h.sale_id
 WHERE t.member_id = :member
 LIMIT 1;

-- All lines of a member's wallet added up.
-- name: page_wallet_lines  role: read  rows: one
SELECT COALESCE(-SUM(p.amount), 0) AS cents FROM account a JOIN posting p ON p.account_id = a.id
 WHERE a.owner_id = :member AND a.currency = :currency
   AND (a.code LIKE 'L:wallet:%' OR a.code LIKE 'L:wallet~_pending:%' ESCAPE '~');

-- name: page_race_ids  role: read  rows: many
-- 0 and '' ask for all.
SELECT r.id AS id FROM race r
 WHERE r.id < :before AND (:season = 0 OR r.season_id = :season)
   AND (:state = '' OR r.state = :state OR (:state = 'VOID' AND r.state = 'CANCELLED'))
   AND (:racer = 0 OR EXISTS
     (SELECT 1 FROM stint t WHERE t.race_id = r.id AND t.member_id = :racer))
 ORDER BY r.id DESC LIMIT :max;
