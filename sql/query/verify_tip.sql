-- Tips as verify_tip.c plays them.

-- name: verify_tips  role: vault read  rows: many
SELECT t.id AS id, COALESCE(t.dj_id, 0) AS dj_id, COALESCE(t.seq, 0) AS seq,
  t.amount AS amount, t.fee AS fee, t.test AS test, t.provider AS provider,
  t.payment AS payment, COALESCE(s.returned, 0) AS returned, COALESCE(s.gross, 0) AS gross,
  CASE WHEN s.tip_id IS NULL THEN 0 ELSE 1 END AS has_state,
  COALESCE(s.released, 0) AS released, COALESCE(j.kind, '') AS kind,
  COALESCE(j.ref, '') AS ref, COALESCE(j.meta, '') AS meta
FROM tip t LEFT JOIN tip_state s ON s.tip_id = t.id LEFT JOIN journal j ON j.seq = t.seq
WHERE t.id > :after ORDER BY t.id LIMIT :most;

-- name: verify_tip_moves  role: vault read  rows: many
SELECT m.kind AS kind, m.booked AS booked, COALESCE(m.seq, 0) AS seq,
  COALESCE(j.kind, '') AS entry, COALESCE(j.ref, '') AS ref, COALESCE(j.meta, '') AS meta
FROM tip_move m LEFT JOIN journal j ON j.seq = m.seq WHERE m.tip_id = :tip ORDER BY m.id;

-- name: verify_tip_lines  role: vault read  rows: many
SELECT a.code AS code, p.item AS item, p.amount AS amount
FROM posting p JOIN account a ON a.id = p.account_id WHERE p.seq = :seq;

-- name: verify_tip_stray  role: vault read  rows: many
SELECT j.seq AS seq FROM journal j
WHERE (j.kind = 'TIP' AND NOT EXISTS (SELECT 1 FROM tip t WHERE t.id = CAST(SUBSTR(j.ref, 5) AS INTEGER)
    AND t.seq = j.seq))
  OR (SUBSTR(j.kind, 1, 4) = 'TIP_' AND (SELECT COUNT(*) FROM tip_move m
    WHERE m.tip_id = CAST(SUBSTR(j.ref, 5) AS INTEGER) AND m.seq = j.seq) <> 1);
