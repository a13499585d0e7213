-- Who leaves. The rows of the books stay: they hold numbers.

-- name: forget_kept  role: vault  rows: one
SELECT (SELECT COUNT(*) FROM role_grant WHERE member_id = :member) AS roles,
       (SELECT COUNT(*) FROM race r WHERE r.state IN ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL')
          AND (r.host_id = :member OR EXISTS
            (SELECT 1 FROM stint t WHERE t.race_id = r.id AND t.member_id = :member))) AS races,
       (SELECT COUNT(*) FROM dispute WHERE member_id = :member AND state = 'OPEN') AS disputes,
       (SELECT COUNT(*) FROM payout WHERE member_id = :member
          AND state NOT IN ('SETTLED', 'RETURNED', 'CANCELLED')) AS payouts;

-- name: forget_identity  role: vault  rows: none
DELETE FROM identity WHERE member_id = :member;

-- name: forget_notices  role: vault  rows: none
DELETE FROM notify_off WHERE member_id = :member;

-- name: forget_links  role: vault  rows: none
DELETE FROM login_link WHERE member_id = :member;

-- name: forget_tries  role: vault  rows: none
UPDATE login_try SET member_id = NULL, go_to = '', reason = '' WHERE member_id = :member;

-- Of what was paid the tip keeps its own words: it is part of the books.
-- name: forget_wishes  role: vault  rows: none
UPDATE wish SET fan = '', name = '', message = '', title = '', artist = '', link = ''
 WHERE checkout_id IN (SELECT id FROM checkout WHERE member_id = :member AND state <> 'paid');

-- name: forget_methods  role: vault  rows: none
UPDATE method SET state = 'off', dest = '', url = '', why = '' WHERE member_id = :member;

-- name: forget_sessions  role: vault  rows: none
UPDATE session SET label = '', ended_at = COALESCE(ended_at, :now) WHERE member_id = :member;

-- name: forget_dj  role: vault  rows: none
UPDATE dj SET on_air = 0, banned = '' WHERE member_id = :member;

-- name: forget_name  role: vault  rows: none
UPDATE member SET name = :name, name_key = :name, hidden = 1, earnings = 'hidden', payout_told = 'hidden', rules_at = NULL,
  blocked_at = :now WHERE id = :member;
