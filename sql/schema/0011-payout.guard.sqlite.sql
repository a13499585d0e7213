-- schema 0011
-- Steps of a payout stay; a payout keeps who, how much, where to and its key.

CREATE TRIGGER payout_step_bi BEFORE INSERT ON payout_step BEGIN
  SELECT RAISE(ABORT, 'payout_step: exists')
   WHERE EXISTS (SELECT 1 FROM payout_step WHERE payout_id = NEW.payout_id AND n = NEW.n);
END;
CREATE TRIGGER payout_step_bu BEFORE UPDATE ON payout_step BEGIN
  SELECT RAISE(ABORT, 'payout_step: append-only');
END;
CREATE TRIGGER payout_step_bd BEFORE DELETE ON payout_step BEGIN
  SELECT RAISE(ABORT, 'payout_step: append-only');
END;

CREATE TRIGGER payout_bi BEFORE INSERT ON payout BEGIN
  SELECT RAISE(ABORT, 'payout: exists')
   WHERE EXISTS (SELECT 1 FROM payout WHERE id = NEW.id OR key = NEW.key);
END;
CREATE TRIGGER payout_bd BEFORE DELETE ON payout BEGIN
  SELECT RAISE(ABORT, 'payout: stays');
END;
CREATE TRIGGER payout_bu BEFORE UPDATE ON payout BEGIN
  SELECT RAISE(ABORT, 'payout: fixed with the request')
   WHERE NEW.id <> OLD.id OR NEW.member_id <> OLD.member_id OR NEW.method_id <> OLD.method_id
      OR NEW.kind <> OLD.kind OR NEW.dest <> OLD.dest OR NEW.amount <> OLD.amount
      OR NEW.fee <> OLD.fee OR NEW.key <> OLD.key OR NEW.asked_at <> OLD.asked_at;
  SELECT RAISE(ABORT, 'payout: no such step')
   WHERE NEW.state <> OLD.state AND NOT (
         (OLD.state = 'REQUESTED' AND NEW.state = 'HELD')
      OR (OLD.state = 'HELD' AND NEW.state IN ('SENDING', 'SENT', 'CANCELLED'))
      OR (OLD.state = 'SENDING' AND NEW.state IN ('SENT', 'UNKNOWN', 'FAILED'))
      OR (OLD.state = 'UNKNOWN' AND NEW.state IN ('SENDING', 'SENT', 'FAILED'))
      OR (OLD.state = 'SENT' AND NEW.state IN ('SETTLED', 'UNKNOWN', 'FAILED'))
      OR (OLD.state = 'SETTLED' AND NEW.state = 'RETURNED')
      OR (OLD.state = 'FAILED' AND NEW.state = 'RETURNED'));
END;
