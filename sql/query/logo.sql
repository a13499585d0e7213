-- Pictures as they were given.

-- name: logo_add  role: vault  rows: none
INSERT INTO logo (sha, type, bytes, at, ready_at) VALUES (:sha, :type, :bytes, :at, NULL)
ON CONFLICT (sha) DO NOTHING;

-- name: logo_get  role: vault read  rows: one
SELECT type, bytes FROM logo WHERE sha = :sha;

-- name: logo_ready  role: vault  rows: none
UPDATE logo SET ready_at = :at WHERE sha = :sha AND ready_at IS NULL;
