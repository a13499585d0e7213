-- The list behind a seal.

-- name: leaf_secret_add  role: vault  rows: none
INSERT INTO stamp (key, value) VALUES ('list_secret', :secret);

-- name: leaf_list  role: vault read  rows: many
SELECT seq, sha FROM journal WHERE seq >= :first AND seq <= :last ORDER BY seq LIMIT :max;
