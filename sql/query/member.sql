-- People: names and roles. Not for: sessions (session.sql).

-- name: member_add  role: vault  rows: one
INSERT INTO member (name, name_key, created_at, blocked_at) VALUES (:name, :name_key, :now, NULL)
    ON CONFLICT (name_key) DO NOTHING RETURNING id;

-- name: member_rename  role: vault  rows: none
UPDATE member SET name = :name, name_key = :name_key WHERE id = :id
  AND NOT EXISTS (SELECT 1 FROM member o WHERE o.name_key = :name_key AND o.id <> :id);

-- name: member_get  role: vault read  rows: one
SELECT m.id, m.name, p.name AS shown, m.created_at, m.blocked_at
  FROM member m JOIN person p ON p.id = m.id WHERE m.id = :id;

-- name: member_by_name  role: vault read  rows: one
SELECT m.id, m.name, p.name AS shown, m.created_at, m.blocked_at
  FROM member m JOIN person p ON p.id = m.id WHERE m.name_key = :name_key;

-- name: member_list  role: vault read  rows: many
SELECT m.id, m.name, p.name AS shown, m.created_at, m.blocked_at
  FROM member m JOIN person p ON p.id = m.id WHERE m.id > :after ORDER BY m.id LIMIT :max;

-- name: member_grant  role: vault  rows: none
INSERT INTO role_grant (member_id, role, granted_at, granted_by) VALUES (:id, :role, :now, :by)
    ON CONFLICT (member_id, role) DO NOTHING;

-- name: member_revoke  role: vault  rows: none
DELETE FROM role_grant WHERE member_id = :id AND role = :role;

-- name: member_block  role: vault  rows: none
UPDATE member SET blocked_at = :now WHERE id = :id;

-- name: member_roles  role: vault read  rows: many
SELECT role FROM role_grant WHERE member_id = :id ORDER BY role;
