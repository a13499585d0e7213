-- schema 0016
-- Upkeep of an installation: copies, drills, checks; when a part was away; a ledger that was restored.

-- One run of something that looks after the ledger file, told by whoever ran it.
CREATE TABLE upkeep (
  id       INTEGER PRIMARY KEY,
  kind     TEXT   NOT NULL CHECK (kind IN ('backup', 'drill', 'verify', 'audit', 'restore', 'upgrade')),
  began_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  good     BIGINT NOT NULL CHECK (good IN (0, 1)),
  words    TEXT   NOT NULL,                       -- a sentence for people: what, or why not
  seq      BIGINT NOT NULL,                       -- last entry of the ledger it looked at
  head     TEXT   NOT NULL,                       -- that entry's hash, hex; empty: none
  bytes    BIGINT NOT NULL,                       -- of the copy; 0: none
  CHECK (ended_at >= began_at)
) /*SQLITE: STRICT*/;
CREATE INDEX upkeep_kind ON upkeep (kind, id);

-- The newest sign of life of a part; the gap to the next one tells how long it was away.
CREATE TABLE alive (
  part    TEXT   PRIMARY KEY CHECK (part IN ('vault', 'web', 'jobs')),
  at      BIGINT NOT NULL,
  tick    BIGINT NOT NULL,                        -- the machine's steady clock then, ms
  since   BIGINT NOT NULL,                        -- its first sign: what was before nobody knows
  stopped BIGINT NOT NULL CHECK (stopped IN (0, 1))     -- 1: it ended in order
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE TABLE outage (
  id       INTEGER PRIMARY KEY,
  part     TEXT   NOT NULL CHECK (part IN ('vault', 'web', 'jobs')),
  began_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  planned  BIGINT NOT NULL CHECK (planned IN (0, 1)),   -- 1: it was stopped in order
  CHECK (ended_at >= began_at)
) /*SQLITE: STRICT*/;
CREATE INDEX outage_ended ON outage (ended_at);
CREATE INDEX alert_past ON alert (resolved_at) WHERE resolved_at IS NOT NULL;

-- A restored ledger does not know what happened after its copy was made: nothing is paid from it until
-- somebody has looked.
CREATE TABLE quarantine (
  id       INTEGER PRIMARY KEY,
  began_at BIGINT NOT NULL,
  copy_at  BIGINT NOT NULL,                       -- when the copy was made
  seq      BIGINT NOT NULL,                       -- its last entry
  reason   TEXT   NOT NULL,
  ended_at BIGINT,
  ended_by TEXT,
  note     TEXT,
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) /*SQLITE: STRICT*/;
CREATE UNIQUE INDEX quarantine_open ON quarantine (COALESCE(ended_at, 0)) WHERE ended_at IS NULL;

-- Numbers that somebody outside may know from before a restore are not given to something else.
CREATE TABLE id_floor (
  kind  TEXT   PRIMARY KEY CHECK (kind IN ('checkout', 'payout')),
  least BIGINT NOT NULL
) /*SQLITE: STRICT, WITHOUT ROWID*/;
