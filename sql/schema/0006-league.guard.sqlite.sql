-- schema 0006
-- What the league wrote stays: a correction is a new row. Inserts look first, since INSERT OR
-- REPLACE fires no delete trigger.

CREATE TRIGGER points_table_bi BEFORE INSERT ON points_table BEGIN
  SELECT RAISE(ABORT, 'points_table: exists')
   WHERE EXISTS (SELECT 1 FROM points_table WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM points_table WHERE name = NEW.name AND version = NEW.version);
END;
CREATE TRIGGER points_table_bu BEFORE UPDATE ON points_table BEGIN
  SELECT RAISE(ABORT, 'points_table: append-only');
END;
CREATE TRIGGER points_table_bd BEFORE DELETE ON points_table BEGIN
  SELECT RAISE(ABORT, 'points_table: append-only');
END;

CREATE TRIGGER report_bi BEFORE INSERT ON report BEGIN
  SELECT RAISE(ABORT, 'report: exists')
   WHERE EXISTS (SELECT 1 FROM report WHERE id = NEW.id);
END;
CREATE TRIGGER report_bu BEFORE UPDATE ON report BEGIN
  SELECT RAISE(ABORT, 'report: append-only');
END;
CREATE TRIGGER report_bd BEFORE DELETE ON report BEGIN
  SELECT RAISE(ABORT, 'report: append-only');
END;

CREATE TRIGGER result_bi BEFORE INSERT ON result BEGIN
  SELECT RAISE(ABORT, 'result: exists')
   WHERE EXISTS (SELECT 1 FROM result WHERE race_id = NEW.race_id AND version = NEW.version AND seat_no = NEW.seat_no AND member_id = NEW.member_id);
END;
CREATE TRIGGER result_bu BEFORE UPDATE ON result BEGIN
  SELECT RAISE(ABORT, 'result: append-only');
END;
CREATE TRIGGER result_bd BEFORE DELETE ON result BEGIN
  SELECT RAISE(ABORT, 'result: append-only');
END;

CREATE TRIGGER fix_bi BEFORE INSERT ON fix BEGIN
  SELECT RAISE(ABORT, 'fix: exists')
   WHERE EXISTS (SELECT 1 FROM fix WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM fix WHERE race_id = NEW.race_id AND version = NEW.version);
END;
CREATE TRIGGER fix_bu BEFORE UPDATE ON fix BEGIN
  SELECT RAISE(ABORT, 'fix: append-only');
END;
CREATE TRIGGER fix_bd BEFORE DELETE ON fix BEGIN
  SELECT RAISE(ABORT, 'fix: append-only');
END;

CREATE TRIGGER erratum_bi BEFORE INSERT ON erratum BEGIN
  SELECT RAISE(ABORT, 'erratum: exists')
   WHERE EXISTS (SELECT 1 FROM erratum WHERE id = NEW.id);
END;
CREATE TRIGGER erratum_bu BEFORE UPDATE ON erratum BEGIN
  SELECT RAISE(ABORT, 'erratum: append-only');
END;
CREATE TRIGGER erratum_bd BEFORE DELETE ON erratum BEGIN
  SELECT RAISE(ABORT, 'erratum: append-only');
END;

CREATE TRIGGER season_row_bi BEFORE INSERT ON season_row BEGIN
  SELECT RAISE(ABORT, 'season_row: exists')
   WHERE EXISTS (SELECT 1 FROM season_row WHERE season_id = NEW.season_id AND member_id = NEW.member_id);
END;
CREATE TRIGGER season_row_bu BEFORE UPDATE ON season_row BEGIN
  SELECT RAISE(ABORT, 'season_row: append-only');
END;
CREATE TRIGGER season_row_bd BEFORE DELETE ON season_row BEGIN
  SELECT RAISE(ABORT, 'season_row: append-only');
END;

-- A closed season stays closed.
CREATE TRIGGER season_bu BEFORE UPDATE ON season BEGIN
  SELECT RAISE(ABORT, 'season: closed') WHERE OLD.state = 'CLOSED';
