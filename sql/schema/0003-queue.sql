-- schema 0003
-- What came in, what must go out, what browsers should hear.

CREATE TABLE inbox (
  id           INTEGER PRIMARY KEY,
  provider     TEXT   NOT NULL,
  delivery_key TEXT   NOT NULL,                   -- the provider's id of the notice
  type         TEXT   NOT NULL,                   -- charge.refunded
  received_at  BIGINT NOT NULL,
  state        TEXT   NOT NULL CHECK (state IN ('applied', 'ignored', 'waiting', 'set_aside', 'failed')),
  reason       TEXT   NOT NULL,                   -- in words; empty when applied
  ref          TEXT   NOT NULL,                   -- sale:77, or empty
  tries        BIGINT NOT NULL,
  due_at       BIGINT,                            -- next try by itself; NULL: none
  body         BLOB   NOT NULL,                   -- the raw bytes
  UNIQUE (provider, delivery_key)
) /*SQLITE: STRICT*/;
CREATE INDEX inbox_open ON inbox (state, id) WHERE state IN ('waiting', 'set_aside', 'failed');

CREATE TABLE outbox (
  id          INTEGER PRIMARY KEY,
  kind        TEXT   NOT NULL,                    -- a row of job/table.c
  key         TEXT   NOT NULL,
  payload     TEXT   NOT NULL,
  state       TEXT   NOT NULL CHECK (state IN ('due', 'leased', 'done', 'dead')),
  created_at  BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  tries       BIGINT NOT NULL,
  fence       BIGINT NOT NULL,                    -- rises with each lease
  lease_until BIGINT,
  last_error  TEXT   NOT NULL,
  done_at     BIGINT,
  UNIQUE (kind, key)
) /*SQLITE: STRICT*/;
CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN ('due', 'leased');

CREATE TABLE live_channel (
  channel TEXT   NOT NULL PRIMARY KEY,            -- race/12, home
  seq     BIGINT NOT NULL
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE TABLE live_message (
  id      INTEGER PRIMARY KEY,
  channel TEXT   NOT NULL,
  seq     BIGINT NOT NULL,                        -- one more than the channel's last
  at      BIGINT NOT NULL,
  type    TEXT   NOT NULL,                        -- pot.changed
  data    TEXT   NOT NULL                         -- JSON object, absolute values
) /*SQLITE: STRICT*/;
