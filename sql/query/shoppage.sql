-- What the page after buying needs and no domain offers. Reading only.

-- name: shoppage_sale  role: read  rows: one
SELECT s.title AS title, s.reason AS reason, s.amount AS amount, s.currency AS currency,
  s.order_at AS order_at, s.pool AS pool, COALESCE(MIN(p.race_id), 0) AS race_id,
  COALESCE(MIN(p.seq), 0) AS seq
FROM sale s LEFT JOIN pot_line p ON p.sale_id = s.id AND p.seq = s.seq
WHERE s.id = :id
GROUP BY s.id, s.title, s.reason, s.amount, s.currency, s.order_at, s.pool;
