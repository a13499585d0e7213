-- schema 0005
-- Rules, sales and shares are append-only: a correction is a new row. Inserts look first, since
-- INSERT OR REPLACE fires no delete trigger.

CREATE TRIGGER rule_bi BEFORE INSERT ON rule BEGIN
  SELECT RAISE(ABORT, 'rule: exists')
   WHERE EXISTS (SELECT 1 FROM rule WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM rule WHERE name = NEW.name AND version = NEW.version);
END;
CREATE TRIGGER rule_bu BEFORE UPDATE ON rule BEGIN
  SELECT RAISE(ABORT, 'rule: append-only');
END;
CREATE TRIGGER rule_bd BEFORE DELETE ON rule BEGIN
  SELECT RAISE(ABORT, 'rule: append-only');
END;

CREATE TRIGGER sale_bi BEFORE INSERT ON sale BEGIN
  SELECT RAISE(ABORT, 'sale: exists')
   WHERE EXISTS (SELECT 1 FROM sale WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM sale WHERE provider = NEW.provider AND payment = NEW.payment);
END;
CREATE TRIGGER sale_bu BEFORE UPDATE ON sale BEGIN
  SELECT RAISE(ABORT, 'sale: append-only');
END;
CREATE TRIGGER sale_bd BEFORE DELETE ON sale BEGIN
  SELECT RAISE(ABORT, 'sale: append-only');
END;

CREATE TRIGGER sale_item_bi BEFORE INSERT ON sale_item BEGIN
  SELECT RAISE(ABORT, 'sale_item: exists')
   WHERE EXISTS (SELECT 1 FROM sale_item WHERE sale_id = NEW.sale_id AND line_no = NEW.line_no);
END;
CREATE TRIGGER sale_item_bu BEFORE UPDATE ON sale_item BEGIN
  SELECT RAISE(ABORT, 'sale_item: append-only');
END;
CREATE TRIGGER sale_item_bd BEFORE DELETE ON sale_item BEGIN
  SELECT RAISE(ABORT, 'sale_item: append-only');
END;

CREATE TRIGGER pot_line_bi BEFORE INSERT ON pot_line BEGIN
  SELECT RAISE(ABORT, 'pot_line: exists')
   WHERE EXISTS (SELECT 1 FROM pot_line WHERE race_id = NEW.race_id AND seq = NEW.seq);
END;
CREATE TRIGGER pot_line_bu BEFORE UPDATE ON pot_line BEGIN
  SELECT RAISE(ABORT, 'pot_line: append-only');
END;
CREATE TRIGGER pot_line_bd BEFORE DELETE ON pot_line BEGIN
  SELECT RAISE(ABORT, 'pot_line: append-only');
END;

CREATE TRIGGER share_bi BEFORE INSERT ON share BEGIN
  SELECT RAISE(ABORT, 'share: exists')
   WHERE EXISTS (SELECT 1 FROM share WHERE race_id = NEW.race_id AND seat_no = NEW.seat_no AND seq = NEW.seq);
END;
CREATE TRIGGER share_bu BEFORE UPDATE ON share BEGIN
  SELECT RAISE(ABORT, 'share: append-only');
END;
CREATE TRIGGER share_bd BEFORE DELETE ON share BEGIN
  SELECT RAISE(ABORT, 'share: append-only');
END;

-- The cap of what goes back is what was paid.
CREATE TRIGGER refundable_sale BEFORE INSERT ON refundable BEGIN
  SELECT RAISE(ABORT, 'refundable: the cap is the amount of the sale')
   WHERE NEW.gross IS NOT (SELECT amount FROM sale WHERE id = NEW.sale_id);
END;
