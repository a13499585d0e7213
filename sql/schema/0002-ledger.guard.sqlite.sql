-- schema 0002
-- What the ledger's tables refuse, whoever writes to them. Not for: hashes, which only programs check.
--
-- SQLite's own ways around a trigger, and how they are closed:
--  * INSERT OR REPLACE removes rows without their delete trigger (recursive_triggers is off in the
--    sqlite3 shell): inserts look for the row they would replace.
--  * OR FAIL and OR IGNORE are handed on to the statements inside a trigger, where a broken CHECK
--    then leaves the outer row behind: every bound also stands in the WHERE of the trigger's own
--    UPDATE, and RAISE(ABORT), which nothing softens, follows when no row was changed.
-- Cost for a line: the look-up of its balance, and of its own version in posting_ver.

INSERT INTO head (id, seq, sha, recorded_at) VALUES (1, 0, zeroblob(32), 0);

-- Currency: fixed once known.
CREATE TRIGGER currency_bi BEFORE INSERT ON currency BEGIN
  SELECT RAISE(ABORT, 'currency: exists') WHERE EXISTS (SELECT 1 FROM currency WHERE code = NEW.code);
END;
CREATE TRIGGER currency_bu BEFORE UPDATE ON currency BEGIN
  SELECT RAISE(ABORT, 'currency: append-only');
END;
CREATE TRIGGER currency_bd BEFORE DELETE ON currency BEGIN
  SELECT RAISE(ABORT, 'currency: append-only');
END;

-- Account: by the chart of sql/FORMAT.md; its balance row comes with it, with the chart's bounds.
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
            IN ('L:pool', 'L:payout_in_flight', 'L:payout_sent', 'L:dispute_hold'));
END;
CREATE TRIGGER account_ai AFTER INSERT ON account BEGIN
  INSERT INTO balance (account_id, currency, by_item, sign, bal, debits, credits, ver, lim_lo, lim_hi)
  VALUES (NEW.id, NEW.currency, NEW.by_item,
          CASE WHEN NEW.kind IN ('asset', 'expense') THEN 1 ELSE -1 END, 0, 0, 0, 0,
          CASE WHEN substr(NEW.code, 1, 11) = 'A:clawback:' THEN 0 END,
          CASE WHEN substr(NEW.code, 1, 9) = 'L:wallet:' OR substr(NEW.code, 1, 17) = 'L:wallet_pending:'
                 OR substr(NEW.code, 1, 15) = 'L:store_credit:'
                 OR substr(NEW.code || '@', 1, instr(NEW.code || '@', '@') - 1)
                    IN ('L:pool', 'L:payout_in_flight', 'L:payout_sent', 'L:dispute_hold') THEN 0 END);
  SELECT RAISE(ABORT, 'account: has a balance already') WHERE changes() = 0;
END;
CREATE TRIGGER account_bu BEFORE UPDATE ON account BEGIN
  SELECT RAISE(ABORT, 'account: append-only');
END;
CREATE TRIGGER account_bd BEFORE DELETE ON account BEGIN
  SELECT RAISE(ABORT, 'account: append-only');
END;

-- Balance: starts at zero with its account and moves with a posting, never by itself. A line's
-- version is there exactly while its own trigger moves the balance; the one before it must still
-- be there too, or a line of this entry was replaced.
CREATE TRIGGER balance_bi BEFORE INSERT ON balance BEGIN
  SELECT RAISE(ABORT, 'balance: starts at zero, once, with its account')
   WHERE NEW.bal <> 0 OR NEW.debits <> 0 OR NEW.credits <> 0 OR NEW.ver <> 0
      OR EXISTS (SELECT 1 FROM balance WHERE account_id = NEW.account_id)
      OR NOT EXISTS (SELECT 1 FROM account WHERE id = NEW.account_id AND currency = NEW.currency
                        AND by_item = NEW.by_item);
END;
CREATE TRIGGER balance_bu BEFORE UPDATE ON balance BEGIN
  SELECT RAISE(ABORT, 'balance: moves only with a posting')
   WHERE NEW.ver <> OLD.ver + 1 OR NEW.account_id <> OLD.account_id OR NEW.currency <> OLD.currency
      OR NEW.by_item <> OLD.by_item OR NEW.sign <> OLD.sign OR NEW.lim_lo IS NOT OLD.lim_lo
      OR NEW.lim_hi IS NOT OLD.lim_hi
      OR (SELECT COUNT(*) FROM posting WHERE account_id = OLD.account_id AND ver >= OLD.ver)
         <> 1 + (OLD.ver > 0);
