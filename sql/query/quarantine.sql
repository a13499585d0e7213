-- A restored ledger, and what has to be looked at before it pays.

-- name: quarantine_open  role: vault read migrate  rows: one
SELECT id, began_at, copy_at, seq, reason FROM quarantine WHERE ended_at IS NULL;

-- name: quarantine_since  role: vault read  rows: one
SELECT COALESCE(MAX(began_at), 0) AS at FROM quarantine;

-- name: quarantine_add  role: migrate  rows: none
INSERT INTO quarantine (began_at, copy_at, seq, reason, ended_at, ended_by, note)
VALUES (:now, :copy_at, :seq, :reason, NULL, NULL, NULL);

-- name: quarantine_again  role: migrate  rows: none
UPDATE quarantine SET began_at = :now, reason = :reason,
  copy_at = CASE WHEN copy_at < :copy_at THEN copy_at ELSE :copy_at END,
  seq = CASE WHEN seq < :seq THEN seq ELSE :seq END
WHERE ended_at IS NULL;

-- Who had ended a session after the copy would find it open again.
-- name: quarantine_sessions  role: migrate  rows: none
UPDATE session SET ended_at = :now WHERE ended_at IS NULL;

-- name: quarantine_links  role: migrate  rows: none
DELETE FROM login_link;

-- Numbers of channels never come twice: browsers leave out what they have seen.
-- name: quarantine_channels  role: migrate  rows: none
UPDATE live_channel SET seq = seq + 100000;

-- name: quarantine_floor  role: migrate  rows: none
INSERT INTO id_floor (kind, least)
SELECT 'checkout', (COALESCE(MAX(id), 0) / 100000 + 1) * 100000 FROM checkout
 UNION ALL SELECT 'payout', (COALESCE(MAX(id), 0) / 10000 + 1) * 10000 FROM payout WHERE 1 = 1
    ON CONFLICT (kind) DO UPDATE SET least = CASE WHEN least > excluded.least THEN least ELSE excluded.least END;

-- name: quarantine_end  role: vault  rows: none
UPDATE quarantine SET ended_at = :now, ended_by = :actor, note = :note WHERE ended_at IS NULL;

-- name: quarantine_wake  role: vault  rows: none
UPDATE outbox SET due_at = :now WHERE kind IN ('pay', 'giveback') AND state = 'due' AND due_at > :now;

-- What waits for the end, with the job that goes on with it.
-- name: quarantine_waiting  role: vault  rows: many
SELECT 'pay' AS kind, id FROM payout
 WHERE state IN ('HELD', 'SENDING', 'SENT', 'UNKNOWN') AND kind NOT IN ('gift_card', 'store_credit')
 UNION ALL SELECT 'giveback', id FROM giveback WHERE state IN ('new', 'unknown')
 LIMIT :max;

-- name: finding_payouts  role: vault read  rows: many
SELECT p.id AS id, p.kind AS kind, p.amount AS amount, p.state AS state, p.ref AS ref, p.asked_at AS asked_at,
  p.heard_at AS heard_at, m.name AS name
FROM payout p JOIN person m ON m.id = p.member_id
WHERE p.state IN ('HELD', 'SENDING', 'SENT', 'UNKNOWN') AND p.asked_at < :began
ORDER BY p.id LIMIT :max;

-- name: finding_lines  role: vault read  rows: many
SELECT provider, object, kind, source, amount, at, verdict, ref FROM provider_line
WHERE ours = 1 AND at >= :since AND object NOT LIKE 'ours:%'
  AND (verdict IN ('missing', 'over', 'under', 'wrong_currency') OR (verdict = 'open' AND kind = 'transfer' AND ref = ''))
ORDER BY at LIMIT :max;

-- name: finding_read  role: vault read  rows: one
SELECT at, why FROM provider_state WHERE provider = :provider;

-- name: finding_uses  role: vault read  rows: one
SELECT COUNT(*) AS n FROM method WHERE kind = :provider;

-- name: finding_givebacks  role: vault read  rows: many
SELECT id, provider, payment, amount, state FROM giveback
WHERE state IN ('new', 'unknown', 'by_hand') AND at < :began ORDER BY id LIMIT :max;
