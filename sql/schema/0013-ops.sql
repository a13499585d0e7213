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

-- Where an alert was told; a message in the ops channel is a row of table post.
CREATE TABLE alert_told (
  alert_id BIGINT NOT NULL REFERENCES alert (id),
  way      TEXT   NOT NULL CHECK (way = 'mail'),
  at       BIGINT NOT NULL,
  PRIMARY KEY (alert_id, way)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE VIEW alert_row AS
SELECT a.id AS id, a.kind AS kind, a.key AS key, a.severity AS severity, a.who AS who,
       a.text AS text, a.raised_at AS raised_at, a.seen_at AS seen_at, a.times AS times,
       COALESCE(a.resolved_at, 0) AS resolved_at,
       COALESCE((SELECT t.at FROM alert_told t
                  WHERE t.alert_id = a.id AND t.way = 'mail'), 0) AS mailed_at,
       COALESCE((SELECT p.at FROM post p
                  WHERE p.topic = 'alert.raised' AND p.object = 'alert:' || a.id), 0) AS posted_at
  FROM alert a;

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
