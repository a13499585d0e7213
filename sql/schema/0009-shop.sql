-- schema 0009
-- What we sell ourselves, and refunds that we ask for.

-- How a product stands in our own shop; a product without a row is not sold there.
CREATE TABLE shelf (
  product_id BIGINT  NOT NULL PRIMARY KEY REFERENCES product (id),
  price      BIGINT  NOT NULL CHECK (price > 0),  -- minor units, tax within
  shipping   BIGINT  NOT NULL CHECK (shipping >= 0),
  text       TEXT    NOT NULL,                    -- one line about it
  shopify    TEXT    NOT NULL,                    -- variant there, or empty
  kofi       TEXT    NOT NULL,                    -- direct link code there, or empty
  picture    TEXT REFERENCES logo (sha),          -- cleaned like a logo
  rank       INTEGER NOT NULL,
  ended_at   BIGINT,
  actor      TEXT    NOT NULL
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE TABLE checkout (
  id         INTEGER PRIMARY KEY,
  token_sha  BLOB   NOT NULL UNIQUE CHECK (length(token_sha) = 32),
  kind       TEXT   NOT NULL CHECK (kind IN ('sale', 'tip')),
  state      TEXT   NOT NULL CHECK (state IN ('new', 'open', 'paid', 'gone', 'failed')),
  amount     BIGINT NOT NULL CHECK (amount > 0),
  shipping   BIGINT NOT NULL CHECK (shipping >= 0),
  title      TEXT   NOT NULL,
  items      TEXT   NOT NULL,
  tag        TEXT   NOT NULL,
  back       TEXT   NOT NULL,                     -- path with the token, for the way back
  member_id  BIGINT REFERENCES member (id),
  session    TEXT   NOT NULL,                     -- the provider's id; empty while new
  url        TEXT   NOT NULL,
  why        TEXT   NOT NULL,
  ref        TEXT   NOT NULL,                     -- sale:77, tip:5, once paid
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) /*SQLITE: STRICT*/;
CREATE INDEX checkout_open ON checkout (expires_at) WHERE state IN ('new', 'open');

CREATE TABLE giveback (
  id       INTEGER PRIMARY KEY,
  key      TEXT   NOT NULL UNIQUE,                -- idempotency key at the provider
  provider TEXT   NOT NULL,
  payment  TEXT   NOT NULL,
  amount   BIGINT NOT NULL CHECK (amount > 0),
  ref      TEXT   NOT NULL,
  reason   TEXT   NOT NULL,
  actor    TEXT   NOT NULL,
  state    TEXT   NOT NULL CHECK (state IN
    ('new', 'asked', 'unknown', 'done', 'failed', 'by_hand')),
  object   TEXT   NOT NULL,                       -- the provider's id of the refund
  why      TEXT   NOT NULL,
  at       BIGINT NOT NULL,
  UNIQUE (ref, amount)
) /*SQLITE: STRICT*/;
CREATE INDEX giveback_payment ON giveback (provider, payment);
