-- Sessions, one-time links, overlay tokens: by the SHA-256 of what was given out, never the thing
-- itself.

-- name: session_link_add  role: vault  rows: none
INSERT INTO login_link (token_sha, member_id, created_at, expires_at, used_at)
VALUES (:sha, :member, :now, :expires, NULL);

-- name: session_link_get  role: vault read  rows: one
SELECT l.member_id, l.expires_at, l.used_at, m.name, m.blocked_at
  FROM login_link l JOIN member m ON m.id = l.member_id WHERE l.token_sha = :sha;

-- name: session_link_use  role: vault  rows: none
UPDATE login_link SET used_at = :now WHERE token_sha = :sha AND used_at IS NULL;

-- name: session_add  role: vault  rows: none
INSERT INTO session (token_sha, member_id, created_at, expires_at, ended_at, label)
VALUES (:sha, :member, :now, :expires, NULL, :label);

-- name: session_renew  role: vault  rows: none
UPDATE session SET expires_at = :expires
WHERE token_sha = :sha AND ended_at IS NULL AND expires_at > :now;

-- name: session_list  role: vault read  rows: many
SELECT id, created_at, expires_at, label FROM session
WHERE member_id = :member AND ended_at IS NULL AND expires_at > :now ORDER BY id DESC LIMIT :max;

-- name: session_end_one  role: vault  rows: none
UPDATE session SET ended_at = :now WHERE id = :id AND member_id = :member AND ended_at IS NULL;

-- name: session_end_others  role: vault  rows: none
UPDATE session SET ended_at = :now WHERE member_id = :member AND id <> :keep AND ended_at IS NULL;

-- name: session_find  role: vault read  rows: one
SELECT s.id, s.member_id, m.name, s.created_at, s.expires_at
  FROM session s JOIN member m ON m.id = s.member_id
 WHERE s.token_sha = :sha AND s.ended_at IS NULL AND s.expires_at > :now AND m.blocked_at IS NULL;

-- name: session_end  role: vault  rows: none
UPDATE session SET ended_at = :now WHERE token_sha = :sha AND ended_at IS NULL;

-- name: session_overlay_add  role: vault  rows: none
INSERT INTO overlay (token_sha, label, created_at, revoked_at) VALUES (:sha, :label, :now, NULL);

-- name: session_overlay_named  role: vault read  rows: one
SELECT COUNT(*) AS n FROM overlay WHERE label = :label AND revoked_at IS NULL;

-- name: session_overlay_revoke  role: vault  rows: none
UPDATE overlay SET revoked_at = :now WHERE label = :label AND revoked_at IS NULL;

-- name: session_overlay_find  role: vault read  rows: one
SELECT label FROM overlay WHERE token_sha = :sha AND revoked_at IS NULL;
