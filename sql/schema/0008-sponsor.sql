-- schema 0008
-- Sponsors, where they are shown, and what was really seen.

CREATE TABLE logo (
  sha      TEXT   NOT NULL PRIMARY KEY,           -- of the bytes as given, hex
  type     TEXT   NOT NULL CHECK (type IN ('image/png', 'image/svg+xml')),
  bytes    BLOB   NOT NULL,
  at       BIGINT NOT NULL,
  ready_at BIGINT                                 -- cleaned copy stands in media/logo/<sha>.png
) /*SQLITE: STRICT*/;

CREATE TABLE sponsor (
  id         INTEGER PRIMARY KEY,
  name       TEXT   NOT NULL UNIQUE,
  text       TEXT   NOT NULL,                     -- one line beside the logo
  url        TEXT   NOT NULL,                     -- https://…, or empty
  logo_sha   TEXT REFERENCES logo (sha),
  member_id  BIGINT REFERENCES member (id),       -- who may read the report; NULL: staff only
  created_at BIGINT NOT NULL,
  ended_at   BIGINT,
  actor      TEXT   NOT NULL
) /*SQLITE: STRICT*/;

-- slot = place x time
CREATE TABLE sponsor_slot (
  id         INTEGER PRIMARY KEY,
  sponsor_id BIGINT NOT NULL REFERENCES sponsor (id),
  season_id  BIGINT REFERENCES season (id),       -- NULL: every season
  place      TEXT   NOT NULL CHECK (place IN
    ('standings_head', 'overlay_corner', 'overlay_break', 'race_card', 'season_prize')),
  from_at    BIGINT NOT NULL,
  to_at      BIGINT NOT NULL,
  price      BIGINT NOT NULL CHECK (price >= 0),  -- as agreed, minor units
  actor      TEXT   NOT NULL,
  CHECK (to_at > from_at)
) /*SQLITE: STRICT*/;
CREATE INDEX sponsor_slot_time ON sponsor_slot (place, from_at);

-- Seconds really visible, as the overlay told every 15 s.
CREATE TABLE sponsor_air (
  sponsor_id BIGINT NOT NULL REFERENCES sponsor (id),
  place      TEXT   NOT NULL,
  race_id    BIGINT NOT NULL,                     -- 0: between races
  day        TEXT   NOT NULL,                     -- 2026-05-01, UTC
  seconds    BIGINT NOT NULL,
  breaks     BIGINT NOT NULL,                     -- times the source vanished meanwhile
  last_at    BIGINT NOT NULL,                     -- counted up to here: two overlays are no two airs
  PRIMARY KEY (sponsor_id, place, race_id, day)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- Seen and clicked on pages.
CREATE TABLE sponsor_count (
  sponsor_id BIGINT NOT NULL REFERENCES sponsor (id),
  place      TEXT   NOT NULL,
  day        TEXT   NOT NULL,
  views      BIGINT NOT NULL,
  clicks     BIGINT NOT NULL,
  PRIMARY KEY (sponsor_id, place, day)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- How each overlay is, one row per address and kind.
CREATE TABLE overlay_seen (
  overlay_id BIGINT  NOT NULL REFERENCES overlay (id),
  kind       TEXT    NOT NULL,
  first_at   BIGINT  NOT NULL,
  at         BIGINT  NOT NULL,
  channel    TEXT    NOT NULL,
  seq        BIGINT  NOT NULL,                    -- of the channel, as the overlay knows it
  visible    INTEGER NOT NULL CHECK (visible IN (0, 1)),
  place      TEXT    NOT NULL,                    -- sponsor slot shown, or empty
  sponsor_id BIGINT  NOT NULL,                    -- in that slot; 0: none
  late       BIGINT  NOT NULL,                    -- frames late since the last note
  reconnects BIGINT  NOT NULL,
  agent      TEXT    NOT NULL,                    -- version of the streaming software
  unknown    TEXT    NOT NULL,                    -- options it did not understand
  PRIMARY KEY (overlay_id, kind)
) /*SQLITE: STRICT, WITHOUT ROWID*/;
