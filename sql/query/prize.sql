-- A season's grand prizes.

-- name: prize_add  role: vault  rows: none
INSERT INTO season_prize (season_id, place, amount, label, sponsor_id, created_at, actor)
VALUES (:season, :place, :amount, :label, :sponsor, :at, :actor);

-- name: prize_list  role: vault read  rows: many
SELECT place, amount, label, sponsor_id, COALESCE(funded_seq, 0) AS funded_seq,
  COALESCE(funded_at, 0) AS funded_at, COALESCE(paid_at, 0) AS paid_at,
  COALESCE(member_id, 0) AS member_id
FROM season_prize WHERE season_id = :season ORDER BY place;

-- name: prize_funded  role: vault  rows: none
UPDATE season_prize SET funded_seq = :seq, funded_at = :at
WHERE season_id = :season AND place = :place AND funded_seq IS NULL;

-- name: prize_emptied  role: vault  rows: none
UPDATE season_prize SET funded_seq = NULL, funded_at = NULL
WHERE season_id = :season AND place = :place AND funded_seq = :seq AND paid_seq IS NULL;

-- name: prize_paid  role: vault  rows: none
UPDATE season_prize SET paid_seq = :seq, paid_at = :at, member_id = :member
WHERE season_id = :season AND place = :place AND paid_seq IS NULL AND funded_seq IS NOT NULL;

-- name: prize_deposits  role: vault  rows: many
-- Every time a payment paid a prize in, oldest first.
SELECT j.seq AS seq, p.item AS item, -p.amount AS amount, x.seq AS undone
FROM journal j JOIN posting p ON p.seq = j.seq AND p.item <> ''
LEFT JOIN journal x ON x.reverses = j.seq
WHERE j.idem_scope = :provider AND (j.idem_key = :key OR (j.idem_key >= :from AND j.idem_key < :to))
ORDER BY j.seq;

-- name: prize_told  role: vault  rows: one
SELECT COUNT(*) AS n FROM refund WHERE provider = :provider AND payment = :payment;

-- name: prize_ranks  role: vault  rows: many
SELECT rank, member_id FROM season_row WHERE season_id = :season AND rank >= 1 AND rank <= 8
ORDER BY rank, member_id;
