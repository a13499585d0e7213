-- schema 0001
-- Portable SQL. For SQLite the generator (sql/embed.awk) uncovers /*SQLITE: ... */ and reads
-- BIGINT as INTEGER, since STRICT tables know no other name; PostgreSQL takes the files as they are.
--
-- People, sessions, tokens, audit and alerts. Times are UTC milliseconds, bound by the program.

CREATE TABLE stamp (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE TABLE member (
  id         INTEGER PRIMARY KEY,
  name       TEXT   NOT NULL,
  name_key   TEXT   NOT NULL UNIQUE,              -- lower case: one name, one person
  created_at BIGINT NOT NULL,
  blocked_at BIGINT                               -- NULL: may log in
) /*SQLITE: STRICT*/;

CREATE TABLE role_grant (
  member_id  BIGINT NOT NULL REFERENCES member (id),
  role       TEXT   NOT NULL CHECK (role IN ('host', 'dj', 'creator', 'staff', 'operator', 'auditor')),
  granted_at BIGINT NOT NULL,
  granted_by TEXT   NOT NULL,
  PRIMARY KEY (member_id, role)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE TABLE session (
  id         INTEGER PRIMARY KEY,
  token_sha  BLOB   NOT NULL UNIQUE CHECK (length(token_sha) = 32),
  member_id  BIGINT NOT NULL REFERENCES member (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at   BIGINT
) /*SQLITE: STRICT*/;

CREATE TABLE login_link (
  id         INTEGER PRIMARY KEY,
  token_sha  BLOB   NOT NULL UNIQUE CHECK (length(token_sha) = 32),
  member_id  BIGINT NOT NULL REFERENCES member (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
) /*SQLITE: STRICT*/;

CREATE TABLE overlay (
  id         INTEGER PRIMARY KEY,
  token_sha  BLOB   NOT NULL UNIQUE CHECK (length(token_sha) = 32),
  label      TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
) /*SQLITE: STRICT*/;

CREATE TABLE audit (
  id     INTEGER PRIMARY KEY,
  at     BIGINT NOT NULL,
  actor  TEXT   NOT NULL,                         -- member:3, people:0 (uid), provider:stripe, clock
  action TEXT   NOT NULL,                         -- name of the command
  object TEXT   NOT NULL,                         -- race:12, member:3
  detail TEXT   NOT NULL,
  trace  TEXT   NOT NULL
) /*SQLITE: STRICT*/;

CREATE TABLE alert (
  id          INTEGER PRIMARY KEY,
  kind        TEXT   NOT NULL,                    -- inbox_failed, cost_missing, set_aside, …
  key         TEXT   NOT NULL,                    -- the thing: inbox:12
  severity    TEXT   NOT NULL CHECK (severity IN ('info', 'warning', 'error')),
  who         TEXT   NOT NULL CHECK (who IN ('us', 'user', 'provider')),
  text        TEXT   NOT NULL,
  raised_at   BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL,                    -- last time it was raised again
  times       BIGINT NOT NULL DEFAULT 1,
  resolved_at BIGINT
) /*SQLITE: STRICT*/;
CREATE UNIQUE INDEX alert_open ON alert (kind, key) WHERE resolved_at IS NULL;

-- First answer of every command that carries an idempotency key, refusals included.
CREATE TABLE attempt (
  scope       TEXT   NOT NULL,                    -- command and actor
  key         TEXT   NOT NULL,
  request_sha BLOB   NOT NULL CHECK (length(request_sha) = 32),
  answer      BLOB   NOT NULL,                    -- the encoded message
  at          BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
) /*SQLITE: STRICT, WITHOUT ROWID*/;