END;
CREATE TRIGGER season_bd BEFORE DELETE ON season BEGIN
  SELECT RAISE(ABORT, 'season: append-only');
END;

-- A trophy is never given away again: it may only be revoked.
CREATE TRIGGER trophy_bu BEFORE UPDATE ON trophy BEGIN
  SELECT RAISE(ABORT, 'trophy: permanent')
   WHERE NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.member_id <> OLD.member_id
      OR NEW.season_id <> OLD.season_id OR NEW.race_id <> OLD.race_id OR NEW.at <> OLD.at
      OR OLD.revoked_at IS NOT NULL;
END;
CREATE TRIGGER trophy_bd BEFORE DELETE ON trophy BEGIN
  SELECT RAISE(ABORT, 'trophy: permanent');
END;

-- A prize is paid once, and not before it was paid in. Its payer may get the money back before that.
CREATE TRIGGER season_prize_bu BEFORE UPDATE ON season_prize BEGIN
  SELECT RAISE(ABORT, 'season_prize: paid once')
   WHERE OLD.paid_seq IS NOT NULL OR (NEW.paid_seq IS NOT NULL AND OLD.funded_seq IS NULL)
      OR (OLD.funded_seq IS NOT NULL
          AND (NEW.amount <> OLD.amount
               OR (NEW.funded_seq IS NOT OLD.funded_seq AND NEW.funded_seq IS NOT NULL)));
END;
CREATE TRIGGER season_prize_bd BEFORE DELETE ON season_prize BEGIN
  SELECT RAISE(ABORT, 'season_prize: funded') WHERE OLD.funded_seq IS NOT NULL;
END;

-- The chart has one account more: prizes that were paid in, by item.
DROP TRIGGER account_bi;
DROP TRIGGER account_ai;
CREATE TRIGGER account_bi BEFORE INSERT ON account BEGIN
  SELECT RAISE(ABORT, 'account: exists')
   WHERE EXISTS (SELECT 1 FROM account WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM account WHERE code = NEW.code);
  SELECT RAISE(ABORT, 'account: kind and letter differ')
   WHERE substr(NEW.code, 1, 2) <> CASE NEW.kind WHEN 'asset' THEN 'A:' WHEN 'liability' THEN 'L:'
         WHEN 'equity' THEN 'Q:' WHEN 'income' THEN 'I:' ELSE 'E:' END;
  SELECT RAISE(ABORT, 'account: by item or not is fixed by the chart')
   WHERE NEW.by_item <> (substr(NEW.code, 1, 10) = 'A:dispute:' OR substr(NEW.code, 1, 11) = 'A:clawback:'
         OR substr(NEW.code || '@', 1, instr(NEW.code || '@', '@') - 1)
            IN ('L:pool', 'L:payout_in_flight', 'L:payout_sent', 'L:dispute_hold', 'L:prize_escrow'));
END;
CREATE TRIGGER account_ai AFTER INSERT ON account BEGIN
  INSERT INTO balance (account_id, currency, by_item, sign, bal, debits, credits, ver, lim_lo, lim_hi)
  VALUES (NEW.id, NEW.currency, NEW.by_item,
          CASE WHEN NEW.kind IN ('asset', 'expense') THEN 1 ELSE -1 END, 0, 0, 0, 0,
          CASE WHEN substr(NEW.code, 1, 11) = 'A:clawback:' THEN 0 END,
          CASE WHEN substr(NEW.code, 1, 9) = 'L:wallet:' OR substr(NEW.code, 1, 17) = 'L:wallet_pending:'
                 OR substr(NEW.code, 1, 15) = 'L:store_credit:'
                 OR substr(NEW.code || '@', 1, instr(NEW.code || '@', '@') - 1)
                    IN ('L:pool', 'L:payout_in_flight', 'L:payout_sent', 'L:dispute_hold', 'L:prize_escrow') THEN 0 END);
  SELECT RAISE(ABORT, 'account: has a balance already') WHERE changes() = 0;
END;
