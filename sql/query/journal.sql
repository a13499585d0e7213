-- Posting of journal entries: what a new one stands on, and its rows. Not for: reading history
-- (statement.sql), checking it (verify.sql).

-- name: journal_by_key  role: vault read  rows: one
SELECT seq, sha, request_sha FROM journal WHERE idem_scope = :scope AND idem_key = :key;

-- name: journal_head  role: vault read migrate  rows: one
SELECT seq, sha, recorded_at FROM head WHERE id = 1;

-- name: journal_balance  role: vault read  rows: one
SELECT bal, ver, lim_lo, lim_hi FROM balance WHERE account_id = :account;

-- name: journal_item  role: vault read  rows: one
SELECT bal FROM item_balance WHERE account_id = :account AND item = :item;

-- name: journal_add_posting  role: vault  rows: none
INSERT INTO posting (seq, account_id, item, amount, ver, bal_after)
VALUES (:seq, :account, :item, :amount, :ver, :after);

-- name: journal_add  role: vault  rows: none
INSERT INTO journal (seq, kind, idem_scope, idem_key, request_sha, effective_at, recorded_at, ref,
                     reverses, policy, actor, meta, n_lines, prev_sha, sha)
VALUES (:seq, :kind, :scope, :key, :request, :effective, :recorded, :ref,
        :reverses, :policy, :actor, :meta, :lines, :prev, :sha);

-- name: journal_lines  role: vault read  rows: many
SELECT account_id, item, amount FROM posting WHERE seq = :seq ORDER BY account_id, item;

-- name: journal_reversal  role: vault read  rows: one
SELECT r.seq AS reversed_by FROM journal j LEFT JOIN journal r ON r.reverses = j.seq
 WHERE j.seq = :seq;
