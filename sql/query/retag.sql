-- Forgotten tags.

-- name: retag_touched  role: vault read  rows: one
SELECT (SELECT COUNT(*) FROM sale s JOIN refund r ON r.provider = s.provider AND r.payment = s.payment
         WHERE s.id = :sale) AS back,
       (SELECT COUNT(*) FROM retag t WHERE t.sale_id = :sale AND t.state = 'DONE') AS done;

-- name: retag_sat  role: vault read  rows: one
SELECT COUNT(*) AS n FROM stint WHERE race_id = :race AND member_id = :member;

-- name: retag_open  role: vault  rows: one
SELECT id FROM retag WHERE sale_id = :sale AND state = 'OPEN';

-- name: retag_add  role: vault  rows: one
INSERT INTO retag (sale_id, race_id, reason, asked_by, asked_at, closed_by, closed_at, state, seq)
VALUES (:sale, :race, :reason, :member, :at, NULL, NULL, 'OPEN', NULL) RETURNING id;

-- name: retag_get  role: vault  rows: one
SELECT sale_id, race_id, asked_by, state FROM retag WHERE id = :id;

-- name: retag_close  role: vault  rows: none
UPDATE retag SET closed_by = :member, closed_at = :at, state = :state, seq = :seq WHERE id = :id;

-- name: retag_list  role: vault read  rows: many
SELECT t.id AS id, t.sale_id AS sale_id, t.race_id AS race_id, t.asked_by AS asked_by,
       t.asked_at AS asked_at, COALESCE(t.closed_by, 0) AS closed_by,
       COALESCE(t.closed_at, 0) AS closed_at, t.reason AS reason, t.state AS state,
       s.title AS title, s.amount AS amount, s.order_at AS order_at, a.name AS asked_name,
       COALESCE(c.name, '') AS closed_name
  FROM retag t JOIN sale s ON s.id = t.sale_id JOIN person a ON a.id = t.asked_by
  LEFT JOIN person c ON c.id = t.closed_by
 WHERE CASE WHEN t.state = 'OPEN' THEN 1 ELSE 0 END >= :open ORDER BY t.id DESC LIMIT :max;
