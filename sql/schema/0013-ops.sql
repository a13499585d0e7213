-- schema 0013
-- What people of the house do about alerts and sales.

-- Somebody looks after it; the newest counts.
CREATE TABLE alert_note (
  alert_id  BIGINT NOT NULL REFERENCES alert (id),
  at        BIGINT NOT NULL,
  member_id BIGINT NOT NULL REFERENCES member (id),
  note      TEXT   NOT NULL,
  PRIMARY KEY (alert_id, at)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- Where an alert was told.
CREATE TABLE alert_told (
  alert_id BIGINT NOT NULL REFERENCES alert (id),
  way      TEXT   NOT NULL CHECK (way IN ('mail', 'discord')),
  at       BIGINT NOT NULL,
  PRIMARY KEY (alert_id, way)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- A sale whose tag was forgotten: one of the staff asks, another confirms.
CREATE TABLE retag (
  id         INTEGER PRIMARY KEY,
  sale_id    BIGINT NOT NULL REFERENCES sale (id),
  race_id    BIGINT NOT NULL REFERENCES race (id),
  reason     TEXT   NOT NULL,
  asked_by   BIGINT NOT NULL REFERENCES member (id),
  asked_at   BIGINT NOT NULL,
  closed_by  BIGINT REFERENCES member (id),
  closed_at  BIGINT,
  state      TEXT   NOT NULL CHECK (state IN ('OPEN', 'DONE', 'REJECTED')),
  seq        BIGINT REFERENCES journal (seq),
  CHECK (closed_by IS NULL OR closed_by <> asked_by OR state = 'REJECTED')
) /*SQLITE: STRICT*/;
CREATE UNIQUE INDEX retag_open ON retag (sale_id) WHERE state = 'OPEN';
CREATE UNIQUE INDEX retag_done ON retag (sale_id) WHERE state = 'DONE';
