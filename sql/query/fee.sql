-- What providers kept of payments.

-- name: fee_sale  role: vault  rows: one
SELECT id FROM sale WHERE provider = :provider AND payment = :payment AND seq IS NOT NULL;

-- name: fee_tip  role: vault  rows: one
SELECT id FROM tip WHERE provider = :provider AND payment = :payment AND seq IS NOT NULL;
