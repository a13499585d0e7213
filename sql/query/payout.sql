-- Money that leaves wallets. Not for: destinations (method.sql).

-- name: payout_next  role: vault  rows: one
SELECT MAX(n) AS id FROM (SELECT COALESCE(MAX(id), 0) + 1 AS n FROM payout
  UNION ALL SELECT least FROM id_floor WHERE kind = 'payout') t;

-- name: payout_add  role: vault  rows: none
INSERT INTO payout (id, member_id, method_id, kind, dest, amount, fee, key, state, ref, reason,
  bank, tries, turn, act, may_send, looks, asked_at, first_at, changed_at, settled_at, staff_id,
  actor)
VALUES (:id, :member, :method, :kind, :dest, :amount, :fee, :key, 'REQUESTED', '', '',
  '', 0, 0, '', 0, 0, :now, NULL, :now, NULL, NULL, :actor);

-- name: payout_get  role: vault read  rows: one
SELECT p.id AS id, p.member_id AS member_id, p.method_id AS method_id, p.kind AS kind,
  p.dest AS dest, p.amount AS amount, p.fee AS fee, p.key AS key, p.state AS state, p.ref AS ref,
  p.reason AS reason, p.bank AS bank, p.tries AS tries, p.turn AS turn, p.act AS act,
  p.lacks_at AS lacks_at, p.spent AS spent, p.may_send AS may_send, p.heard_at AS heard_at, p.looks AS looks, p.asked_at AS asked_at,
  COALESCE(p.first_at, 0) AS first_at, p.changed_at AS changed_at,
  COALESCE(p.settled_at, 0) AS settled_at, COALESCE(p.staff_id, 0) AS staff_id,
  p.actor AS actor, m.name AS name,
  CASE WHEN c.payout_id IS NOT NULL AND c.revealed_at IS NULL THEN 1 ELSE 0 END AS hidden
FROM payout p JOIN person m ON m.id = p.member_id LEFT JOIN payout_code c ON c.payout_id = p.id
WHERE p.id = :id;

-- name: payout_ids  role: vault read  rows: many
SELECT id FROM payout ORDER BY id DESC LIMIT :max;

-- name: payout_ids_of  role: vault read  rows: many
SELECT id FROM payout WHERE member_id = :member ORDER BY id DESC LIMIT :max;

-- name: payout_ids_in  role: vault read  rows: many
SELECT id FROM payout WHERE state = :state AND (:member = 0 OR member_id = :member)
ORDER BY id DESC LIMIT :max;

-- name: payout_ids_open  role: vault read  rows: many
SELECT id FROM payout
WHERE state IN ('REQUESTED', 'HELD', 'SENDING', 'SENT', 'UNKNOWN', 'FAILED')
  AND (:member = 0 OR member_id = :member)
ORDER BY id DESC LIMIT :max;

-- name: payout_open_of  role: vault read  rows: one
SELECT id, amount, kind, method_id FROM payout
WHERE member_id = :member
  AND state IN ('REQUESTED', 'HELD', 'SENDING', 'SENT', 'UNKNOWN', 'FAILED');

-- name: payout_by_key  role: vault read  rows: one
SELECT id FROM payout WHERE key = :key;

-- name: payout_by_ref  role: vault read  rows: one
SELECT id FROM payout WHERE kind = :kind AND ref = :ref AND ref <> '' ORDER BY id DESC LIMIT 1;

-- name: payout_year  role: vault read  rows: one
SELECT COALESCE(SUM(amount), 0) AS cents FROM payout
WHERE member_id = :member AND state = 'SETTLED' AND settled_at >= :from;

-- name: payout_save  role: vault  rows: none
UPDATE payout SET state = :state, ref = :ref, reason = :reason, tries = :tries, turn = :turn,
  act = :act, may_send = :may_send, heard_at = :heard, looks = :looks, lacks_at = :lacks,
  spent = :spent, first_at = :first, changed_at = :changed,
  settled_at = :settled, staff_id = :staff
WHERE id = :id AND state = :was;

-- name: payout_step_add  role: vault  rows: one
INSERT INTO payout_step (payout_id, n, state, at, why, actor, seq)
SELECT :id, COALESCE(MAX(n), 0) + 1, :state, :at, :why, :actor, :seq
FROM payout_step WHERE payout_id = :id
RETURNING n;

-- name: payout_steps  role: vault read  rows: many
SELECT at, state, why, actor FROM payout_step WHERE payout_id = :id ORDER BY n;

-- name: payout_step_last  role: vault read  rows: one
SELECT COALESCE(MAX(n), 0) AS n FROM payout_step WHERE payout_id = :id;

