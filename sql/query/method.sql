-- Where members are paid to. Not for: payouts (payout.sql).

-- name: method_row  role: vault read  rows: one
SELECT id, member_id, kind, dest, state, why, url, added_at, ready_at FROM method WHERE id = :id;

-- name: method_live  role: vault read  rows: one
SELECT id, member_id, kind, dest, state, why, url, added_at, ready_at FROM method
WHERE member_id = :member AND kind = :kind AND state <> 'off';

-- name: method_by_dest  role: vault read  rows: one
SELECT id FROM method WHERE kind = :kind AND dest = :dest AND dest <> '' AND state <> 'off'
ORDER BY id DESC LIMIT 1;

-- name: method_add  role: vault  rows: one
INSERT INTO method (member_id, kind, dest, state, why, url, added_at, confirmed_at, ready_at)
VALUES (:member, :kind, :dest, :state, '', '', :now, :confirmed, :ready)
RETURNING id;

-- name: method_off  role: vault  rows: none
UPDATE method SET state = 'off', url = '' WHERE id = :id;

-- name: method_said_yes  role: vault  rows: none
UPDATE method SET state = :state, confirmed_at = :now WHERE id = :id AND state = 'new';

-- name: method_told  role: vault  rows: none
UPDATE method SET state = :state, dest = :dest, url = :url, why = :why WHERE id = :id;

-- name: method_busy  role: vault read  rows: one
SELECT COUNT(*) AS n FROM payout
WHERE method_id = :id AND state IN ('REQUESTED', 'HELD', 'SENDING', 'SENT', 'UNKNOWN', 'FAILED');

-- name: method_failed  role: vault  rows: many
SELECT id FROM payout WHERE method_id = :id AND state = 'RETURNED' ORDER BY id DESC LIMIT 20;
