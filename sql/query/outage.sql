-- Signs of life of the house's parts, and the gaps between them.

-- name: outage_alive  role: vault read  rows: one
SELECT at, tick, since, stopped FROM alive WHERE part = :part;

-- name: outage_put  role: vault  rows: none
INSERT INTO alive (part, at, tick, since, stopped) VALUES (:part, :at, :tick, :at, :stopped)
    ON CONFLICT (part) DO UPDATE SET at = excluded.at, tick = excluded.tick, stopped = excluded.stopped;

-- name: outage_add  role: vault  rows: none
INSERT INTO outage (part, began_at, ended_at, planned) VALUES (:part, :began_at, :ended_at, :planned);

-- name: outage_list  role: vault read  rows: many
SELECT part, began_at, ended_at, planned FROM outage
 WHERE ended_at >= :since ORDER BY ended_at LIMIT :max;
