-- schema 0004
-- The log of steps is append-only; inserts look first, since INSERT OR REPLACE fires no delete trigger.

CREATE TRIGGER transition_bi BEFORE INSERT ON transition BEGIN
  SELECT RAISE(ABORT, 'transition: exists')
   WHERE EXISTS (SELECT 1 FROM transition WHERE id = NEW.id);
END;
CREATE TRIGGER transition_bu BEFORE UPDATE ON transition BEGIN
  SELECT RAISE(ABORT, 'transition: append-only');
END;
CREATE TRIGGER transition_bd BEFORE DELETE ON transition BEGIN
  SELECT RAISE(ABORT, 'transition: append-only');
END;
