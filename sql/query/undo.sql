-- Money of tips that goes back, comes again, is released.

-- name: undo_tip  role: vault  rows: one
SELECT COALESCE(t.dj_id, 0) AS dj_id, COALESCE(t.seq, 0) AS seq, t.amount AS amount,
  t.fee AS fee, t.provider AS provider, t.payment AS payment, t.currency AS currency,
  COALESCE(s.returned, 0) AS returned, COALESCE(s.released, 1) AS released,
  (SELECT COUNT(*) FROM tip_move m WHERE m.tip_id = t.id) AS n_rows
FROM tip t LEFT JOIN tip_state s ON s.tip_id = t.id WHERE t.id = :tip;

-- name: undo_sums  role: vault  rows: many
SELECT a.code AS code, SUM(p.amount) AS amount
FROM posting p JOIN account a ON a.id = p.account_id
WHERE p.seq IN (SELECT t.seq FROM tip t WHERE t.id = :tip
  UNION SELECT m.seq FROM tip_move m WHERE m.tip_id = :tip AND m.seq IS NOT NULL)
GROUP BY a.code ORDER BY a.code;

-- name: undo_add  role: vault  rows: none
INSERT INTO tip_move (tip_id, kind, object, amount, total, booked, seq, inbox_id, at)
VALUES (:tip, :kind, :object, :amount, :total, :booked, :seq, :inbox, :at);

-- name: undo_count  role: vault  rows: none
UPDATE tip_state SET returned = returned + :amount WHERE tip_id = :tip;

-- name: undo_released  role: vault  rows: none
UPDATE tip_state SET released = 1 WHERE tip_id = :tip;

-- name: undo_open  role: vault  rows: many
SELECT m.object AS object FROM tip_move m
WHERE m.tip_id = :tip AND m.kind = 'freeze'
  AND NOT EXISTS (SELECT 1 FROM tip_move x WHERE x.tip_id = m.tip_id AND x.object = m.object
    AND x.kind IN ('won', 'lost'))
ORDER BY m.id;

-- name: undo_find  role: vault  rows: one
SELECT COALESCE(seq, 0) AS seq FROM tip_move
WHERE tip_id = :tip AND kind = :kind AND object = :object ORDER BY id LIMIT 1;

-- name: undo_told  role: vault  rows: one
SELECT COALESCE(MAX(total), 0) AS total,
  COALESCE(SUM(CASE WHEN kind = 'refund' THEN amount ELSE 0 END), 0) AS amounts,
  COALESCE(SUM(CASE WHEN kind = 'failed' THEN amount ELSE 0 END), 0) AS failed,
  COALESCE(SUM(booked), 0) AS booked
FROM tip_move WHERE tip_id = :tip;

-- name: undo_waiters  role: vault  rows: many
SELECT id, kind, object, total, amount, booked, state, inbox_id, at FROM refund
WHERE provider = :provider AND payment = :payment AND sale_id IS NULL
  AND state IN ('waiting', 'failed')
ORDER BY id;

-- name: undo_waited  role: vault  rows: none
UPDATE refund SET state = 'covered' WHERE id = :id;

-- name: undo_due  role: vault  rows: many
SELECT tip_id AS id FROM tip_state WHERE released = 0 AND clear_at <= :now
ORDER BY clear_at LIMIT :max;
