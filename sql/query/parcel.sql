-- What the jobs must know before they send. Not for: noting what was sent (sent.sql).

-- name: parcel_find  role: read  rows: one
SELECT channel, message, sha FROM post WHERE topic = :topic AND object = :object;

-- name: parcel_off  role: read  rows: one
SELECT COUNT(*) AS n FROM tell_off WHERE channel = :channel AND topic = :topic;

-- name: parcel_learning  role: read  rows: one
SELECT COUNT(*) AS n FROM outbox
 WHERE state IN ('due', 'leased') AND kind = 'discord.learn' AND payload LIKE :like;

-- name: parcel_try  role: read  rows: one
SELECT provider, code, verifier FROM login_try WHERE id = :id AND state = 'exchanging';

-- name: parcel_slug  role: read  rows: one
SELECT slug FROM season WHERE id = :id;
