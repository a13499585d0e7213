-- schema 0006
-- Seasons, points tables, results, penalties, trophies; what members decide about themselves.

ALTER TABLE member ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;        -- 1: "Racer 41" on every public surface
ALTER TABLE member ADD COLUMN earnings TEXT NOT NULL DEFAULT 'hidden';  -- public, members, hidden: sums over races
ALTER TABLE member ADD COLUMN rules_at BIGINT;                          -- when the rules were accepted; NULL: not yet

-- A member as the public may name them: every public surface reads names here.
CREATE VIEW person AS
  SELECT id, CASE WHEN hidden = 1 THEN 'Racer ' || id ELSE name END AS name, hidden, earnings
    FROM member;

ALTER TABLE session ADD COLUMN label TEXT NOT NULL DEFAULT '';  -- the browser, for its owner's list

-- Who somebody is elsewhere. A subject belongs to one member for ever.
CREATE TABLE identity (
  provider   TEXT   NOT NULL,                     -- discord
  subject    TEXT   NOT NULL,                     -- the id there, decimal text
  member_id  BIGINT NOT NULL REFERENCES member (id),
  name       TEXT   NOT NULL,                     -- as last seen there; unchecked text
  avatar     TEXT   NOT NULL,                     -- hash of the picture there, or empty
  avatar_sha TEXT   NOT NULL,                     -- of our copy, media/avatar/<sha>.png, or empty
  seen_at    BIGINT NOT NULL,
  PRIMARY KEY (provider, subject),
  UNIQUE (provider, member_id)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- Switches of what we may tell a member; no row: on.
CREATE TABLE notify_off (
  member_id BIGINT NOT NULL REFERENCES member (id),
  what      TEXT   NOT NULL,
  PRIMARY KEY (member_id, what)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- A login through a provider, from the first redirect to the session.
CREATE TABLE login_try (
  id         INTEGER PRIMARY KEY,
  provider   TEXT   NOT NULL,
  state_sha  BLOB   NOT NULL UNIQUE CHECK (length(state_sha) = 32), -- of the browser's own secret
  verifier   TEXT   NOT NULL,                     -- PKCE; emptied when the code was exchanged
  code       TEXT   NOT NULL,                     -- emptied likewise
  go_to      TEXT   NOT NULL,                     -- path of ours to return to
  state      TEXT   NOT NULL CHECK (state IN ('begun', 'exchanging', 'known', 'refused', 'used')),
  reason     TEXT   NOT NULL,                     -- of a refusal, for the person
  member_id  BIGINT REFERENCES member (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) /*SQLITE: STRICT*/;

-- One version of a points table; never changed.
CREATE TABLE points_table (
  id         INTEGER PRIMARY KEY,
  name       TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  points     TEXT    NOT NULL,                    -- "15,12,10,9,8,7,6,5": places 1 to 8
  dnf        INTEGER NOT NULL CHECK (dnf BETWEEN 0 AND 1000),
  created_at BIGINT  NOT NULL,
  actor      TEXT    NOT NULL,
  UNIQUE (name, version)
) /*SQLITE: STRICT*/;

CREATE TABLE season (
  id         INTEGER PRIMARY KEY,
  slug       TEXT    NOT NULL UNIQUE,             -- spring-26
  name       TEXT    NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
  starts_at  BIGINT  NOT NULL,
  ends_at    BIGINT,                              -- as planned; NULL: not said
  points_id  BIGINT  NOT NULL REFERENCES points_table (id),
  drops      INTEGER NOT NULL CHECK (drops BETWEEN 0 AND 20),
  drop_from  INTEGER NOT NULL CHECK (drop_from BETWEEN 0 AND 1000), -- drops begin with so many races driven
  rule       TEXT    NOT NULL,                    -- name of the split rule of its races
  created_at BIGINT  NOT NULL,
  closed_at  BIGINT,
  actor      TEXT    NOT NULL
) /*SQLITE: STRICT*/;

ALTER TABLE race ADD COLUMN season_id BIGINT REFERENCES season (id); -- NULL: a friendly race
CREATE INDEX race_season ON race (season_id) WHERE season_id IS NOT NULL;
ALTER TABLE race ADD COLUMN reminded_at BIGINT;                      -- drivers without a report were told

-- Every report of a place as it was made; the seat holds the newest one.
CREATE TABLE report (
  id        INTEGER PRIMARY KEY,
  race_id   BIGINT  NOT NULL REFERENCES race (id),
  seat_no   INTEGER NOT NULL,
  place     INTEGER CHECK (place BETWEEN 1 AND 8), -- NULL: DNF
  source    TEXT    NOT NULL CHECK (source IN ('driver', 'host', 'staff', 'clock', 'fix')),
  actor     TEXT    NOT NULL,
  note      TEXT    NOT NULL,                     -- "no report", or empty
  at        BIGINT  NOT NULL
) /*SQLITE: STRICT*/;
CREATE INDEX report_race ON report (race_id, id);

CREATE TABLE dispute (
  id        INTEGER PRIMARY KEY,
  race_id   BIGINT NOT NULL REFERENCES race (id),
  member_id BIGINT NOT NULL REFERENCES member (id), -- who disputes
  reason    TEXT   NOT NULL,
  opened_at BIGINT NOT NULL,
  state     TEXT   NOT NULL CHECK (state IN ('OPEN', 'UPHELD', 'REJECTED', 'WITHDRAWN')),
  closed_at BIGINT,
  closed_by TEXT   NOT NULL,                      -- actor, or empty
  answer    TEXT   NOT NULL                       -- reason of the decision, or empty
) /*SQLITE: STRICT*/;
CREATE UNIQUE INDEX dispute_one ON dispute (race_id, member_id) WHERE state = 'OPEN';
CREATE INDEX dispute_race ON dispute (race_id, id);

-- What a race gave each driver, written when it became FINAL; a fix writes the whole race again
-- with the next version. The highest version counts.
CREATE TABLE result (
  race_id   BIGINT  NOT NULL REFERENCES race (id),
  version   INTEGER NOT NULL CHECK (version >= 1),
  seat_no   INTEGER NOT NULL,
  member_id BIGINT  NOT NULL REFERENCES member (id),
  season_id BIGINT REFERENCES season (id),        -- NULL: a friendly race
  kind      TEXT    NOT NULL CHECK (kind IN ('start', 'substituted')), -- substituted: no points, no start
  place     INTEGER CHECK (place BETWEEN 1 AND 8), -- of the seat; NULL: DNF
  points    INTEGER NOT NULL,
  rounds    INTEGER NOT NULL,                     -- driven by this member
  points_id BIGINT REFERENCES points_table (id),
  raced_at  BIGINT  NOT NULL,                     -- when the race became FINAL: its order in the season
  at        BIGINT  NOT NULL,                     -- when this version was written
  PRIMARY KEY (race_id, version, seat_no, member_id)
) /*SQLITE: STRICT, WITHOUT ROWID*/;
CREATE INDEX result_season ON result (season_id, raced_at, race_id, version);
CREATE INDEX result_member ON result (member_id, race_id);

-- A result changed after FINAL: both states, who, why.
CREATE TABLE fix (
  id       INTEGER PRIMARY KEY,
  race_id  BIGINT  NOT NULL REFERENCES race (id),
  version  INTEGER NOT NULL,                      -- of result that it wrote
  reason   TEXT    NOT NULL,
  actor    TEXT    NOT NULL,
  old      TEXT    NOT NULL,                      -- JSON of the preview's two sides
  new      TEXT    NOT NULL,
  seq      BIGINT REFERENCES journal (seq),       -- the entry that moved cents; NULL: none had to
  at       BIGINT  NOT NULL,
  UNIQUE (race_id, version)
) /*SQLITE: STRICT*/;

CREATE TABLE penalty (
  id          INTEGER PRIMARY KEY,
  season_id   BIGINT  NOT NULL REFERENCES season (id),
  race_id     BIGINT  NOT NULL REFERENCES race (id),
  member_id   BIGINT  NOT NULL REFERENCES member (id),
  incident    TEXT    NOT NULL,                   -- "lap 2 contact": once per race, racer and incident
  points      INTEGER NOT NULL CHECK (points BETWEEN 1 AND 1000), -- taken away
  reason      TEXT    NOT NULL,
  actor       TEXT    NOT NULL,
  at          BIGINT  NOT NULL,
  lifted_at   BIGINT,
  lifted_why  TEXT    NOT NULL,
  UNIQUE (race_id, member_id, incident)
) /*SQLITE: STRICT*/;
CREATE INDEX penalty_season ON penalty (season_id);

-- What was wrong with a season that is closed.
CREATE TABLE erratum (
  id        INTEGER PRIMARY KEY,
  season_id BIGINT NOT NULL REFERENCES season (id),
  text      TEXT   NOT NULL,
  actor     TEXT   NOT NULL,
  at        BIGINT NOT NULL
) /*SQLITE: STRICT*/;

-- The table of a closed season, as it was when it closed.
CREATE TABLE season_row (
  season_id BIGINT  NOT NULL REFERENCES season (id),
  member_id BIGINT  NOT NULL REFERENCES member (id),
  rank      INTEGER NOT NULL,
  points    INTEGER NOT NULL,
  starts    INTEGER NOT NULL,
  wins      INTEGER NOT NULL,
  podiums   INTEGER NOT NULL,
  dnfs      INTEGER NOT NULL,
  reason    TEXT    NOT NULL,                     -- what decided a tie, or empty; "racer 7" for names
  PRIMARY KEY (season_id, member_id)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- Permanent awards. A fix may take one back; the row stays and says why.
CREATE TABLE trophy (
  id          INTEGER PRIMARY KEY,
  kind        TEXT   NOT NULL CHECK (kind IN ('win', 'podium', 'champion', 'runner_up', 'third',
    'most_wins', 'most_starts', 'biggest_pot', 'clean_season', 'giant_slayer', 'iron_substitute')),
  member_id   BIGINT NOT NULL REFERENCES member (id),
  season_id   BIGINT NOT NULL,                    -- 0: a friendly race
  race_id     BIGINT NOT NULL,                    -- 0: of a whole season
  words       TEXT   NOT NULL,                    -- "2nd of 8 in race 128"; no names
  at          BIGINT NOT NULL,
  revoked_at  BIGINT,
  revoked_why TEXT   NOT NULL
) /*SQLITE: STRICT*/;
CREATE UNIQUE INDEX trophy_one ON trophy (kind, member_id, season_id, race_id) WHERE revoked_at IS NULL;
CREATE INDEX trophy_member ON trophy (member_id, id);
CREATE INDEX trophy_race ON trophy (race_id);
CREATE INDEX trophy_season ON trophy (season_id);

-- A season's grand prizes; shown as funded only when the money is with us.
CREATE TABLE season_prize (
  season_id  BIGINT  NOT NULL REFERENCES season (id),
  place      INTEGER NOT NULL CHECK (place BETWEEN 1 AND 8),
  amount     BIGINT  NOT NULL CHECK (amount > 0),
  label      TEXT    NOT NULL,
  sponsor_id BIGINT  NOT NULL,                    -- 0: none
  created_at BIGINT  NOT NULL,
  actor      TEXT    NOT NULL,
  funded_seq BIGINT REFERENCES journal (seq),
  funded_at  BIGINT,
  paid_seq   BIGINT REFERENCES journal (seq),
  paid_at    BIGINT,
  member_id  BIGINT REFERENCES member (id),       -- who got it
  PRIMARY KEY (season_id, place)
) /*SQLITE: STRICT, WITHOUT ROWID*/;
