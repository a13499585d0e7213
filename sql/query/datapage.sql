-- What the house knows of a member, for that member alone.

-- name: datapage_profile  role: read  rows: many
SELECT name, created_at, hidden, earnings, payout_told, COALESCE(rules_at, 0) AS rules_at FROM member WHERE id = :member;

-- name: datapage_roles  role: read  rows: many
SELECT role, granted_at FROM role_grant WHERE member_id = :member ORDER BY role;

-- name: datapage_elsewhere  role: read  rows: many
SELECT provider, subject, name, avatar, seen_at FROM identity WHERE member_id = :member;

-- name: datapage_silent  role: read  rows: many
SELECT what FROM notify_off WHERE member_id = :member ORDER BY what;

-- name: datapage_sessions  role: read  rows: many
SELECT label, created_at, expires_at, COALESCE(ended_at, 0) AS ended_at FROM session
 WHERE member_id = :member ORDER BY id DESC LIMIT 1000;

-- name: datapage_methods  role: read  rows: many
SELECT kind, dest, state, added_at, COALESCE(confirmed_at, 0) AS confirmed_at FROM method
 WHERE member_id = :member ORDER BY id;

-- name: datapage_payouts  role: read  rows: many
SELECT id, kind, dest, amount, fee, state, ref, reason, asked_at, COALESCE(settled_at, 0) AS settled_at FROM payout
 WHERE member_id = :member ORDER BY id LIMIT 5000;

-- name: datapage_seats  role: read  rows: many
SELECT race_id, seat_no, from_round, from_at FROM stint WHERE member_id = :member ORDER BY race_id, from_at LIMIT 5000;

-- name: datapage_results  role: read  rows: many
SELECT race_id, version, seat_no, COALESCE(place, 0) AS place, points, raced_at FROM result
 WHERE member_id = :member ORDER BY race_id, version LIMIT 5000;

-- name: datapage_penalties  role: read  rows: many
SELECT race_id, incident, points, reason, at, COALESCE(lifted_at, 0) AS lifted_at, lifted_why FROM penalty
 WHERE member_id = :member ORDER BY id LIMIT 1000;

-- name: datapage_disputes  role: read  rows: many
SELECT race_id, reason, opened_at, state, answer FROM dispute WHERE member_id = :member ORDER BY id LIMIT 1000;

-- name: datapage_trophies  role: read  rows: many
SELECT kind, words, at, COALESCE(revoked_at, 0) AS revoked_at, revoked_why FROM trophy
 WHERE member_id = :member ORDER BY id LIMIT 5000;

-- name: datapage_orders  role: read  rows: many
SELECT c.kind, c.state, c.amount, c.title, c.created_at, COALESCE(w.name, '') AS name, COALESCE(w.message, '') AS message,
       COALESCE(w.title, '') AS song, COALESCE(w.artist, '') AS artist
  FROM checkout c LEFT JOIN wish w ON w.checkout_id = c.id
 WHERE c.member_id = :member ORDER BY c.id LIMIT 5000;

-- name: datapage_acts  role: read  rows: many
SELECT at, action, object FROM audit WHERE actor = 'member:' || :member ORDER BY id DESC LIMIT 5000;
