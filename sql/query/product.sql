-- Products, unit costs by date, rules by version.

-- name: product_add  role: vault  rows: one
INSERT INTO product (sku, title, created_at) VALUES (:sku, :title, :at)
ON CONFLICT (sku) DO NOTHING RETURNING id;

-- name: product_find  role: vault read  rows: one
SELECT id, title FROM product WHERE sku = :sku;

-- name: product_cost_add  role: vault  rows: none
INSERT INTO product_cost (product_id, from_at, unit_cost, set_at, actor)
VALUES (:product_id, :from_at, :unit_cost, :at, :actor)
ON CONFLICT (product_id, from_at) DO UPDATE
SET unit_cost = excluded.unit_cost, set_at = excluded.set_at, actor = excluded.actor;

-- name: product_cost_known  role: vault  rows: none
UPDATE alert SET resolved_at = :now
WHERE kind = 'cost_missing' AND resolved_at IS NULL
  AND EXISTS (SELECT 1 FROM sale_item i
    WHERE i.sale_id = CAST(SUBSTR(alert.key, 6) AS BIGINT))
  AND NOT EXISTS (SELECT 1 FROM sale_item i
    WHERE i.sale_id = CAST(SUBSTR(alert.key, 6) AS BIGINT)
      AND NOT EXISTS (SELECT 1 FROM product p JOIN product_cost c ON c.product_id = p.id
        WHERE p.sku = i.sku));

-- name: product_at  role: vault read  rows: one
SELECT p.title AS title, c.unit_cost AS unit_cost
FROM product p LEFT JOIN product_cost c ON c.product_id = p.id AND c.from_at =
  (SELECT MAX(x.from_at) FROM product_cost x WHERE x.product_id = p.id AND x.from_at <= :at)
WHERE p.sku = :sku;

-- What another shop calls it.
-- name: product_alias  role: vault read  rows: one
SELECT p.sku AS sku FROM shelf s JOIN product p ON p.id = s.product_id
WHERE (s.shopify = :code OR s.kofi = :code) AND :code <> '' ORDER BY p.id LIMIT 1;

-- name: product_all  role: vault read  rows: many
SELECT p.sku AS sku, p.title AS title, c.unit_cost AS unit_cost
FROM product p LEFT JOIN product_cost c ON c.product_id = p.id AND c.from_at =
  (SELECT MAX(x.from_at) FROM product_cost x WHERE x.product_id = p.id AND x.from_at <= :at)
ORDER BY p.sku LIMIT 500;

-- name: product_costs  role: vault read  rows: many
SELECT c.from_at AS from_at, c.unit_cost AS unit_cost, c.set_at AS set_at, c.actor AS actor
FROM product p JOIN product_cost c ON c.product_id = p.id
WHERE p.sku = :sku ORDER BY c.from_at DESC LIMIT :max;

-- What lies around a time: the next cost, one of that very time, sales from then on.
-- name: product_around  role: vault read  rows: one
SELECT COALESCE((SELECT MIN(c.from_at) FROM product_cost c
    WHERE c.product_id = p.id AND c.from_at > :at), 0) AS until,
  (SELECT COUNT(*) FROM product_cost c WHERE c.product_id = p.id AND c.from_at = :at) AS same,
  (SELECT COUNT(DISTINCT s.id) FROM sale s JOIN sale_item i ON i.sale_id = s.id
    WHERE s.order_at >= :at AND i.sku = p.sku AND s.seq IS NOT NULL) AS sales
FROM product p WHERE p.sku = :sku;

-- name: product_rule_insert  role: vault  rows: one
INSERT INTO rule (name, version, basis, pool_bps, floor_guard, share, weights, weights_by,
  bonus_bps, grace_s, overlap, clear_h, fee_bps, fee_fixed, created_at, actor)
VALUES (:name, (SELECT COALESCE(MAX(r.version), 0) + 1 FROM rule r WHERE r.name = :name), :basis,
  :pool_bps, :floor_guard, :share, :weights, :weights_by, :bonus_bps, :grace_s, :overlap,
  :clear_h, :fee_bps, :fee_fixed, :at, :actor)
RETURNING id;

-- name: product_rule_newest  role: vault read  rows: one
SELECT id, name, version, basis, pool_bps, floor_guard, share, weights, weights_by, bonus_bps,
  grace_s, overlap, clear_h, fee_bps, fee_fixed
FROM rule WHERE name = :name ORDER BY version DESC LIMIT 1;

-- name: product_rule_all  role: vault read  rows: many
SELECT id, name, version, basis, pool_bps, floor_guard, share, weights, weights_by, bonus_bps,
  grace_s, overlap, clear_h, fee_bps, fee_fixed
FROM rule ORDER BY name, version LIMIT 500;
