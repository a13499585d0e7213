-- schema 0017
-- What operators say of payouts that no provider tells of any more.

CREATE TABLE payout_verdict (
  payout_id BIGINT  NOT NULL REFERENCES payout (id),
  step      INTEGER NOT NULL,                    -- since which it is unknown: of a later one it says nothing
  member_id BIGINT  NOT NULL REFERENCES member (id),
  arrived   INTEGER NOT NULL CHECK (arrived IN (0, 1)),
  proof     TEXT    NOT NULL,                    -- where they saw it
  at        BIGINT  NOT NULL,
  PRIMARY KEY (payout_id, step, member_id)
) /*SQLITE: STRICT, WITHOUT ROWID*/;
