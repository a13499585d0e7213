-- Public rows of a season or a race, for who checks them. Drivers by the names that everybody sees.

-- name: bundle_races  role: read  rows: many
SELECT id FROM race WHERE season_id = :season AND state IN ('FINAL', 'SETTLED') ORDER BY id LIMIT :max;

-- name: bundle_results  role: read  rows: many
SELECT r.race_id, r.version, r.seat_no, p.name AS driver, r.kind, COALESCE(r.place, 0) AS place, r.points, r.rounds, r.raced_at
  FROM result r JOIN person p ON p.id = r.member_id
 WHERE r.race_id = :race ORDER BY r.version, r.seat_no, r.member_id;

-- name: bundle_lines  role: read  rows: many
SELECT l.seq, l.sale_id, l.at, l.delta, l.pot, l.bonus, s.amount, s.pool, s.currency, s.reason
  FROM pot_line l JOIN sale s ON s.id = l.sale_id WHERE l.race_id = :race ORDER BY l.seq LIMIT :max;

-- name: bundle_penalties  role: read  rows: many
SELECT y.race_id, p.name AS driver, y.incident, y.points, y.reason, y.at, COALESCE(y.lifted_at, 0) AS lifted_at, y.lifted_why
  FROM penalty y JOIN person p ON p.id = y.member_id WHERE y.season_id = :season ORDER BY y.id;

-- Days between the first and the last line of a race.
-- name: bundle_span  role: read  rows: one
SELECT COALESCE(MIN(j.recorded_at), 0) AS first, COALESCE(MAX(j.recorded_at), 0) AS last
  FROM pot_line l JOIN journal j ON j.seq = l.seq WHERE l.race_id = :race;
