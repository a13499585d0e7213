-- schema 0010
-- Tips stay as they were booked.

CREATE TRIGGER tip_bi BEFORE INSERT ON tip BEGIN
  SELECT RAISE(ABORT, 'tip: exists')
   WHERE EXISTS (SELECT 1 FROM tip WHERE id = NEW.id);
END;
CREATE TRIGGER tip_bu BEFORE UPDATE ON tip BEGIN
  SELECT RAISE(ABORT, 'tip: append-only');
END;
CREATE TRIGGER tip_bd BEFORE DELETE ON tip BEGIN
  SELECT RAISE(ABORT, 'tip: append-only');
END;

CREATE TRIGGER tip_move_bi BEFORE INSERT ON tip_move BEGIN
  SELECT RAISE(ABORT, 'tip_move: exists')
   WHERE EXISTS (SELECT 1 FROM tip_move WHERE id = NEW.id);
END;
CREATE TRIGGER tip_move_bu BEFORE UPDATE ON tip_move BEGIN
  SELECT RAISE(ABORT, 'tip_move: append-only');
END;
CREATE TRIGGER tip_move_bd BEFORE DELETE ON tip_move BEGIN
  SELECT RAISE(ABORT, 'tip_move: append-only');
END;
