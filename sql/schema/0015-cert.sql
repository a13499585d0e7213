-- schema 0015
-- Certificates that providers sign their notices with.

CREATE TABLE cert (
  url TEXT   NOT NULL PRIMARY KEY,
  pem TEXT   NOT NULL,
  at  BIGINT NOT NULL          -- when it was fetched and checked
) /*SQLITE: STRICT, WITHOUT ROWID*/;
