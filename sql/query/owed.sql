-- What members owe.

-- name: owed_oldest  role: vault  rows: one
SELECT i.item AS item, i.bal AS bal FROM account a JOIN item_balance i ON i.account_id = a.id
WHERE a.code = :code AND i.bal > 0 ORDER BY LENGTH(i.item), i.item LIMIT 1;

-- name: owed_recover_count  role: vault  rows: one
SELECT COUNT(*) AS n FROM journal
WHERE idem_scope = 'recover' AND idem_key >= :from AND idem_key < :to;
