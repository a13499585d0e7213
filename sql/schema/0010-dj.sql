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

-- Money of a tip that went back, came again, was released.
CREATE TABLE tip_move (
  id       INTEGER PRIMARY KEY,
  tip_id   BIGINT NOT NULL REFERENCES tip (id),
  kind     TEXT   NOT NULL CHECK (kind IN
    ('refund', 'total', 'failed', 'dispute', 'won', 'lost', 'release')),
  object   TEXT   NOT NULL,
  amount   BIGINT NOT NULL,
  total    BIGINT NOT NULL,
  booked   BIGINT NOT NULL,
  seq      BIGINT REFERENCES journal (seq),
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
CREATE INDEX request_open ON request (dj_id, at) WHERE state IN ('waiting', 'playing', 'offered');
