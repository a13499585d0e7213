-- schema 0007
-- Conversations: what was answered, what stands in channels.

-- The first answer of each interaction: a repeat gets the same. Forgotten after an hour.
CREATE TABLE interaction (
  id      TEXT   NOT NULL PRIMARY KEY,            -- the provider's
  at      BIGINT NOT NULL,
  what    TEXT   NOT NULL,                        -- "/start", "button join", …
  actor   TEXT   NOT NULL,
  answer  TEXT   NOT NULL                         -- JSON as sent
) /*SQLITE: STRICT, WITHOUT ROWID*/;
CREATE INDEX interaction_at ON interaction (at);

-- Our messages in channels, so that they can be edited.
CREATE TABLE post (
  topic   TEXT   NOT NULL,                        -- race.card, season.closed, …
  object  TEXT   NOT NULL,                        -- race:12
  channel TEXT   NOT NULL,
  message TEXT   NOT NULL,                        -- the provider's id
  sha     TEXT   NOT NULL,                        -- of the content last sent, hex: equal content is not sent again
  at      BIGINT NOT NULL,
  PRIMARY KEY (topic, object)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- What a channel does not want to be told; no row: told.
CREATE TABLE tell_off (
  channel TEXT NOT NULL,
  topic   TEXT NOT NULL,
  PRIMARY KEY (channel, topic)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- A substitute who has been asked and has five minutes to accept.
CREATE TABLE sub_offer (
  id         INTEGER PRIMARY KEY,
  race_id    BIGINT  NOT NULL REFERENCES race (id),
  seat_no    INTEGER NOT NULL,
  round      INTEGER NOT NULL,
  subject    TEXT    NOT NULL,                    -- who was asked, id at the provider
  actor      TEXT    NOT NULL,                    -- who asked
  at         BIGINT  NOT NULL,
  expires_at BIGINT  NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('open', 'accepted', 'gone'))
) /*SQLITE: STRICT*/;
CREATE UNIQUE INDEX sub_offer_open ON sub_offer (race_id, seat_no) WHERE state = 'open';

-- A correction that somebody of the staff looks at before they apply it.
CREATE TABLE fix_draft (
  id        INTEGER PRIMARY KEY,
  race_id   BIGINT NOT NULL REFERENCES race (id),
  places    TEXT   NOT NULL,                      -- by seat 1 to 8: "2,-1,0,…"; 0: DNF, -1: as it is
  reason    TEXT   NOT NULL,
  hash      TEXT   NOT NULL,                      -- of the preview, hex; empty: done
  member_id BIGINT NOT NULL REFERENCES member (id),
  at        BIGINT NOT NULL
) /*SQLITE: STRICT*/;