-- name: payout_unknown  role: vault  rows: many
-- Nothing certain was heard since before :before, and nobody was told yet. By the index of open
-- ones: without the sign all that ever were are walked by id.
SELECT p.id AS id, p.kind AS kind FROM payout p
WHERE p.state IN ('REQUESTED', 'HELD', 'SENDING', 'SENT', 'UNKNOWN', 'FAILED')
  AND p.state = 'UNKNOWN'
  AND EXISTS (SELECT 1 FROM payout_step s
               WHERE s.payout_id = p.id AND s.state = 'UNKNOWN' AND s.at <= :before
                 AND s.n > (SELECT COALESCE(MAX(n), 0) FROM payout_step
                             WHERE payout_id = p.id AND state = 'SENT'))
  AND NOT EXISTS (SELECT 1 FROM alert a
                   WHERE a.kind = 'payout_unknown' AND a.key = 'payout:' || p.id
                     AND a.resolved_at IS NULL)
ORDER BY +p.id LIMIT 100;

-- name: payout_lacking  role: vault read  rows: one
-- What waits for our balance at one provider: by the index of open ones.
SELECT COUNT(*) AS n, COALESCE(SUM(amount - fee), 0) AS cents FROM payout
WHERE state IN ('REQUESTED', 'HELD', 'SENDING', 'SENT', 'UNKNOWN', 'FAILED')
  AND kind = :kind AND lacks_at > 0 AND id <> :but;

-- name: payout_lacking_ids  role: vault  rows: many
SELECT id FROM payout
WHERE state IN ('REQUESTED', 'HELD', 'SENDING', 'SENT', 'UNKNOWN', 'FAILED')
  AND kind = :kind AND lacks_at > 0 ORDER BY +id LIMIT 100;

-- name: payout_returned_of  role: vault  rows: many
SELECT id FROM payout WHERE member_id = :member AND state = 'RETURNED' ORDER BY id DESC LIMIT 20;

-- name: payout_at_bank  role: vault  rows: none
UPDATE payout SET bank = :words
WHERE kind = 'stripe' AND dest = :account AND state IN ('SENT', 'SETTLED')
  AND bank <> 'at your bank';

-- name: payout_code_add  role: vault  rows: none
INSERT INTO payout_code (payout_id, brand, sealed, at, revealed_at)
VALUES (:id, :brand, :sealed, :now, NULL);

-- name: payout_code_get  role: vault  rows: one
SELECT brand, sealed, COALESCE(revealed_at, 0) AS revealed_at FROM payout_code
WHERE payout_id = :id;

-- name: payout_code_shown  role: vault  rows: none
UPDATE payout_code SET revealed_at = :now WHERE payout_id = :id AND revealed_at IS NULL;

-- name: payout_code_drop  role: vault  rows: none
UPDATE payout_code SET sealed = :empty WHERE revealed_at < :before AND LENGTH(sealed) > 0;

-- name: payout_block_set  role: vault  rows: none
INSERT INTO payout_block (member_id, reason, at, actor) VALUES (:member, :reason, :now, :actor)
    ON CONFLICT (member_id) DO UPDATE SET reason = excluded.reason, at = excluded.at,
                                          actor = excluded.actor;

-- name: payout_block_clear  role: vault  rows: none
DELETE FROM payout_block WHERE member_id = :member;

-- name: payout_block_why  role: vault read  rows: one
SELECT reason FROM payout_block WHERE member_id = :member;

-- What a provider lists under an id of its own.
-- name: payout_listed  role: vault  rows: one
SELECT COUNT(*) AS n, COALESCE(SUM(amount), 0) AS amount FROM provider_line
WHERE provider = :provider AND source = :ref AND kind = 'transfer';

-- name: payout_way  role: vault  rows: one
SELECT id, dest FROM method WHERE member_id = :member AND kind = :kind ORDER BY id DESC LIMIT 1;

-- name: payout_verdict_put  role: vault  rows: none
INSERT INTO payout_verdict (payout_id, step, member_id, arrived, proof, at)
VALUES (:id, :step, :member, :arrived, :proof, :now)
    ON CONFLICT (payout_id, step, member_id) DO UPDATE
   SET arrived = excluded.arrived, proof = excluded.proof, at = excluded.at;

-- name: payout_verdict_of  role: vault read  rows: one
-- The newest word about the present step, of somebody else than :but.
SELECT v.member_id AS member_id, v.arrived AS arrived, v.proof AS proof, v.at AS at, m.name AS name
  FROM payout_verdict v JOIN person m ON m.id = v.member_id
 WHERE v.payout_id = :id AND v.member_id <> :but
   AND v.step = (SELECT MAX(s.n) FROM payout_step s WHERE s.payout_id = :id)
 ORDER BY v.at DESC, v.member_id LIMIT 1;
