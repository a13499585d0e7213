-- Seals of days.

-- The last seal, and when the first entry was recorded.
-- name: seal_next  role: vault  rows: one
SELECT f.recorded_at AS began, COALESCE(z.last_seq, 0) AS last_seq, z.day
  FROM journal f LEFT JOIN seal z ON z.day = (SELECT MAX(day) FROM seal)
 WHERE f.seq = 1;

-- The newest entry of that day; without one the last before it. Walks from the head backwards: days are sealed soon.
-- name: seal_last  role: vault  rows: one
SELECT seq, sha FROM journal
 WHERE seq >= :before AND (seq = :before OR recorded_at < :end) ORDER BY seq DESC LIMIT 1;

-- The few lines since then, not the many before: the sign keeps the index by accounts out of it.
-- name: seal_trial  role: vault read  rows: many
SELECT a.code, a.currency, b.debits - COALESCE(l.debits, 0) AS debits, b.credits - COALESCE(l.credits, 0) AS credits
  FROM account a JOIN balance b ON b.account_id = a.id
  LEFT JOIN (SELECT account_id, COUNT(*) AS n, SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS debits,
                    SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS credits
               FROM posting WHERE seq > :last GROUP BY +account_id) l ON l.account_id = a.id
 WHERE b.ver > COALESCE(l.n, 0)
 ORDER BY a.code;

-- name: seal_add  role: vault  rows: none
INSERT INTO seal (day, first_seq, last_seq, head_sha, trial_sha, text, signature, key, at)
VALUES (:day, :first, :last, :head, :trial, :text, :signature, :key, :at);

-- name: seal_list  role: vault read  rows: many
SELECT day, first_seq, last_seq, head_sha, trial_sha, text, signature, key, at
  FROM seal ORDER BY day DESC LIMIT :max;

-- name: seal_of  role: vault read  rows: one
SELECT day, first_seq, last_seq, head_sha, trial_sha, text, signature, key, at
  FROM seal WHERE last_seq >= :seq ORDER BY last_seq, day LIMIT 1;

-- name: seal_get  role: vault read  rows: one
SELECT day, first_seq, last_seq, head_sha, trial_sha, text, signature, key, at FROM seal WHERE day = :day;
