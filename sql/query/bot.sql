-- Interactions that were answered, and the races that somebody may mean.

-- name: bot_answer  role: vault  rows: one
SELECT answer FROM interaction WHERE id = :id;

-- name: bot_keep  role: vault  rows: none
INSERT INTO interaction (id, at, what, actor, answer) VALUES (:id, :at, :what, :actor, :answer);

-- name: bot_prune  role: vault  rows: none
DELETE FROM interaction WHERE at < :before;

-- name: bot_races  role: vault read  rows: many
-- Those under way and the newest others; mine: hosted or driven.
SELECT r.id AS id, r.state AS state, r.name AS name,
  CASE WHEN r.host_id = :member
    OR EXISTS (SELECT 1 FROM stint t WHERE t.member_id = :member AND t.race_id = r.id)
    THEN 1 ELSE 0 END AS mine
FROM race r
WHERE r.state IN ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL')
   OR r.id > (SELECT MAX(x.id) - 10 FROM race x)
ORDER BY r.id DESC LIMIT :max;

-- name: bot_waiting  role: vault read  rows: many
SELECT m.name AS name FROM wait_list w JOIN person m ON m.id = w.member_id
WHERE w.race_id = :race ORDER BY w.at, w.member_id;

-- name: bot_told  role: vault  rows: none
INSERT INTO post (topic, object, channel, message, sha, at)
VALUES (:topic, :object, :channel, '', '', :at)
ON CONFLICT (topic, object) DO NOTHING;
