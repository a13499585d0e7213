-- What members owe.

-- name: owed_oldest  role: vault  rows: one
SELECT i.item AS item, i.bal AS bal FROM account a JOIN item_balance i ON i.account_id = a.id
WHERE a.code = :code AND i.bal > 0 ORDER BY LENGTH(i.item), i.item LIMIT 1;

-- name: owed_recover_count  role: vault  rows: one
SELECT COUNT(*) AS n FROM journal
WHERE idem_scope = 'recover' AND idem_key >= :from AND idem_key < :to;

-- name: owed_old  role: vault  rows: many
-- Receivables, the accounts from :from up to :to, whose last debit is older than :before.
SELECT a.owner_id AS member_id, i.item AS item, i.bal AS bal
FROM item_balance i CROSS JOIN account a ON a.id = i.account_id
WHERE i.bal <> 0 AND i.bal > 0 AND a.code >= :from AND a.code < :to
  AND NOT EXISTS (SELECT 1 FROM posting p JOIN journal j ON j.seq = p.seq
                   WHERE p.account_id = a.id AND p.item = i.item AND p.amount > 0
                     AND j.recorded_at >= :before)
ORDER BY a.owner_id, i.item LIMIT :max;

-- name: owed_written_off  role: vault  rows: one
SELECT COUNT(*) AS n FROM journal
WHERE idem_scope = 'writeoff' AND idem_key >= :from AND idem_key < :to;