END;
CREATE TRIGGER balance_bd BEFORE DELETE ON balance BEGIN
  SELECT RAISE(ABORT, 'balance: rows stay');
END;

-- Open item: opened at zero, moved only while its posting is being written (its version is one
-- ahead of the balance then).
CREATE TRIGGER item_balance_bi BEFORE INSERT ON item_balance BEGIN
  SELECT RAISE(ABORT, 'item_balance: starts at zero, once, in an account kept by item')
   WHERE NEW.bal <> 0
      OR EXISTS (SELECT 1 FROM item_balance WHERE account_id = NEW.account_id AND item = NEW.item)
      OR NOT EXISTS (SELECT 1 FROM balance WHERE account_id = NEW.account_id AND by_item = 1
                        AND sign = NEW.sign);
END;
CREATE TRIGGER item_balance_bu BEFORE UPDATE ON item_balance BEGIN
  SELECT RAISE(ABORT, 'item_balance: moves only with a posting')
   WHERE NEW.account_id <> OLD.account_id OR NEW.item <> OLD.item OR NEW.sign <> OLD.sign
      OR NOT EXISTS (SELECT 1 FROM balance b
                       JOIN posting p ON p.account_id = b.account_id AND p.ver = b.ver + 1
                      WHERE b.account_id = OLD.account_id AND p.item = OLD.item
                        AND p.amount = NEW.bal - OLD.bal);
END;
CREATE TRIGGER item_balance_bd BEFORE DELETE ON item_balance BEGIN
  SELECT RAISE(ABORT, 'item_balance: rows stay');
END;

-- Posting of an account that is not kept by item.
CREATE TRIGGER posting_ai AFTER INSERT ON posting WHEN NEW.item = '' BEGIN
  UPDATE balance
     SET bal = NEW.bal_after, ver = NEW.ver,
         debits = debits + max(NEW.amount, 0), credits = credits - min(NEW.amount, 0)
   WHERE account_id = NEW.account_id AND ver = NEW.ver - 1 AND bal = NEW.bal_after - NEW.amount
     AND by_item = 0
     AND (lim_hi IS NULL OR NEW.bal_after <= lim_hi) AND (lim_lo IS NULL OR NEW.bal_after >= lim_lo)
     AND NEW.seq = (SELECT seq + 1 FROM head WHERE id = 1);
  SELECT CASE
    WHEN changes() = 1 THEN NULL
    WHEN NEW.seq <> (SELECT seq + 1 FROM head WHERE id = 1)
      THEN RAISE(ABORT, 'posting: not of the next journal entry')
    WHEN NOT EXISTS (SELECT 1 FROM balance WHERE account_id = NEW.account_id AND by_item = 0)
      THEN RAISE(ABORT, 'posting: no such account, or it is kept by item')
    WHEN EXISTS (SELECT 1 FROM balance WHERE account_id = NEW.account_id
                    AND (NEW.bal_after > lim_hi OR NEW.bal_after < lim_lo))
      THEN RAISE(ABORT, 'posting: the balance would leave its bounds')
    ELSE RAISE(ABORT, 'posting: version or balance is not the next one') END;
END;

-- Posting to an open item.
CREATE TRIGGER posting_bi_item BEFORE INSERT ON posting WHEN NEW.item <> '' BEGIN
  SELECT RAISE(ABORT, 'posting: this item has its line in this entry')
   WHERE EXISTS (SELECT 1 FROM posting WHERE seq = NEW.seq AND account_id = NEW.account_id
                    AND item = NEW.item);
END;
CREATE TRIGGER posting_ai_item AFTER INSERT ON posting WHEN NEW.item <> '' BEGIN
  INSERT INTO item_balance (account_id, item, sign, bal)
  SELECT account_id, NEW.item, sign, 0 FROM balance
   WHERE account_id = NEW.account_id AND by_item = 1
     AND NOT EXISTS (SELECT 1 FROM item_balance WHERE account_id = NEW.account_id AND item = NEW.item);
  UPDATE item_balance SET bal = bal + NEW.amount
   WHERE account_id = NEW.account_id AND item = NEW.item AND (bal + NEW.amount) * sign >= 0;
  SELECT RAISE(ABORT, 'posting: the open item would cross zero, or the account has no items')
   WHERE changes() = 0;
  UPDATE balance
     SET bal = NEW.bal_after, ver = NEW.ver,
         debits = debits + max(NEW.amount, 0), credits = credits - min(NEW.amount, 0)
   WHERE account_id = NEW.account_id AND ver = NEW.ver - 1 AND bal = NEW.bal_after - NEW.amount
     AND by_item = 1
     AND (lim_hi IS NULL OR NEW.bal_after <= lim_hi) AND (lim_lo IS NULL OR NEW.bal_after >= lim_lo)
     AND NEW.seq = (SELECT seq + 1 FROM head WHERE id = 1);
  SELECT RAISE(ABORT, 'posting: entry, version, balance or bound is wrong') WHERE changes() = 0;
