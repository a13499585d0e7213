-- Logins through a provider.

-- name: signin_begin  role: vault  rows: none
INSERT INTO login_try (provider, state_sha, verifier, code, go_to, state, reason, member_id,
  created_at, expires_at)
VALUES (:provider, :sha, :verifier, '', :go_to, 'begun', '', NULL, :now, :expires);

-- name: signin_find  role: vault  rows: one
SELECT id, provider, state, go_to, reason, COALESCE(member_id, 0) AS member_id FROM login_try
WHERE state_sha = :sha AND expires_at > :now;

-- name: signin_code  role: vault  rows: none
UPDATE login_try SET state = 'exchanging', code = :code WHERE id = :id AND state = 'begun';

-- name: signin_end  role: vault  rows: none
-- Known and used keep the member; the code and the verifier have done their work.
UPDATE login_try SET state = :state, member_id = :member, reason = :reason, code = '', verifier = ''
WHERE id = :id AND ((:state <> 'used' AND state = 'exchanging')
  OR (:state = 'used' AND state = 'known'));

-- name: signin_prune  role: vault  rows: none
-- The newest stays: its number must not be given again, jobs are named after it.
DELETE FROM login_try WHERE expires_at < :before AND id < (SELECT MAX(id) FROM login_try);
