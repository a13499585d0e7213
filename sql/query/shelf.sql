-- What our own shop shows.

-- name: shelf_all  role: vault read  rows: many
SELECT p.sku AS sku, p.title AS title, s.price AS price, s.shipping AS shipping, s.text AS text,
  s.shopify AS shopify, s.kofi AS kofi, s.rank AS rank, COALESCE(s.ended_at, 0) AS ended_at,
  CASE WHEN l.ready_at IS NULL THEN '' ELSE l.sha END AS picture
FROM shelf s JOIN product p ON p.id = s.product_id LEFT JOIN logo l ON l.sha = s.picture
WHERE s.ended_at IS NULL OR :all = 1 ORDER BY s.rank, p.sku LIMIT 200;

-- name: shelf_get  role: vault read  rows: one
SELECT p.sku AS sku, p.title AS title, s.price AS price, s.shipping AS shipping, s.text AS text,
  s.shopify AS shopify, s.kofi AS kofi, s.rank AS rank, COALESCE(s.ended_at, 0) AS ended_at,
  CASE WHEN l.ready_at IS NULL THEN '' ELSE l.sha END AS picture
FROM product p JOIN shelf s ON s.product_id = p.id LEFT JOIN logo l ON l.sha = s.picture
WHERE p.sku = :sku;

-- name: shelf_put  role: vault  rows: one
INSERT INTO shelf (product_id, price, shipping, text, shopify, kofi, picture, rank, ended_at, actor)
SELECT p.id, :price, :shipping, :text, :shopify, :kofi, NULL, :rank, NULL, :actor
FROM product p WHERE p.sku = :sku
ON CONFLICT (product_id) DO UPDATE SET price = excluded.price, shipping = excluded.shipping,
  text = excluded.text, shopify = excluded.shopify, kofi = excluded.kofi, rank = excluded.rank,
  ended_at = NULL, actor = excluded.actor
RETURNING product_id;

-- name: shelf_picture_set  role: vault  rows: one
UPDATE shelf SET picture = :sha
WHERE product_id = (SELECT p.id FROM product p WHERE p.sku = :sku) RETURNING product_id;

-- name: shelf_end  role: vault  rows: one
UPDATE shelf SET ended_at = :now
WHERE product_id = (SELECT p.id FROM product p WHERE p.sku = :sku) AND ended_at IS NULL
RETURNING product_id;
