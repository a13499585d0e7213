-- schema 0004
-- What every kind of contest shares: the log of its steps.

CREATE TABLE transition (
  id         INTEGER PRIMARY KEY,
  kind       TEXT   NOT NULL,                     -- race
  object_id  BIGINT NOT NULL,
  from_state TEXT   NOT NULL,
  to_state   TEXT   NOT NULL,
  cause      TEXT   NOT NULL CHECK (cause IN ('time', 'data', 'money', 'person')),
  at         BIGINT NOT NULL,
  actor      TEXT   NOT NULL,
  note       TEXT   NOT NULL
) /*SQLITE: STRICT*/;
CREATE INDEX transition_object ON transition (kind, object_id);
