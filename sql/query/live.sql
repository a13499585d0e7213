-- Messages for browsers and the numbers of their channels. Not for: states of channels.

-- name: live_step  role: vault  rows: none
INSERT INTO live_channel (channel, seq) VALUES (:channel, :seq)
    ON CONFLICT (channel) DO UPDATE SET seq = excluded.seq;

-- name: live_add  role: vault  rows: none
INSERT INTO live_message (channel, seq, at, type, data) VALUES (:channel, :seq, :at, :type, :data);

-- name: live_list  role: vault read  rows: many
SELECT id, channel, seq, at, type, data FROM live_message WHERE id > :after ORDER BY id LIMIT :max;

-- name: live_seq  role: vault read  rows: one
SELECT seq FROM live_channel WHERE channel = :channel;

-- name: live_last  role: vault read  rows: one
SELECT COALESCE(MAX(id), 0) AS id FROM live_message;

-- The newest stays: its id must never be given out again.
-- name: live_prune  role: vault  rows: none
DELETE FROM live_message WHERE id <= :upto AND id < (SELECT MAX(id) FROM live_message);
