-- What a ledger file says about itself: its id, its mode.

-- name: stamp_get  role: vault read migrate  rows: one
SELECT value FROM stamp WHERE key = :key;

-- name: stamp_add  role: migrate  rows: none
INSERT INTO stamp (key, value) VALUES (:key, :value);
