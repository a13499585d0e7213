-- Everything once, in pieces that a reader's time limit allows. Not for: pages.

-- name: verify_journal  role: vault read  rows: many
SELECT seq, kind, idem_scope, idem_key, request_sha, effective_at, recorded_at, ref, reverses, policy,
       actor, meta, n_lines, prev_sha, sha
  FROM journal WHERE seq > :after ORDER BY seq LIMIT :most;

-- name: verify_postings  role: vault read  rows: many
SELECT seq, account_id, item, amount, ver, bal_after
  FROM posting WHERE seq > :after ORDER BY seq, account_id, item;

-- name: verify_orphans  role: vault read  rows: one
SELECT COUNT(*) AS n, COALESCE(MIN(seq), 0) AS first FROM posting WHERE seq > :after;

-- name: verify_accounts  role: vault read  rows: many
SELECT a.id, a.code, a.kind, a.currency, a.owner_id, a.by_item, b.account_id AS has, b.currency AS b_currency,
       b.by_item AS b_by_item, b.sign, b.bal, b.debits, b.credits, b.ver, b.lim_lo, b.lim_hi
  FROM account a LEFT JOIN balance b ON b.account_id = a.id
 WHERE a.id > :after ORDER BY a.id LIMIT :most;

-- name: verify_counts  role: vault read  rows: one
SELECT (SELECT COUNT(*) FROM account) AS accounts, (SELECT COUNT(*) FROM balance) AS balances,
       (SELECT COUNT(*) FROM pot_line) AS pot_lines, (SELECT COUNT(*) FROM share) AS shares,
       (SELECT COUNT(*) FROM sale WHERE seq IS NOT NULL) AS booked;

-- name: verify_items  role: vault read  rows: many
SELECT account_id, item, sign, bal FROM item_balance
 WHERE account_id > :account OR (account_id = :account AND item > :item)
 ORDER BY account_id, item LIMIT :most;

-- name: verify_refundable  role: vault read  rows: many
SELECT r.sale_id, r.gross, r.returned, COALESCE(s.amount, 0) AS amount
  FROM refundable r LEFT JOIN sale s ON s.id = r.sale_id
 WHERE r.sale_id > :after ORDER BY r.sale_id LIMIT :most;

-- name: verify_sales  role: vault read  rows: many
SELECT s.id, s.seq, COALESCE(j.kind, '') AS kind, COALESCE(j.ref, '') AS ref
  FROM sale s LEFT JOIN journal j ON j.seq = s.seq
 WHERE s.id > :after AND s.seq IS NOT NULL ORDER BY s.id LIMIT :most;

-- name: verify_payment_twice  role: vault read  rows: many
SELECT provider, payment FROM sale GROUP BY provider, payment HAVING COUNT(*) > 1;

-- name: verify_key_twice  role: vault read  rows: many
SELECT idem_scope, idem_key FROM journal GROUP BY idem_scope, idem_key HAVING COUNT(*) > 1;

-- name: verify_races  role: vault read  rows: many
SELECT id FROM race WHERE id > :after ORDER BY id LIMIT :most;

-- name: verify_pot  role: vault read  rows: many
SELECT seq, delta, bonus, pot, waiting FROM pot_line
 WHERE race_id = :race AND seq > :after ORDER BY seq LIMIT :most;

-- name: verify_share  role: vault read  rows: many
SELECT seq, member_id, cents, total, residue, unit FROM share
 WHERE race_id = :race AND seat_no = :seat AND seq > :after ORDER BY seq LIMIT :most;
