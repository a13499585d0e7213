-- schema 0010
-- DJs, tips, songs.

CREATE TABLE dj (
  member_id   BIGINT  NOT NULL PRIMARY KEY REFERENCES member (id),
  on_air      INTEGER NOT NULL CHECK (on_air IN (0, 1)),
  paused      INTEGER NOT NULL CHECK (paused IN (0, 1)),
  min         BIGINT  NOT NULL,                   -- 0: the house's
  max_open    INTEGER NOT NULL,                   -- 0: 20
  max_per_fan INTEGER NOT NULL,                   -- 0: 3
  banned      TEXT    NOT NULL                    -- words, one a line
) /*SQLITE: STRICT, WITHOUT ROWID*/;
CREATE UNIQUE INDEX dj_on_air ON dj (on_air) WHERE on_air = 1;

-- What a fan wants with a tip, before it is paid.
CREATE TABLE wish (
  checkout_id BIGINT NOT NULL PRIMARY KEY REFERENCES checkout (id),
  dj_id       BIGINT NOT NULL REFERENCES member (id),
  fan         TEXT   NOT NULL,                    -- member:3, addr:…: for limits
  name        TEXT   NOT NULL,
  message     TEXT   NOT NULL,
  title       TEXT   NOT NULL,
  artist      TEXT   NOT NULL,
  link        TEXT   NOT NULL,
  at          BIGINT NOT NULL
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE TABLE tip (
  id          INTEGER PRIMARY KEY,
  provider    TEXT   NOT NULL,
  payment     TEXT   NOT NULL,
  inbox_id    BIGINT NOT NULL REFERENCES inbox (id),
  dj_id       BIGINT REFERENCES member (id),      -- NULL: nobody was known, the house has it
  checkout_id BIGINT REFERENCES checkout (id),
  at          BIGINT NOT NULL,                    -- when it was paid, as the provider has it
  arrived_at  BIGINT NOT NULL,
  clear_at    BIGINT NOT NULL,
  currency    TEXT   NOT NULL,
  amount      BIGINT NOT NULL CHECK (amount > 0),
  fee         BIGINT NOT NULL CHECK (fee >= 0 AND fee <= amount),
  name        TEXT   NOT NULL,                    -- empty: nobody is named
  message     TEXT   NOT NULL,
  hidden      INTEGER NOT NULL CHECK (hidden IN (0, 1)),
  test        INTEGER NOT NULL CHECK (test IN (0, 1)),
  seq         BIGINT REFERENCES journal (seq),    -- NULL: a test, not booked
  UNIQUE (provider, payment)
) /*SQLITE: STRICT*/;
CREATE INDEX tip_dj ON tip (dj_id, id);
CREATE INDEX tip_checkout ON tip (checkout_id) WHERE checkout_id IS NOT NULL;

-- How a booked tip stands: how much went back, with the cap; whether it is available.
CREATE TABLE tip_state (
  tip_id   BIGINT  NOT NULL PRIMARY KEY REFERENCES tip (id),
  gross    BIGINT  NOT NULL,
  returned BIGINT  NOT NULL,
  clear_at BIGINT  NOT NULL,
  released INTEGER NOT NULL CHECK (released IN (0, 1)),
  CHECK (returned >= 0 AND returned <= gross)
) /*SQLITE: STRICT, WITHOUT ROWID*/;
CREATE INDEX tip_state_due ON tip_state (clear_at) WHERE released = 0;

-- Money of a tip that went back, came again, was released.
CREATE TABLE tip_move (
  id       INTEGER PRIMARY KEY,
  tip_id   BIGINT NOT NULL REFERENCES tip (id),
  kind     TEXT   NOT NULL CHECK (kind IN
    ('refund', 'total', 'failed', 'dispute', 'freeze', 'won', 'lost', 'release')),
  object   TEXT   NOT NULL,                       -- refund or dispute id
  amount   BIGINT NOT NULL,                       -- of this refund or dispute, 0 when cumulative
  total    BIGINT NOT NULL,                       -- cumulative figure seen, 0 when per refund
  booked   BIGINT NOT NULL,                       -- what this row took back; below 0: gave again
  seq      BIGINT REFERENCES journal (seq),       -- NULL: nothing moved
  inbox_id BIGINT REFERENCES inbox (id),
  at       BIGINT NOT NULL
) /*SQLITE: STRICT*/;
CREATE INDEX tip_move_tip ON tip_move (tip_id);

CREATE TABLE request (
  id         INTEGER PRIMARY KEY,
  tip_id     BIGINT NOT NULL UNIQUE REFERENCES tip (id),
  dj_id      BIGINT NOT NULL REFERENCES member (id),
  fan        TEXT   NOT NULL,
  title      TEXT   NOT NULL,
  artist     TEXT   NOT NULL,
  link       TEXT   NOT NULL,
  amount     BIGINT NOT NULL,
  state      TEXT   NOT NULL CHECK (state IN
    ('waiting', 'playing', 'done', 'skipped', 'offered', 'kept', 'refunding', 'refunded')),
  reason     TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  played_at  BIGINT,
  offered_at BIGINT
) /*SQLITE: STRICT*/;
CREATE INDEX request_queue ON request (dj_id, state, at);
CREATE INDEX request_state ON request (state, at);
