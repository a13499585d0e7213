-- schema 0002
-- Double entry. Minor units, debit positive, credit negative. Lines first, header last: the
-- header's guard judges the whole entry (0002-ledger.guard.sqlite.sql).

CREATE TABLE currency (
  code     TEXT    NOT NULL PRIMARY KEY CHECK (length(code) = 3),
  exponent INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 9)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE TABLE account (
  id        INTEGER PRIMARY KEY,
  code      TEXT    NOT NULL UNIQUE,              -- L:wallet:3
  kind      TEXT    NOT NULL CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense')),
  currency  TEXT    NOT NULL REFERENCES currency (code),
  owner_id  BIGINT  REFERENCES member (id),       -- whose wallet or receivable
  by_item   INTEGER NOT NULL CHECK (by_item IN (0, 1)),
  opened_at BIGINT  NOT NULL
) /*SQLITE: STRICT*/;
CREATE INDEX account_owner ON account (owner_id) WHERE owner_id IS NOT NULL;

CREATE TABLE journal (
  seq          INTEGER PRIMARY KEY CHECK (seq >= 1), -- dense, in commit order
  kind         TEXT   NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
  idem_scope   TEXT   NOT NULL,
  idem_key     TEXT   NOT NULL CHECK (length(idem_key) BETWEEN 1 AND 200),
  request_sha  BLOB   NOT NULL CHECK (length(request_sha) = 32),
  effective_at BIGINT NOT NULL,                   -- when it happened outside
  recorded_at  BIGINT NOT NULL,                   -- when we wrote it, never backwards
  ref          TEXT   NOT NULL,                   -- sale:77, race:12
  reverses     BIGINT UNIQUE REFERENCES journal (seq),
  policy       TEXT   NOT NULL,                   -- rule:3, or empty
  actor        TEXT   NOT NULL,
  meta         TEXT   NOT NULL,                   -- inputs of the split (sql/FORMAT.md)
  n_lines      INTEGER NOT NULL CHECK (n_lines >= 2),
  prev_sha     BLOB   NOT NULL CHECK (length(prev_sha) = 32),
  sha          BLOB   NOT NULL CHECK (length(sha) = 32),
  UNIQUE (idem_scope, idem_key)
) /*SQLITE: STRICT*/;

CREATE TABLE posting (
  seq        BIGINT NOT NULL REFERENCES journal (seq) DEFERRABLE INITIALLY DEFERRED,
  account_id BIGINT NOT NULL REFERENCES account (id),
  item       TEXT   NOT NULL,                     -- empty unless the account is kept by item
  amount     BIGINT NOT NULL CHECK (amount <> 0),
  ver        BIGINT NOT NULL CHECK (ver >= 1),    -- of the account, dense
  bal_after  BIGINT NOT NULL,
  PRIMARY KEY (seq, account_id, item)
) /*SQLITE: STRICT, WITHOUT ROWID*/;
CREATE UNIQUE INDEX posting_ver ON posting (account_id, ver);

CREATE TABLE balance (
  account_id BIGINT  NOT NULL PRIMARY KEY REFERENCES account (id),
  currency   TEXT    NOT NULL,
  by_item    INTEGER NOT NULL,
  sign       INTEGER NOT NULL CHECK (sign IN (1, -1)), -- normal side, for items
  bal        BIGINT  NOT NULL,
  debits     BIGINT  NOT NULL CHECK (debits >= 0),
  credits    BIGINT  NOT NULL CHECK (credits >= 0),
  ver        BIGINT  NOT NULL,
  lim_lo     BIGINT,
  lim_hi     BIGINT,                              -- wallets: 0, never a debit balance
  CHECK (bal = debits - credits),
  CHECK (lim_lo IS NULL OR bal >= lim_lo),
  CHECK (lim_hi IS NULL OR bal <= lim_hi)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE TABLE item_balance (
  account_id BIGINT  NOT NULL REFERENCES account (id),
  item       TEXT    NOT NULL CHECK (item <> ''),
  sign       INTEGER NOT NULL CHECK (sign IN (1, -1)),
  bal        BIGINT  NOT NULL,
  PRIMARY KEY (account_id, item),
  CHECK (bal * sign >= 0)                         -- an open item never crosses zero
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- One row: the last journal entry, so that each guard needs one look-up.
CREATE TABLE head (
  id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  seq         BIGINT  NOT NULL,
  sha         BLOB    NOT NULL CHECK (length(sha) = 32),
  recorded_at BIGINT  NOT NULL
) /*SQLITE: STRICT*/;

-- Cap of everything that goes back to a buyer, over refunds and disputes together; a sale has a
-- row from its first refund on.
CREATE TABLE refundable (
  sale_id  BIGINT NOT NULL PRIMARY KEY,
  gross    BIGINT NOT NULL CHECK (gross > 0),
  returned BIGINT NOT NULL CHECK (returned >= 0 AND returned <= gross)
) /*SQLITE: STRICT, WITHOUT ROWID*/;
