-- First answers of commands that carry a key.

-- name: attempt_find  role: vault  rows: one
SELECT request_sha, answer FROM attempt WHERE scope = :scope AND key = :key;

-- name: attempt_add  role: vault  rows: none
INSERT INTO attempt (scope, key, request_sha, answer, at)
VALUES (:scope, :key, :sha, :answer, :now);
