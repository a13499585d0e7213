-- What stands outside because we sent it. Not for: what is still to be sent (outbox.sql).

-- name: sent_posted  role: vault  rows: none
INSERT INTO post (topic, object, channel, message, sha, at)
VALUES (:topic, :object, :channel, :message, :sha, :now)
    ON CONFLICT (topic, object)
    DO UPDATE SET channel = excluded.channel, message = excluded.message, sha = excluded.sha, at = excluded.at;

-- name: sent_gone  role: vault  rows: none
DELETE FROM post WHERE topic = :topic AND object = :object;
