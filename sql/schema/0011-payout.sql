-- schema 0011
-- Where people are paid to, and each payout.

CREATE TABLE method (
  id           INTEGER PRIMARY KEY,
  member_id    BIGINT NOT NULL REFERENCES member (id),
  kind         TEXT   NOT NULL CHECK (kind IN
    ('gift_card', 'store_credit', 'stripe', 'paypal', 'whop')),
  dest         TEXT   NOT NULL,                   -- acct_…, mail address, user_…; or empty
  state        TEXT   NOT NULL CHECK (state IN ('new', 'open', 'ready', 'off')),
  why          TEXT   NOT NULL,
  url          TEXT   NOT NULL,                   -- of a set-up that goes on elsewhere
  added_at     BIGINT NOT NULL,
  confirmed_at BIGINT,
  ready_at     BIGINT NOT NULL                    -- usable from then on
) /*SQLITE: STRICT*/;
CREATE UNIQUE INDEX method_one ON method (member_id, kind) WHERE state <> 'off';
CREATE INDEX method_dest ON method (kind, dest) WHERE dest <> '';

CREATE TABLE payout (
  id         INTEGER PRIMARY KEY,
  member_id  BIGINT  NOT NULL REFERENCES member (id),
  method_id  BIGINT  NOT NULL REFERENCES method (id),
  kind       TEXT    NOT NULL,                    -- of the method, as it was
  dest       TEXT    NOT NULL,                    -- as it was
  amount     BIGINT  NOT NULL CHECK (amount > 0),
  fee        BIGINT  NOT NULL CHECK (fee >= 0 AND fee < amount), -- borne by the member
  key        TEXT    NOT NULL UNIQUE,             -- at the provider, fixed with the request
  state      TEXT    NOT NULL CHECK (state IN ('REQUESTED', 'HELD', 'SENDING', 'SENT', 'UNKNOWN',
    'SETTLED', 'FAILED', 'RETURNED', 'CANCELLED')),
  ref        TEXT    NOT NULL,                    -- the provider's id; empty while unknown
  reason     TEXT    NOT NULL,                    -- in words, of the last step
  bank       TEXT    NOT NULL,
  tries      INTEGER NOT NULL,                    -- times it was sent
  turn       INTEGER NOT NULL,                    -- times somebody set about it: answers name theirs
  act        TEXT    NOT NULL CHECK (act IN ('', 'send', 'look')), -- what this turn does
  may_send   INTEGER NOT NULL CHECK (may_send IN (0, 1, 2)), -- 1: surely not sent; 2: looked for and not there
  heard_at   BIGINT  NOT NULL DEFAULT 0,          -- when it was looked for and not there
  looks      INTEGER NOT NULL,                    -- answers since the last step
  asked_at   BIGINT  NOT NULL,
  first_at   BIGINT,                              -- of the first attempt
  changed_at BIGINT  NOT NULL,
  settled_at BIGINT,
  staff_id   BIGINT REFERENCES member (id),       -- who fulfilled it
  actor      TEXT    NOT NULL
) /*SQLITE: STRICT*/;
CREATE UNIQUE INDEX payout_one ON payout (member_id)
  WHERE state IN ('REQUESTED', 'HELD', 'SENDING', 'SENT', 'UNKNOWN', 'FAILED');
CREATE INDEX payout_member ON payout (member_id, id);
CREATE INDEX payout_ref ON payout (kind, ref) WHERE ref <> '';

CREATE TABLE payout_step (
  payout_id BIGINT  NOT NULL REFERENCES payout (id),
  n         INTEGER NOT NULL,
  state     TEXT    NOT NULL,
  at        BIGINT  NOT NULL,
  why       TEXT    NOT NULL,
  actor     TEXT    NOT NULL,
  seq       BIGINT REFERENCES journal (seq),      -- what moved with it
  PRIMARY KEY (payout_id, n)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- What staff gave; the code is sealed, and gone once nobody needs it.
CREATE TABLE payout_code (
  payout_id   BIGINT NOT NULL PRIMARY KEY REFERENCES payout (id),
  brand       TEXT   NOT NULL,
  sealed      BLOB   NOT NULL,
  at          BIGINT NOT NULL,
  revealed_at BIGINT
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- Members who may not be paid for the time being, and why; they read it.
CREATE TABLE payout_block (
  member_id BIGINT NOT NULL PRIMARY KEY REFERENCES member (id),
  reason    TEXT   NOT NULL,
  at        BIGINT NOT NULL,
  actor     TEXT   NOT NULL
) /*SQLITE: STRICT, WITHOUT ROWID*/;

ALTER TABLE member ADD COLUMN payout_told TEXT NOT NULL DEFAULT 'line'; -- amount, line, hidden: told in public
