-- A race from lobby to flag.

-- name: lobby_insert  role: vault  rows: one
INSERT INTO race (name, state, host_id, rule_id, season_id, seats, rounds, created_at, touched_at,
  grace_s, clear_h, end_reason)
VALUES (:name, 'LOBBY', :host_id, :rule_id, :season, :seats, :rounds, :at, :at, :grace_s, :clear_h,
  '')
RETURNING id;

-- name: lobby_name  role: vault  rows: none
UPDATE race SET name = :name WHERE id = :race;

-- name: lobby_get  role: vault  rows: one
SELECT r.state AS state, r.seats AS seats, r.rounds AS rounds, r.opened_at AS opened_at,
  r.closed_at AS closed_at, r.clear_h AS clear_h, r.grace_s AS grace_s,
  r.touched_at AS touched_at,
  (SELECT COUNT(*) FROM seat s WHERE s.race_id = r.id AND s.left_at IS NULL) AS taken
FROM race r WHERE r.id = :race;

-- name: lobby_host_open  role: vault  rows: one
SELECT id FROM race WHERE host_id = :host_id
  AND state IN ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL') AND state = 'LOBBY' LIMIT 1;

-- name: lobby_member_at  role: vault  rows: one
SELECT t.race_id AS race_id, t.seat_no AS seat_no
FROM stint t
JOIN race r ON r.id = t.race_id
JOIN seat s ON s.race_id = t.race_id AND s.seat_no = t.seat_no
WHERE t.member_id = :member_id AND r.state IN ('LOBBY', 'RUNNING') AND s.left_at IS NULL
  AND t.stint_no = (SELECT MAX(x.stint_no) FROM stint x
    WHERE x.race_id = t.race_id AND x.seat_no = t.seat_no)
LIMIT 1;

-- name: lobby_member_left  role: vault  rows: one
SELECT COALESCE(MAX(s.left_at), 0) AS left_at
FROM stint t JOIN seat s ON s.race_id = t.race_id AND s.seat_no = t.seat_no
WHERE t.member_id = :member_id;

-- name: lobby_free_seat  role: vault  rows: one
SELECT n.no AS no FROM (SELECT 1 AS no UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
  UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8) n
WHERE n.no <= :seats AND NOT EXISTS
  (SELECT 1 FROM seat s WHERE s.race_id = :race AND s.seat_no = n.no)
ORDER BY n.no LIMIT 1;

-- name: lobby_seat_add  role: vault  rows: none
INSERT INTO seat (race_id, seat_no, joined_at, dnf) VALUES (:race, :seat, :at, 0);

-- name: lobby_stint_add  role: vault  rows: none
INSERT INTO stint (race_id, seat_no, stint_no, member_id, from_round, from_at)
VALUES (:race, :seat, :stint, :member_id, :round, :at);

-- name: lobby_seat_booked  role: vault  rows: one
SELECT COALESCE(MAX(s.order_at), -1) AS at
FROM share h JOIN sale s ON s.id = h.sale_id AND s.seq = h.seq
WHERE h.race_id = :race AND h.seat_no = :seat;

-- name: lobby_stint_drop  role: vault  rows: none
DELETE FROM stint WHERE race_id = :race AND seat_no = :seat;

-- name: lobby_seat_drop  role: vault  rows: none
DELETE FROM seat WHERE race_id = :race AND seat_no = :seat;

-- name: lobby_seat_leave  role: vault  rows: none
UPDATE seat SET left_at = :at, dnf = 1, place = NULL WHERE race_id = :race AND seat_no = :seat;

-- name: lobby_seat_get  role: vault  rows: one
SELECT s.left_at AS left_at, t.member_id AS member_id, t.stint_no AS stint_no,
  t.from_round AS from_round
FROM seat s JOIN stint t ON t.race_id = s.race_id AND t.seat_no = s.seat_no
WHERE s.race_id = :race AND s.seat_no = :seat
ORDER BY t.stint_no DESC LIMIT 1;

-- name: lobby_wait_add  role: vault  rows: none
INSERT INTO wait_list (race_id, member_id, at) VALUES (:race, :member_id, :at)
ON CONFLICT (race_id, member_id) DO NOTHING;

-- name: lobby_wait_count  role: vault  rows: one
SELECT COUNT(*) AS n FROM wait_list WHERE race_id = :race;

-- name: lobby_wait_next  role: vault  rows: one
SELECT member_id FROM wait_list WHERE race_id = :race ORDER BY at, member_id LIMIT 1;

-- name: lobby_wait_drop  role: vault  rows: none
DELETE FROM wait_list WHERE race_id = :race AND member_id = :member_id;

-- name: lobby_touch  role: vault  rows: none
UPDATE race SET touched_at = :at WHERE id = :race;

-- name: lobby_to_running  role: vault  rows: none
UPDATE race SET state = 'RUNNING', opened_at = :at, touched_at = :at
WHERE id = :race AND state = 'LOBBY';

-- name: lobby_to_finished  role: vault  rows: none
UPDATE race SET state = 'FINISHED', closed_at = :closed_at, touched_at = :at,
  end_reason = :reason
WHERE id = :race AND state = 'RUNNING';

-- name: lobby_to_end  role: vault  rows: none
UPDATE race SET state = :to_state, end_reason = :reason, touched_at = :at,
  closed_at = CASE WHEN opened_at IS NULL THEN NULL ELSE COALESCE(closed_at, :at) END
WHERE id = :race AND state = :from_state;

-- name: lobby_due  role: vault  rows: many
SELECT id, state FROM race
WHERE state IN ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL') AND (
      (state = 'LOBBY' AND touched_at <= :idle)
   OR (state = 'RUNNING' AND opened_at <= :cut)
   OR (state = 'FINAL' AND closed_at + 3600000 * clear_h <= :now))
ORDER BY id LIMIT :max;
