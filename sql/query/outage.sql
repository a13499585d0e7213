-- Signs of life of the house's parts, and the gaps between them.

-- name: outage_alive  role: vault read  rows: one
SELECT at, tick, since, stopped FROM alive WHERE part = :part;

-- name: outage_put  role: vault  rows: none
INSERT INTO alive (part, at, tick, since, stopped) VALUES (:part, :at, :tick, :at, :stopped)
    ON CONFLICT (part) DO UPDATE SET at = excluded.at, tick = excluded.tick, stopped = excluded.stopped;

-- name: outage_carry  role: vault  rows: none
UPDATE alive SET tick = :tick - CASE WHEN :at > at THEN :at - at ELSE 0 END;

-- name: outage_boot_put  role: vault  rows: none
INSERT INTO stamp (key, value) VALUES ('boot', :boot) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: outage_add  role: vault  rows: none
INSERT INTO outage (part, began_at, ended_at, planned) VALUES (:part, :began_at, :ended_at, :planned);

-- name: outage_list  role: vault read  rows: many
SELECT part, began_at, ended_at, planned FROM outage
 WHERE ended_at >= :since ORDER BY ended_at LIMIT :max;
