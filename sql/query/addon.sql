-- What was added to orders after they were paid: sales called "<order>+<cents before>", between
-- "<order>+" and "<order>,".

-- name: addon_sums  role: vault  rows: one
SELECT COUNT(*) AS n, COALESCE(SUM(amount), 0) AS amount, COALESCE(SUM(tax), 0) AS tax,
  COALESCE(SUM(shipping), 0) AS shipping, COALESCE(MIN(currency), '') AS currency,
  COALESCE(SUM(CASE WHEN seq IS NULL THEN 1 ELSE 0 END), 0) AS unbooked
FROM sale WHERE provider = :provider AND payment >= :payment AND payment < :behind;

-- name: addon_quantity  role: vault  rows: one
SELECT COALESCE(SUM(i.quantity), 0) AS quantity
FROM sale s JOIN sale_item i ON i.sale_id = s.id
WHERE s.provider = :provider AND s.payment >= :payment AND s.payment < :behind AND i.sku = :sku;

-- name: addon_list  role: vault  rows: many
SELECT id, payment FROM sale
WHERE provider = :provider AND payment >= :from AND payment < :behind ORDER BY id DESC;

-- name: addon_back  role: vault  rows: one
SELECT COALESCE(SUM(CASE WHEN kind IN ('refund', 'total', 'mirror') THEN booked ELSE 0 END), 0)
  AS booked
FROM refund WHERE provider = :provider AND payment >= :from AND payment < :behind;