END;
CREATE TRIGGER posting_bu BEFORE UPDATE ON posting BEGIN
  SELECT RAISE(ABORT, 'posting: append-only');
END;
CREATE TRIGGER posting_bd BEFORE DELETE ON posting BEGIN
  SELECT RAISE(ABORT, 'posting: append-only');
END;

-- Journal: the header comes last and judges its lines; then it is the head.
CREATE TRIGGER journal_bi BEFORE INSERT ON journal BEGIN
  SELECT RAISE(ABORT, 'journal: key is known')
   WHERE EXISTS (SELECT 1 FROM journal WHERE idem_scope = NEW.idem_scope AND idem_key = NEW.idem_key);
  SELECT RAISE(ABORT, 'journal: reversed before')
   WHERE NEW.reverses IS NOT NULL AND EXISTS (SELECT 1 FROM journal WHERE reverses = NEW.reverses);
  SELECT RAISE(ABORT, 'journal: seq is not the next one')
   WHERE NEW.seq <> (SELECT seq + 1 FROM head WHERE id = 1);
END;
CREATE TRIGGER journal_ai AFTER INSERT ON journal BEGIN
  SELECT CASE
    WHEN t.n <> NEW.n_lines THEN RAISE(ABORT, 'journal: line count')
    WHEN t.low = t.high AND t.total = 0 THEN NULL
    WHEN t.low = t.high OR EXISTS (
         SELECT 1 FROM posting p JOIN balance b ON b.account_id = p.account_id
          WHERE p.seq = NEW.seq GROUP BY b.currency HAVING SUM(p.amount) <> 0)
      THEN RAISE(ABORT, 'journal: unbalanced') END
    FROM (SELECT COUNT(*) AS n, SUM(p.amount) AS total, MIN(b.currency) AS low, MAX(b.currency) AS high
            FROM posting p CROSS JOIN balance b
           WHERE p.seq = NEW.seq AND b.account_id = p.account_id) t;
  UPDATE head SET seq = NEW.seq, sha = NEW.sha, recorded_at = NEW.recorded_at
   WHERE id = 1 AND seq = NEW.seq - 1 AND sha = NEW.prev_sha AND recorded_at <= NEW.recorded_at;
  SELECT RAISE(ABORT, 'journal: does not follow the head (previous hash, or recorded_at went backwards)')
   WHERE changes() = 0;
END;
CREATE TRIGGER journal_bu BEFORE UPDATE ON journal BEGIN
  SELECT RAISE(ABORT, 'journal: append-only');
END;
CREATE TRIGGER journal_bd BEFORE DELETE ON journal BEGIN
  SELECT RAISE(ABORT, 'journal: append-only');
END;

-- Head: follows the journal row that is being written.
CREATE TRIGGER head_bi BEFORE INSERT ON head BEGIN
  SELECT RAISE(ABORT, 'head: there is one');
END;
CREATE TRIGGER head_bu BEFORE UPDATE ON head BEGIN
  SELECT RAISE(ABORT, 'head: moves only with the journal')
   WHERE NEW.id <> OLD.id OR NEW.seq <> OLD.seq + 1
      OR NOT EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq AND sha = NEW.sha
                        AND recorded_at = NEW.recorded_at);
END;
CREATE TRIGGER head_bd BEFORE DELETE ON head BEGIN
  SELECT RAISE(ABORT, 'head: stays');
END;

-- What may go back to a buyer: the cap of a sale never changes (0005 ties it to the sale).
-- Change a known row by UPDATE: an upsert counts as an insert here.
CREATE TRIGGER refundable_bi BEFORE INSERT ON refundable BEGIN
  SELECT RAISE(ABORT, 'refundable: exists')
   WHERE EXISTS (SELECT 1 FROM refundable WHERE sale_id = NEW.sale_id);
END;
CREATE TRIGGER refundable_bu BEFORE UPDATE ON refundable
WHEN NEW.sale_id <> OLD.sale_id OR NEW.gross <> OLD.gross BEGIN
  SELECT RAISE(ABORT, 'refundable: the cap is fixed');
END;
CREATE TRIGGER refundable_bd BEFORE DELETE ON refundable BEGIN
  SELECT RAISE(ABORT, 'refundable: rows stay');
END;
