-- What a ledger file says about itself: its id, its mode.

-- name: stamp_get  role: vault read migrate  rows: one
SELECT value FROM stamp WHERE key = :key;

-- name: stamp_currency  role: vault read  rows: one
-- The house's own accounts bear no currency in their names.
SELECT currency FROM account WHERE code NOT LIKE '%@%' ORDER BY id LIMIT 1;

-- name: stamp_add  role: migrate  rows: none
INSERT INTO stamp (key, value) VALUES (:key, :value);
