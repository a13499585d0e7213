-- Notices and what became of them.

-- name: opssales_list  role: read  rows: many
SELECT i.id AS id, i.provider AS provider, i.type AS type, i.received_at AS received_at, i.state AS state,
       i.reason AS why, i.ref AS ref, COALESCE(s.id, 0) AS sale, COALESCE(s.title, '') AS title,
       COALESCE(s.order_at, 0) AS order_at, COALESCE(s.amount, 0) AS amount,
       COALESCE(s.currency, '') AS currency, COALESCE(s.reason, '') AS reason,
       COALESCE(s.pool, 0) AS pool, COALESCE(s.tag, '') AS tag,
       COALESCE((SELECT MIN(p.race_id) FROM race r JOIN pot_line p ON p.race_id = r.id AND p.seq = s.seq
                  WHERE r.opened_at BETWEEN s.order_at - 345600000 AND s.order_at), 0) AS race
  FROM inbox i LEFT JOIN sale s ON s.inbox_id = i.id
 WHERE i.id < :before AND (i.state = :state OR :state = '')
 ORDER BY i.id DESC LIMIT :max;
