-- schema 0012
-- A seal is for ever.

CREATE TRIGGER seal_bi BEFORE INSERT ON seal BEGIN
  SELECT RAISE(ABORT, 'seal: exists')
   WHERE EXISTS (SELECT 1 FROM seal WHERE day = NEW.day);
END;
CREATE TRIGGER seal_bu BEFORE UPDATE ON seal BEGIN
  SELECT RAISE(ABORT, 'seal: append-only');
END;
CREATE TRIGGER seal_bd BEFORE DELETE ON seal BEGIN
  SELECT RAISE(ABORT, 'seal: append-only');
END;
