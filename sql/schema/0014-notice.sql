-- schema 0014
-- Whose order a notice is about, and notices whose buyer was taken out of them.

ALTER TABLE inbox ADD COLUMN about TEXT NOT NULL DEFAULT ''; -- an order, customer:<id>, or empty
ALTER TABLE inbox ADD COLUMN redacted_at BIGINT;             -- NULL: the raw bytes are all there
ALTER TABLE inbox ADD COLUMN raw_sha BLOB;                   -- of the raw bytes that stood there

CREATE INDEX inbox_about ON inbox (provider, about) WHERE about <> '';
