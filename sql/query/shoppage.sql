-- What the page after buying needs and no domain offers. Reading only.

-- name: shoppage_sale  role: read  rows: one
-- By race, since lines of pots are found by race and number.
SELECT s.title AS title, s.reason AS reason, s.amount AS amount, s.currency AS currency,
  s.order_at AS order_at, s.pool AS pool, COALESCE(s.seq, 0) AS seq,
  COALESCE((SELECT MIN(p.race_id) FROM race r JOIN pot_line p ON p.race_id = r.id AND p.seq = s.seq), 0)
    AS race_id
FROM sale s WHERE s.id = :id;
