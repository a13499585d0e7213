-- What was divided of a race's waiting money, and what of it went back.

-- name: stake_divided  role: vault read  rows: many
SELECT seq, kind, meta FROM journal
WHERE idem_scope = 'race' AND (idem_key = :settle OR (idem_key >= :from AND idem_key < :to)
  OR (idem_key >= :fix_from AND idem_key < :fix_to))
ORDER BY seq;

-- name: stake_backs  role: vault read  rows: many
SELECT j.seq AS seq, j.meta AS meta, x.seq AS undone
FROM (SELECT DISTINCT sale_id FROM pot_line WHERE race_id = :race AND bonus <> 0) p
JOIN sale s ON s.id = p.sale_id
JOIN refund f ON f.provider = s.provider AND f.payment = s.payment AND f.seq IS NOT NULL
JOIN journal j ON j.seq = f.seq AND j.kind IN ('REFUND', 'DISPUTE_LOST')
LEFT JOIN journal x ON x.reverses = j.seq
WHERE j.seq > :since OR x.seq > :since
ORDER BY j.seq;
