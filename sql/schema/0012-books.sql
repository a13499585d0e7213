-- schema 0012
-- Seals, and what providers say they hold.

CREATE TABLE seal (
  day       TEXT   NOT NULL PRIMARY KEY,          -- 2026-05-01, UTC
  first_seq BIGINT NOT NULL,                      -- last_seq + 1 on a day without entries
  last_seq  BIGINT NOT NULL,
  head_sha  BLOB   NOT NULL CHECK (length(head_sha) = 32),
  trial_sha BLOB   NOT NULL CHECK (length(trial_sha) = 32),
  text      TEXT   NOT NULL,                      -- what is signed
  signature BLOB   NOT NULL CHECK (length(signature) = 64),
  key       BLOB   NOT NULL CHECK (length(key) = 32), -- public
  at        BIGINT NOT NULL
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE INDEX seal_last ON seal (last_seq, day);

-- One line of a provider's own list.
CREATE TABLE provider_line (
  provider TEXT   NOT NULL,
  object   TEXT   NOT NULL,                       -- txn_…, transaction id
  kind     TEXT   NOT NULL,                       -- charge, refund, dispute, fee, transfer, other
  source   TEXT   NOT NULL,                       -- pi_…, tr_…, an order: what it belongs to
  ours     INTEGER NOT NULL CHECK (ours IN (0, 1)), -- 1: it carries our mark
  currency TEXT   NOT NULL,
  amount   BIGINT NOT NULL,                       -- as the provider has it, fee apart
  fee      BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  seen_at  BIGINT NOT NULL,
  verdict  TEXT   NOT NULL CHECK (verdict IN
    ('expected', 'missing', 'over', 'under', 'wrong_currency', 'other', 'open')),
  ref      TEXT   NOT NULL,                       -- ours: sale:77, payout:3
  PRIMARY KEY (provider, object)
) /*SQLITE: STRICT, WITHOUT ROWID*/;
CREATE INDEX provider_line_open ON provider_line (provider, at) WHERE verdict <> 'expected';
CREATE INDEX provider_line_ref ON provider_line (provider, ref);

-- How far a provider's list was read, and what it says it holds.
CREATE TABLE provider_state (
  provider TEXT   NOT NULL PRIMARY KEY,
  cursor   TEXT   NOT NULL,
  holds    BIGINT,                                -- available and pending; NULL: it never said
  ours     BIGINT,                                -- clearing account at that moment
  base     BIGINT,                                -- what they held beyond it when first compared
  off      BIGINT NOT NULL,                       -- what neither base nor lines explain
  at       BIGINT NOT NULL,                       -- of the last reading that came to its end; 0: none
  why      TEXT   NOT NULL                        -- why the last reading failed; empty: it did not
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- Checks of the books that run by time: when, how far, what they found.
CREATE TABLE book_check (
  name  TEXT   NOT NULL PRIMARY KEY,              -- chain, whole
  at    BIGINT NOT NULL,
  seq   BIGINT NOT NULL,                          -- the last entry that was looked at and is good
  sha   BLOB   NOT NULL CHECK (length(sha) = 32), -- its hash
  found BIGINT NOT NULL,
  why   TEXT   NOT NULL                           -- the first difference
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- What was booked about one thing: comparisons ask by it.
CREATE INDEX journal_ref ON journal (ref);

-- Open items of clearing accounts, where closed ones are many.
CREATE INDEX item_balance_open ON item_balance (account_id) WHERE bal <> 0;
