-- Who members are elsewhere, and what they decide about themselves.

-- name: identity_find  role: vault read  rows: one
SELECT member_id FROM identity WHERE provider = :provider AND subject = :subject;

-- name: identity_add  role: vault  rows: none
INSERT INTO identity (provider, subject, member_id, name, avatar, avatar_sha, seen_at)
VALUES (:provider, :subject, :member, :name, :avatar, '', :now);

-- name: identity_seen  role: vault  rows: none
-- Nothing is written when nothing changed.
UPDATE identity SET name = :name, avatar = :avatar, seen_at = :now,
  avatar_sha = CASE WHEN :avatar = '' THEN '' ELSE avatar_sha END
WHERE provider = :provider AND subject = :subject AND (name <> :name OR avatar <> :avatar);

-- name: identity_of  role: vault read  rows: one
SELECT subject, name, avatar, avatar_sha FROM identity
WHERE provider = :provider AND member_id = :member;

-- name: identity_avatar  role: vault  rows: none
UPDATE identity SET avatar_sha = :sha WHERE provider = :provider AND subject = :subject;

-- name: identity_choices  role: vault read  rows: one
SELECT hidden, earnings, payout_told, COALESCE(rules_at, 0) AS rules_at FROM member WHERE id = :member;

-- name: identity_choose  role: vault  rows: none
UPDATE member SET hidden = :hidden, earnings = :earnings,
  payout_told = CASE WHEN :payout = '' THEN payout_told ELSE :payout END
WHERE id = :member;

-- name: identity_rules  role: vault  rows: none
UPDATE member SET rules_at = :now WHERE id = :member AND rules_at IS NULL;

-- name: identity_off  role: vault read  rows: one
SELECT COUNT(*) AS n FROM notify_off WHERE member_id = :member AND what = :what;

-- name: identity_turn_off  role: vault  rows: none
INSERT INTO notify_off (member_id, what) VALUES (:member, :what)
ON CONFLICT (member_id, what) DO NOTHING;

-- name: identity_turn_on  role: vault  rows: none
DELETE FROM notify_off WHERE member_id = :member AND what = :what;
