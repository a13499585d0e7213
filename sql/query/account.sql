-- The chart of accounts and present balances. Not for: statements of members (statement.sql).

-- name: account_by_code  role: vault read  rows: one
SELECT id FROM account WHERE code = :code;

-- name: account_add  role: vault  rows: one
INSERT INTO account (code, kind, currency, owner_id, by_item, opened_at)
VALUES (:code, :kind, :currency, :owner, :by_item, :at) RETURNING id;

-- name: account_add_currency  role: vault  rows: none
INSERT INTO currency (code, exponent)
SELECT :code, :exponent WHERE NOT EXISTS (SELECT 1 FROM currency WHERE code = :code);

-- name: account_known  role: vault read  rows: one
SELECT code, currency, by_item, kind FROM account WHERE id = :id;

-- name: account_bal  role: vault read  rows: one
SELECT b.bal FROM account a JOIN balance b ON b.account_id = a.id WHERE a.code = :code;

-- name: account_item_bal  role: vault read  rows: one
SELECT i.bal FROM account a JOIN item_balance i ON i.account_id = a.id
 WHERE a.code = :code AND i.item = :item;

-- name: account_items_ending  role: vault read  rows: one
SELECT COALESCE(SUM(i.bal), 0) AS bal FROM account a JOIN item_balance i ON i.account_id = a.id
 WHERE a.code = :code AND i.bal <> 0 AND i.item LIKE :pattern;

-- name: account_paying  role: vault read  rows: one
SELECT COALESCE(SUM(i.bal), 0) AS bal
  FROM payout p JOIN account a ON a.code IN ('L:payout_in_flight', 'L:payout_sent')
  JOIN item_balance i ON i.account_id = a.id AND i.item = 'payout:' || p.id
 WHERE p.member_id = :member
   AND p.state IN ('REQUESTED', 'HELD', 'SENDING', 'SENT', 'UNKNOWN', 'FAILED');
