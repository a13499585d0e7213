-- What time alone shows to be wrong.

-- name: watch_alert  role: vault  rows: one
SELECT text FROM alert WHERE kind = :kind AND key = :key AND resolved_at IS NULL;

-- name: watch_job  role: vault  rows: one
SELECT id FROM outbox WHERE kind = :kind AND key = :key;

-- Open items of clearing accounts whose last movement was before that time. What waits in a pool counts from the end of its
-- race; races that are still on are no matter of days.
-- What is open is little: it leads, and only what can be old is followed from its account's newest line backwards.
-- name: watch_old  role: vault  rows: many
SELECT o.code, o.item, o.bal, o.since FROM (
  SELECT a.code AS code, i.item AS item, i.bal AS bal,
         CASE WHEN a.code IN ('L:dispute_hold', 'L:payout_in_flight', 'L:payout_sent')
                OR (a.code >= 'A:dispute:' AND a.code < 'A:dispute;')
                OR (a.code = 'L:pool' AND EXISTS (SELECT 1 FROM race r
                     WHERE r.id = CAST(SUBSTR(i.item, 6) AS INTEGER) AND r.closed_at < :before))
              THEN (SELECT j.recorded_at FROM posting p JOIN journal j ON j.seq = p.seq
                     WHERE p.account_id = i.account_id AND p.item = i.item ORDER BY p.ver DESC LIMIT 1)
         END AS since
    FROM item_balance i CROSS JOIN account a ON a.id = i.account_id
   WHERE i.bal <> 0) o
 WHERE o.since < :before
 ORDER BY o.code, o.item;

-- name: watch_old_gone  role: vault  rows: many
SELECT t.kind, t.key FROM alert t
 WHERE t.resolved_at IS NULL AND t.kind IN ('dispute_old', 'hold_old', 'payout_old', 'pool_old')
   AND NOT EXISTS (SELECT 1 FROM account a JOIN item_balance i ON i.account_id = a.id AND i.item = t.key
                    WHERE i.bal <> 0 AND (a.code IN ('L:dispute_hold', 'L:payout_in_flight', 'L:payout_sent', 'L:pool')
                       OR (a.code >= 'A:dispute:' AND a.code < 'A:dispute;')))
 LIMIT :max;

-- name: watch_suspense  role: vault  rows: one
SELECT b.bal FROM account a JOIN balance b ON b.account_id = a.id
  JOIN posting p ON p.account_id = a.id AND p.ver = b.ver JOIN journal j ON j.seq = p.seq
 WHERE a.code = 'L:suspense' AND b.bal <> 0 AND j.recorded_at < :before;
