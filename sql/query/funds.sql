-- Sums of the whole house; members' accounts are put together.

-- name: funds_trial  role: vault read  rows: many
SELECT g.name, g.currency, SUM(g.debits) AS debits, SUM(g.credits) AS credits, SUM(g.bal) AS bal, COUNT(*) AS n
  FROM (SELECT CASE WHEN a.code LIKE 'L:wallet_pending:%' THEN 'L:wallet_pending:*'
                    WHEN a.code LIKE 'L:wallet:%' THEN 'L:wallet:*'
                    WHEN a.code LIKE 'A:clawback:%' THEN 'A:clawback:*'
                    WHEN a.code LIKE 'L:store_credit:%' THEN 'L:store_credit:*' ELSE a.code END AS name,
               a.currency, b.debits, b.credits, b.bal
          FROM account a JOIN balance b ON b.account_id = a.id WHERE b.ver > 0) g
 GROUP BY g.name, g.currency ORDER BY g.name, g.currency;

-- name: funds_ran  role: vault read  rows: many
SELECT name, at, seq, found, why FROM book_check ORDER BY name;

-- name: funds_ran_keep  role: vault  rows: none
INSERT INTO book_check (name, at, seq, sha, found, why) VALUES (:name, :at, :seq, :sha, :found, :why)
    ON CONFLICT (name) DO UPDATE SET at = excluded.at, seq = excluded.seq, sha = excluded.sha,
                                     found = excluded.found, why = excluded.why;
