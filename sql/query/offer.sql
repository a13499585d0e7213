-- Substitutes who are asked first.

-- name: offer_add  role: vault  rows: one
INSERT INTO sub_offer (race_id, seat_no, round, subject, actor, at, expires_at, state)
VALUES (:race, :seat, :round, :subject, :actor, :at, :expires, 'open')
RETURNING id;

-- name: offer_get  role: vault read  rows: one
SELECT race_id, seat_no, round, subject, at, expires_at, state FROM sub_offer WHERE id = :id;

-- name: offer_close_seat  role: vault  rows: none
UPDATE sub_offer SET state = 'gone' WHERE race_id = :race AND seat_no = :seat AND state = 'open';

-- name: offer_accept  role: vault  rows: none
UPDATE sub_offer SET state = 'accepted' WHERE id = :id AND state = 'open';

-- By the index of open ones: without the sign all that ever were are walked by id.
-- name: offer_expire  role: vault  rows: none
UPDATE sub_offer SET state = 'gone' WHERE id IN
  (SELECT id FROM sub_offer WHERE state = 'open' AND expires_at <= :now ORDER BY +id LIMIT :max);
