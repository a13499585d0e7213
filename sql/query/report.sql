-- Places after the flag.

-- name: report_add  role: vault  rows: none
INSERT INTO report (race_id, seat_no, place, source, actor, note, at)
VALUES (:race, :seat, :place, :source, :actor, :note, :at);

-- name: report_set  role: vault  rows: none
UPDATE seat SET place = :place, dnf = :dnf WHERE race_id = :race AND seat_no = :seat;

-- name: report_newest  role: vault  rows: one
SELECT source FROM report WHERE race_id = :race AND seat_no = :seat ORDER BY id DESC LIMIT 1;

-- name: report_list  role: vault read  rows: many
SELECT seat_no, COALESCE(place, 0) AS place, source, actor, note, at FROM report
WHERE race_id = :race ORDER BY id LIMIT :max;

-- name: report_reminded  role: vault  rows: none
UPDATE race SET reminded_at = :at WHERE id = :race AND state = 'FINISHED' AND reminded_at IS NULL;

-- name: report_to_final  role: vault  rows: none
UPDATE race SET state = 'FINAL', final_at = :at WHERE id = :race AND state = 'FINISHED';

-- name: report_due  role: vault  rows: many
-- The first column that is not 0 says what is to be done: silence is DNF, drivers are reminded,
-- the result is final.
SELECT f.id AS id, f.silent AS silent, f.remind AS remind FROM (
  SELECT r.id AS id,
    r.closed_at <= :late AND r.missing > 0 AS silent,
    r.closed_at > :late AND r.closed_at <= :remind AND r.reminded_at IS NULL AND r.missing > 0
      AS remind,
    r.missing = 0 AND r.touched_at <= :calm AND r.closed_at + 1000 * r.grace_s <= :now
      AND NOT EXISTS (SELECT 1 FROM seat a JOIN seat b ON b.race_id = a.race_id
        AND b.seat_no > a.seat_no AND b.place = a.place WHERE a.race_id = r.id)
      AND NOT EXISTS (SELECT 1 FROM dispute d WHERE d.race_id = r.id AND d.state = 'OPEN')
      AS final
  FROM (SELECT x.id AS id, x.closed_at AS closed_at, x.touched_at AS touched_at,
      x.reminded_at AS reminded_at, x.grace_s AS grace_s,
      (SELECT COUNT(*) FROM seat s WHERE s.race_id = x.id AND s.place IS NULL AND s.dnf = 0)
        AS missing
    FROM race x WHERE x.state IN ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL')
      AND x.state = 'FINISHED') r) f
WHERE f.silent OR f.remind OR f.final
ORDER BY f.id LIMIT :max;
