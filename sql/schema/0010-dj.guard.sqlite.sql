-- schema 0010
-- Tips stay as they were booked.

CREATE TRIGGER tip_bi BEFORE INSERT ON tip BEGIN
  SELECT RAISE(ABORT, 'tip: exists')
   WHERE EXISTS (SELECT 1 FROM tip WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM tip WHERE provider = NEW.provider AND payment = NEW.payment);
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

-- The cap of what goes back is what was paid, and stays.
CREATE TRIGGER tip_state_bi BEFORE INSERT ON tip_state BEGIN
  SELECT RAISE(ABORT, 'tip_state: exists')
   WHERE EXISTS (SELECT 1 FROM tip_state WHERE tip_id = NEW.tip_id);
  SELECT RAISE(ABORT, 'tip_state: the cap is the amount of the tip')
   WHERE NEW.gross IS NOT (SELECT amount FROM tip WHERE id = NEW.tip_id);
END;
CREATE TRIGGER tip_state_bu BEFORE UPDATE ON tip_state
WHEN NEW.tip_id <> OLD.tip_id OR NEW.gross <> OLD.gross BEGIN
  SELECT RAISE(ABORT, 'tip_state: the cap is fixed');
END;
CREATE TRIGGER tip_state_bd BEFORE DELETE ON tip_state BEGIN
  SELECT RAISE(ABORT, 'tip_state: rows stay');
END;
