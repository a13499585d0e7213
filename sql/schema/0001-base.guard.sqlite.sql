-- schema 0001
-- The audit log is append-only; inserts look first, since INSERT OR REPLACE fires no delete trigger.

CREATE TRIGGER audit_bi BEFORE INSERT ON audit BEGIN
  SELECT RAISE(ABORT, 'audit: exists')
   WHERE EXISTS (SELECT 1 FROM audit WHERE id = NEW.id);
END;
CREATE TRIGGER audit_bu BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'audit: append-only');
END;
CREATE TRIGGER audit_bd BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'audit: append-only');
END;
