-- Runs of what looks after the ledger file.

-- name: upkeep_add  role: vault migrate  rows: none
INSERT INTO upkeep (kind, began_at, ended_at, good, words, seq, head, bytes)
VALUES (:kind, :began_at, :ended_at, :good, :words, :seq, :head, :bytes);

-- name: upkeep_last  role: vault read  rows: one
SELECT id, kind, began_at, ended_at, good, words, seq, head, bytes FROM upkeep
 WHERE kind = :kind AND good >= :good ORDER BY id DESC LIMIT 1;

-- name: upkeep_list  role: vault read  rows: many
SELECT id, kind, began_at, ended_at, good, words, seq, head, bytes FROM upkeep
 ORDER BY id DESC LIMIT :max;
