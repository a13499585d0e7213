-- Lines of providers against our postings.

-- name: theirs_keep  role: vault  rows: none
INSERT INTO provider_line (provider, object, kind, source, ours, currency, amount, fee, at, seen_at, verdict, ref)
VALUES (:provider, :object, :kind, :source, :ours, :currency, :amount, :fee, :at, :now, 'open', :ref)
    ON CONFLICT (provider, object)
    DO UPDATE SET kind = excluded.kind, source = excluded.source, ours = excluded.ours, currency = excluded.currency,
                  amount = excluded.amount, fee = excluded.fee, at = excluded.at, seen_at = excluded.seen_at, ref = excluded.ref;

-- What a payment, transfer, batch or order is called here.
-- name: theirs_ref  role: vault read  rows: one
SELECT 'sale:' || id AS ref FROM sale WHERE provider = :provider AND payment = :source AND seq IS NOT NULL
 UNION ALL SELECT 'tip:' || id FROM tip WHERE provider = :provider AND payment = :source AND seq IS NOT NULL
 UNION ALL SELECT ref FROM journal WHERE idem_scope = :provider AND idem_key = 'prize:' || :source
 UNION ALL SELECT 'payout:' || id FROM payout WHERE kind = :provider AND ref = :source AND ref <> ''
 LIMIT 1;

-- name: theirs_group  role: vault read  rows: one
SELECT COALESCE(SUM(amount), 0) AS amount, COALESCE(SUM(fee), 0) AS fee, COALESCE(MAX(at), 0) AS at,
       COALESCE(MIN(currency), '') AS currency, COALESCE(MAX(currency), '') AS other, COUNT(*) AS n
  FROM provider_line WHERE provider = :provider AND ref = :ref AND object NOT LIKE 'ours:%';

-- What we posted on the provider's account about one thing; fees apart. What was added to an order is
-- in the provider's line of it, and a sale of its own here.
-- name: theirs_posted  role: vault read  rows: one
SELECT COALESCE(SUM(CASE WHEN j.kind IN ('PROC_FEE', 'DISPUTE_FEE', 'PAYOUT_FEE') THEN 0 ELSE p.amount END), 0) AS amount,
       COALESCE(SUM(CASE WHEN j.kind IN ('PROC_FEE', 'DISPUTE_FEE', 'PAYOUT_FEE') THEN -p.amount ELSE 0 END), 0) AS fee,
       COALESCE(MIN(a.currency), '') AS currency, COUNT(*) AS n
  FROM journal j JOIN posting p ON p.seq = j.seq JOIN account a ON a.id = p.account_id
 WHERE j.ref IN (SELECT :ref AS ref UNION ALL
                 SELECT 'sale:' || x.id FROM sale s JOIN sale x ON x.provider = s.provider
                    AND x.payment >= s.payment || '+' AND x.payment < s.payment || ','
                  WHERE :ref LIKE 'sale:%' AND s.id = CAST(SUBSTR(:ref, 6) AS INTEGER))
   AND (a.code = 'A:processor:' || :provider OR a.code = 'A:processor:' || :provider || '@' || a.currency);

-- name: theirs_payout  role: vault read  rows: one
SELECT state FROM payout WHERE id = :id;

-- name: theirs_judge  role: vault  rows: none
UPDATE provider_line SET verdict = :verdict WHERE provider = :provider AND ref = :ref AND verdict <> :verdict;

-- name: theirs_judge_one  role: vault  rows: none
UPDATE provider_line SET verdict = :verdict WHERE provider = :provider AND object = :object;

-- name: theirs_drop_ours  role: vault  rows: none
DELETE FROM provider_line WHERE provider = :provider AND object = 'ours:' || :ref;

-- Things that are not settled yet are judged again each time.
-- name: theirs_again  role: vault  rows: many
SELECT object, source, ref, ours, at FROM provider_line
 WHERE provider = :provider AND verdict <> 'expected' AND object NOT LIKE 'ours:%' ORDER BY at LIMIT :max;

-- name: theirs_attach  role: vault  rows: none
UPDATE provider_line SET ref = :ref WHERE provider = :provider AND object = :object;

-- name: theirs_counts  role: vault read  rows: one
SELECT COUNT(*) AS n, COALESCE(MIN(object), '') AS object, COALESCE(MIN(verdict), '') AS verdict,
       COALESCE(MIN(ref), '') AS ref FROM provider_line
 WHERE provider = :provider AND verdict <> 'expected' AND verdict NOT IN ('other', 'open');

-- name: theirs_list  role: vault read  rows: many
SELECT object, kind, source, currency, amount, fee, at, verdict, ref FROM provider_line
 WHERE provider = :provider AND verdict <> 'expected' ORDER BY at DESC LIMIT :max;

-- name: theirs_states  role: vault read  rows: many
SELECT provider, cursor, holds, ours, base, off, at, why FROM provider_state ORDER BY provider;

-- name: theirs_state  role: vault read  rows: one
SELECT cursor, holds, ours, base, off, at, why FROM provider_state WHERE provider = :provider;

-- name: theirs_state_keep  role: vault  rows: none
INSERT INTO provider_state (provider, cursor, holds, ours, base, off, at, why)
VALUES (:provider, :cursor, :holds, :ours, :base, :off, :at, '')
    ON CONFLICT (provider)
    DO UPDATE SET cursor = excluded.cursor, holds = excluded.holds, ours = excluded.ours, base = excluded.base,
                  off = excluded.off, at = excluded.at, why = '';

-- name: theirs_state_fail  role: vault  rows: none
INSERT INTO provider_state (provider, cursor, holds, ours, base, off, at, why)
VALUES (:provider, '', NULL, NULL, NULL, 0, 0, :why)
    ON CONFLICT (provider) DO UPDATE SET why = excluded.why;
