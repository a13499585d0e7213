"""Plants damage in copies of a good ledger file (ledger_gen.py), each with the check that must name it.
Not for: files that anybody needs.   usage: ledger_damage.py GOOD FOLDER
Prints a line for each: check, name, file, further arguments for the auditor."""
import hashlib, random, re, shutil, sqlite3, sys
import seals

PLANTED = []


def planted(check, *also):
    def keep(fn):
        PLANTED.append((check, fn, also))
        return fn
    return keep


def sql(check, name, text, hard=False):
    """Statements; hard: hashes and balances are made to fit again, as a clever hand would."""
    def fn(db):
        db.executescript(text)
        if hard:
            refit(db)
            rechain(db)
    fn.__name__ = name
    PLANTED.append((check, fn, ()))


def rechain(db, since=1):
    """All hashes anew, as somebody would who rewrites the whole file."""
    before = bytes(32)
    for row in db.execute("SELECT seq, kind, idem_scope, idem_key, request_sha, effective_at, recorded_at, ref, reverses, "
                          "policy, actor, meta, n_lines FROM journal ORDER BY seq").fetchall():
        fields = [before] + [("" if f is None else f) for f in row]
        for line in db.execute("SELECT a.code, p.item, p.amount, a.currency, p.ver, p.bal_after FROM posting p "
                               "JOIN account a ON a.id = p.account_id WHERE p.seq = ? ORDER BY 1, 2", (row[0],)):
            fields += line
        text = b"cozykart/journal/1\0"
        for f in fields:
            f = f if isinstance(f, bytes) else str(f).encode()
            text += len(f).to_bytes(4, "big") + f
        sha = hashlib.sha256(text).digest()
        db.execute("UPDATE journal SET prev_sha = ?, sha = ? WHERE seq = ?", (before, sha, row[0]))
        before = sha
    db.execute("UPDATE head SET sha = ?, seq = (SELECT max(seq) FROM journal), "
               "recorded_at = (SELECT recorded_at FROM journal ORDER BY seq DESC LIMIT 1)", (before,))


def refit(db):
    """Running balances, versions and open items anew from the amounts."""
    db.execute("DROP INDEX posting_ver")
    state = {}
    for seq, account, item, amount in db.execute("SELECT seq, account_id, item, amount FROM posting "
                                                 "ORDER BY seq, (SELECT code FROM account WHERE id = account_id), item").fetchall():
        s = state.setdefault(account, [0, 0, 0, 0])
        s[0] += amount
        s[1] += max(amount, 0)
        s[2] += max(-amount, 0)
        s[3] += 1
        db.execute("UPDATE posting SET ver = ?, bal_after = ? WHERE seq = ? AND account_id = ? AND item = ?",
                   (s[3], s[0], seq, account, item))
    for account, s in state.items():
        db.execute("UPDATE balance SET bal = ?, debits = ?, credits = ?, ver = ? WHERE account_id = ?", (*s, account))
    db.execute("UPDATE item_balance SET bal = coalesce((SELECT sum(amount) FROM posting p WHERE "
               "p.account_id = item_balance.account_id AND p.item = item_balance.item), 0)")
    db.execute("CREATE UNIQUE INDEX posting_ver ON posting (account_id, ver)")


def meta_swap(db, seq, old, new, fit=True):
    meta = db.execute("SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
    assert old in meta, (seq, old, meta)
    db.execute("UPDATE journal SET meta = ? WHERE seq = ?", (meta.replace(old, new, 1), seq))
    if fit:
        rechain(db)


def account(code):
    return "(SELECT id FROM account WHERE code = '%s')" % code


# the chain
sql("I6", "meta changed", "UPDATE journal SET meta = replace(meta, 'cost=900', 'cost=901') WHERE seq = 3")
sql("I6", "actor changed", "UPDATE journal SET actor = 'member:1' WHERE seq = 5")
sql("I6", "hash changed", "UPDATE journal SET sha = zeroblob(32) WHERE seq = 7")
sql("I6", "previous hash changed", "UPDATE journal SET prev_sha = zeroblob(32) WHERE seq = 7")
sql("I6", "request hash changed", "UPDATE journal SET request_sha = zeroblob(32) WHERE seq = 7")
sql("I6", "head of another entry", "UPDATE head SET seq = seq - 1")
sql("I6", "head with another hash", "UPDATE head SET sha = zeroblob(32)")
sql("I6", "head removed", "DELETE FROM head")
sql("I5", "entry removed", "DELETE FROM posting WHERE seq = 20; DELETE FROM journal WHERE seq = 20")
sql("I5", "two times swapped", "UPDATE journal SET recorded_at = recorded_at + 90000000 WHERE seq = 4")
sql("I6", "two entries swapped", "UPDATE journal SET seq = 1000 WHERE seq = 4; UPDATE journal SET seq = 4 WHERE seq = 5; "
    "UPDATE journal SET seq = 5 WHERE seq = 1000")
sql("I15", "two entries swapped and chained again", "UPDATE journal SET seq = 1000 WHERE seq = 3; UPDATE posting SET seq = 1000 "
    "WHERE seq = 3; UPDATE journal SET seq = 3 WHERE seq = 4; UPDATE posting SET seq = 3 WHERE seq = 4; "
    "UPDATE journal SET seq = 4 WHERE seq = 1000; UPDATE posting SET seq = 4 WHERE seq = 1000", hard=True)


@planted("I6")
def tail_cut_head_left(db):
    db.executescript("DELETE FROM posting WHERE seq = (SELECT max(seq) FROM journal); "
                     "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")


@planted("I26", "since")
def tail_cut_everything_fitted(db):
    db.executescript("DELETE FROM posting WHERE seq = (SELECT max(seq) FROM journal); "
                     "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")
    refit(db)
    rechain(db)


@planted("I26", "since")
def whole_file_written_again(db):
    db.execute("UPDATE journal SET actor = 'somebody' WHERE seq = 2")
    rechain(db)


# lines and balances
sql("I1", "a line changed", "UPDATE posting SET amount = amount + 100 WHERE seq = 3 AND account_id = " + account("I:house:merch"))
sql("I1", "a line removed", "DELETE FROM posting WHERE seq = 3 AND account_id = " + account("L:wallet_pending:2"))
sql("I1", "an amount out of all reason", "UPDATE posting SET amount = 9223372036854775807 WHERE seq = 3 AND amount > 0")
sql("I1", "line count changed", "UPDATE journal SET n_lines = n_lines + 1 WHERE seq = 3")
sql("I13", "cents moved between two wallets, all fitted",
    "UPDATE posting SET amount = amount - 50 WHERE seq = 3 AND account_id = %s; UPDATE posting SET amount = amount + 50 "
    "WHERE seq = 3 AND account_id = %s" % (account("L:wallet_pending:1"), account("L:wallet_pending:2")), hard=True)
sql("I6", "cents moved between two wallets", "UPDATE posting SET amount = amount - 1, bal_after = bal_after - 1 WHERE seq = 3 "
    "AND account_id = %s" % account("L:wallet_pending:1"))
sql("I3", "cached balance changed", "UPDATE balance SET bal = bal - 100, credits = credits + 100 WHERE account_id = " + account("L:wallet:2"))
sql("I2", "cached balance changed, sums too", "UPDATE balance SET bal = bal - 100, credits = credits + 100 WHERE account_id = " + account("L:wallet:2"))
sql("I3", "two cached balances changed", "UPDATE balance SET bal = bal - 100, credits = credits + 100 WHERE account_id = %s; "
    "UPDATE balance SET bal = bal + 100, debits = debits + 100 WHERE account_id = %s" % (account("L:wallet:2"), account("I:house:merch")))
sql("I3", "gross totals changed", "UPDATE balance SET debits = debits + 5, credits = credits + 5 WHERE account_id = " + account("I:house:merch"))
sql("I3", "version of a balance changed", "UPDATE balance SET ver = ver + 1 WHERE account_id = " + account("I:house:merch"))
sql("I3", "balance removed", "DELETE FROM balance WHERE account_id = " + account("I:house:merch"))
sql("I4", "running balance changed", "UPDATE posting SET bal_after = bal_after + 1 WHERE seq = 5 AND account_id = " + account("I:house:merch"))
sql("I4", "version with a gap", "UPDATE posting SET ver = ver + 500 WHERE account_id = %s AND ver > 5" % account("I:house:merch"))
sql("I8", "bound removed", "UPDATE balance SET lim_hi = NULL WHERE account_id = " + account("L:wallet:2"))
sql("I8", "wallet below zero", "UPDATE balance SET lim_hi = NULL, bal = 1, debits = credits + 1 WHERE account_id = " + account("L:wallet:2"))
sql("I17", "kind of an account changed", "UPDATE account SET kind = 'expense' WHERE code = 'I:house:merch'")
sql("I17", "owner of a wallet changed", "UPDATE account SET owner_id = 3 WHERE code = 'L:wallet:2'")
sql("I17", "currency of an account changed", "UPDATE account SET currency = 'EUR' WHERE code = 'L:wallet:2'")
sql("I17", "account outside the chart", "INSERT INTO account VALUES (900, 'L:mine', 'liability', 'USD', NULL, 0, 0); "
    "INSERT INTO balance VALUES (900, 'USD', 0, -1, 0, 0, 0, 0, NULL, NULL)")
sql("I12", "open item removed", "DELETE FROM item_balance WHERE account_id = " + account("A:clawback:1"))
sql("I12", "open item changed", "UPDATE item_balance SET bal = bal + 7 WHERE account_id = " + account("A:clawback:1"))
sql("I7", "open items and balance differ", "UPDATE item_balance SET bal = bal - 7 WHERE account_id = %s" % account("L:payout_in_flight"))
sql("I10", "line without an entry", "INSERT INTO posting SELECT 999, id, '', 5, 9999, 5 FROM account WHERE code = 'A:processor:stripe'")
sql("I22", "reverses a later entry", "UPDATE journal SET reverses = 40 WHERE seq = 3", hard=True)

# splits that were chained again
@planted("I13")
def share_in_meta_and_lines_changed(db):
    meta_swap(db, 2, "carry=0 paid=63 left=-4", "carry=0 paid=62 left=4", False)
    meta_swap(db, 2, "carry=0 paid=63 left=-4", "carry=0 paid=64 left=-12", False)
    db.executescript("UPDATE posting SET amount = amount + 1 WHERE seq = 2 AND account_id = %s; UPDATE posting SET amount = "
                     "amount - 1 WHERE seq = 2 AND account_id = %s" % (account("L:wallet_pending:1"), account("L:wallet_pending:2")))
    refit(db)
    rechain(db)


@planted("I13")
def carry_changed(db):
    meta_swap(db, 3, "carry=-4", "carry=-3")


@planted("I13")
def carry_out_of_all_reason(db):
    meta_swap(db, 2, "carry=0", "carry=9223372036854775807")


@planted("I13")
def pool_changed(db):
    meta_swap(db, 2, "uncapped=500 pool=500", "uncapped=500 pool=400")


@planted("I13")
def rate_changed(db):
    meta_swap(db, 2, "bps=2000", "bps=2001")


@planted("I13")
def weight_changed(db):
    meta_swap(db, 2, "weight=1", "weight=2")


@planted("I13")
def member_of_a_seat_changed(db):
    meta_swap(db, 2, "member=2", "member=9")


@planted("I13")
def meta_is_nonsense(db):
    meta_swap(db, 2, "sale ", "\n\n= seat")


@planted("I13")
def meta_where_none_belongs(db):
    db.execute("UPDATE journal SET meta = 'note x=1\n' WHERE kind = 'PROC_FEE'")
    rechain(db)


@planted("I21")
def release_changed(db):
    seq = db.execute("SELECT min(seq) FROM journal WHERE kind = 'RACE_SETTLE'").fetchone()[0]
    meta = db.execute("SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
    cents = re.search(r"release member=(\d+) cents=(\d+)", meta)
    meta_swap(db, seq, cents.group(0), "release member=%s cents=%d" % (cents.group(1), int(cents.group(2)) + 1))


@planted("I21")
def place_changed(db):
    db.execute("UPDATE seat SET place = 7 - place WHERE race_id = 3 AND place IN (3, 4)")


@planted("I20")
def refund_part_changed(db):
    seq = db.execute("SELECT max(seq) FROM journal WHERE kind = 'REFUND' AND reverses IS NULL").fetchone()[0]
    meta_swap(db, seq, "part of=house left=", "part of=house left=1")


@planted("I20")
def refund_before_changed(db):
    seq = db.execute("SELECT max(seq) FROM journal WHERE kind = 'REFUND' AND ref = 'sale:8'").fetchone()[0]
    meta_swap(db, seq, "before=1111", "before=0")


@planted("I20")
def refund_taken_from_another_wallet(db):
    seq = db.execute("SELECT min(seq) FROM journal WHERE kind = 'REFUND'").fetchone()[0]
    db.executescript("UPDATE posting SET amount = amount + 9 WHERE seq = %d AND account_id = %s; UPDATE posting SET amount = "
                     "amount - 9 WHERE seq = %d AND account_id = %s" % (seq, account("L:wallet_pending:5"), seq, account("L:wallet_pending:6")))
    refit(db)
    rechain(db)


@planted("I20")
def refund_taken_from_a_wallet_that_holds_enough(db):
    """Of two members whose wallets hold more than the cent that moves, so that no bound tells."""
    for seq, ref in db.execute("SELECT seq, ref FROM journal WHERE kind = 'REFUND' AND reverses IS NULL ORDER BY seq DESC").fetchall():
        lines = db.execute("SELECT p.account_id FROM posting p JOIN account a ON a.id = p.account_id JOIN balance b ON b.account_id = a.id "
                           "WHERE p.seq = ? AND a.code LIKE 'L:wallet%' AND p.amount > 1 AND b.bal < -10 ORDER BY 1", (seq,)).fetchall()
        if len(lines) > 1:
            break
    assert len(lines) > 1
    for cents, (one,) in zip((1, -1), lines):
        db.execute("UPDATE posting SET amount = amount + ? WHERE seq = ? AND account_id = ?", (cents, seq, one))
    refit(db)
    rechain(db)


@planted("I20")
def refund_parts_and_lines_swapped(db):
    """The next refund of a sale finds less of one part, more of another."""
    seq = db.execute("SELECT max(seq) FROM journal WHERE kind = 'REFUND' AND ref = 'sale:8'").fetchone()[0]
    parts = re.findall(r"part of=(mfg|house) left=(\d+)", db.execute("SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
    (a, x), (b, y) = parts
    assert x != y
    meta_swap(db, seq, "part of=%s left=" % a, "part of=other left=", False)
    meta_swap(db, seq, "part of=%s left=" % b, "part of=%s left=" % a, False)
    meta_swap(db, seq, "part of=other left=", "part of=%s left=" % b)


@planted("I20")
def refund_booked_again(db):
    seq = db.execute("SELECT max(seq) FROM journal WHERE kind = 'REFUND' AND ref = 'sale:8'").fetchone()[0]
    top = db.execute("SELECT max(seq) FROM journal").fetchone()[0] + 1
    db.executescript("DROP INDEX posting_ver")
    db.execute("INSERT INTO journal SELECT ?, kind, idem_scope, 'again', request_sha, effective_at, (SELECT recorded_at FROM head), "
               "ref, reverses, policy, actor, meta, n_lines, prev_sha, sha FROM journal WHERE seq = ?", (top, seq))
    db.execute("INSERT INTO posting SELECT ?, account_id, item, amount, ver, bal_after FROM posting WHERE seq = ?", (top, seq))
    db.executescript("CREATE INDEX posting_ver ON posting (account_id, ver)")
    refit(db)
    rechain(db)


@planted("I21")
def void_takes_too_little(db):
    seq = db.execute("SELECT min(seq) FROM journal WHERE kind = 'RACE_VOID'").fetchone()[0]
    meta = db.execute("SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
    back = int(meta.strip().rpartition("=")[2])
    meta_swap(db, seq, "back=%d" % back, "back=%d" % (back - 1))


@planted("I20")
def mirror_gives_less(db):
    seq = db.execute("SELECT seq FROM journal WHERE reverses IS NOT NULL").fetchone()[0]
    db.executescript("UPDATE posting SET amount = amount - 9 WHERE seq = %d AND account_id = %s; UPDATE posting SET amount = "
                     "amount + 9 WHERE seq = %d AND account_id = %s" % (seq, account("A:processor:stripe"), seq, account("I:house:merch")))
    refit(db)
    rechain(db)


@planted("I15")
def sale_booked_twice(db):
    top = db.execute("SELECT max(seq) FROM journal").fetchone()[0] + 1
    db.executescript("DROP INDEX posting_ver")
    db.execute("INSERT INTO journal SELECT ?, kind, idem_scope, 'again', request_sha, effective_at, (SELECT recorded_at FROM head), "
               "ref, reverses, policy, actor, meta, n_lines, prev_sha, sha FROM journal WHERE seq = 3", (top,))
    db.execute("INSERT INTO posting SELECT ?, account_id, item, amount, ver, bal_after FROM posting WHERE seq = 3", (top,))
    db.executescript("CREATE INDEX posting_ver ON posting (account_id, ver)")
    refit(db)
    rechain(db)


@planted("I15")
def key_used_twice(db):
    rebuild(db, "journal", "UNIQUE (idem_scope, idem_key)", "CHECK (1)")
    db.execute("UPDATE journal SET idem_scope = 'payment:stripe', idem_key = 'pi_2' WHERE seq = 5")
    rechain(db)


@planted("I15")
def payment_used_twice(db):
    rebuild(db, "sale", "UNIQUE (provider, payment)", "CHECK (1)")
    db.execute("UPDATE sale SET payment = 'pi_2' WHERE id = 3")


def rebuild(db, table, old, new):
    """The same rows in a table without one of its promises."""
    text = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    assert old in text
    db.executescript("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; ALTER TABLE %s RENAME TO old_rows; %s; "
                     "INSERT INTO %s SELECT * FROM old_rows; DROP TABLE old_rows" % (table, text.replace(old, new), table))


# places changed after the settlement, ends set earlier, prizes
def of_kind(db, kind, like="%"):
    return db.execute("SELECT max(seq) FROM journal WHERE kind = ? AND meta LIKE ?", (kind, like)).fetchone()[0]


def cent_moved(db, seq, code):
    """From one of the entry's wallets to another, all fitted."""
    lines = [a for (a,) in db.execute("SELECT p.account_id FROM posting p JOIN account a ON a.id = p.account_id WHERE p.seq = ? "
                                      "AND a.code LIKE ? ORDER BY p.amount", (seq, code))]
    db.execute("UPDATE posting SET amount = amount - 1 WHERE seq = ? AND account_id = ?", (seq, lines[0]))
    db.execute("UPDATE posting SET amount = amount + 1 WHERE seq = ? AND account_id = ?", (seq, lines[1]))
    refit(db)
    rechain(db)


@planted("I21")
def fix_gives_a_cent_to_another(db):
    cent_moved(db, of_kind(db, "RACE_FIX"), "L:wallet:%")


@planted("I21")
def fix_from_another_sum(db):
    seq = of_kind(db, "RACE_FIX", "%weight=1 had=0 %")
    meta_swap(db, seq, "weight=1 had=0 ", "weight=1 had=7 ")


@planted("I21")
def fix_with_another_weight(db):
    meta_swap(db, of_kind(db, "RACE_FIX", "%weight=15 %"), "weight=15 ", "weight=14 ")


@planted("I21")
def fix_hides_what_was_short(db):
    seq = of_kind(db, "RACE_FIX", "%short member%")
    line = re.search(r"short member=\d+ cents=(\d+)", db.execute("SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
    meta_swap(db, seq, line.group(0), line.group(0)[:-len(line.group(1))] + "1")


@planted("I21")
def fix_says_less_changed_hands(db):
    seq = of_kind(db, "RACE_FIX")
    moved = re.search(r"moved=(\d+)", db.execute("SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
    meta_swap(db, seq, moved.group(0), "moved=1")


@planted("I21")
def fix_divides_another_sum(db):
    seq = of_kind(db, "RACE_FIX")
    money = re.search(r"money=(\d+)", db.execute("SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
    meta_swap(db, seq, money.group(0), "money=%d" % (int(money.group(1)) + 1))


@planted("I21")
def fix_cuts_a_seat_otherwise(db):
    seq = of_kind(db, "RACE_FIX", "%stint seat=%")
    stints = re.findall(r"stint seat=\d+ member=\d+ rounds=\d+ had=-?\d+ paid=-?\d+", db.execute(
        "SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
    for line, more in zip(stints, (2, -1)):
        head, _, paid = line.rpartition("=")
        meta_swap(db, seq, line, "%s=%d" % (head, int(paid) + more), False)
    rechain(db)


@planted("I20")
def refund_names_another_race(db):
    fixed = db.execute("SELECT max(ref) FROM journal WHERE kind = 'RACE_FIX'").fetchone()[0][5:]
    seq = of_kind(db, "REFUND", "%%part of=place:%% race=%s %%" % fixed)
    place = re.search(r"(part of=place:\d+ race=)(\d+)", db.execute("SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
    meta_swap(db, seq, place.group(0), place.group(1) + "1")


@planted("I21")
def end_after_the_order(db):
    db.execute("UPDATE journal SET meta = replace(meta, ' end=' || effective_at, ' end=' || (effective_at + 100000)), "
               "effective_at = effective_at + 100000 WHERE kind = 'RACE_RECUT'")
    rechain(db)


@planted("I21")
def cut_off_takes_too_little(db):
    seq = of_kind(db, "RACE_RECUT")
    back = re.search(r"back=(\d+)", db.execute("SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
    meta_swap(db, seq, back.group(0), "back=%d" % (int(back.group(1)) - 1))


@planted("I21")
def tag_moves_too_little(db):
    seq = of_kind(db, "TAG_OUT")
    back = re.search(r"back=(\d+)", db.execute("SELECT meta FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
    meta_swap(db, seq, back.group(0), "back=%d" % (int(back.group(1)) - 1))


sql("I33", "tag that one person attached", "UPDATE retag SET state = 'REJECTED', closed_by = asked_by WHERE state = 'DONE'")
sql("I33", "tag attached too late", "UPDATE retag SET closed_at = closed_at + 300000000 WHERE state = 'DONE'")
sql("I33", "tag attached by a racer", "UPDATE retag SET asked_by = (SELECT member_id FROM stint WHERE race_id = retag.race_id LIMIT 1)")
sql("I33", "tag of another race", "UPDATE retag SET race_id = race_id - 1 WHERE state = 'DONE'")
sql("I33", "tag nobody asked for", "DELETE FROM retag")
sql("I21", "end of a race moved back", "UPDATE race SET closed_at = closed_at + 600000 WHERE end_reason = 'forgotten'")
sql("I19", "order cut off by nobody", "UPDATE journal SET idem_key = 'x' || seq WHERE kind = 'RACE_RECUT'", hard=True)
sql("I27", "prize promised lower afterwards", "UPDATE season_prize SET amount = amount - 1 WHERE place = 3; "
    "INSERT INTO season_prize SELECT season_id, 4, 5, label, 0, created_at, actor, NULL, NULL, NULL, NULL, NULL FROM season_prize WHERE place = 1; "
    "UPDATE season_prize SET funded_seq = (SELECT max(funded_seq) FROM season_prize), funded_at = 1 WHERE place = 4")
sql("I27", "prize never paid out", "UPDATE season_prize SET paid_seq = NULL, paid_at = NULL, member_id = NULL WHERE place = 1")
sql("I27", "prize without its row", "DELETE FROM posting WHERE seq = (SELECT max(paid_seq) FROM season_prize); UPDATE journal SET kind = 'NOTE', meta = '', "
    "n_lines = 2 WHERE seq = (SELECT max(paid_seq) FROM season_prize); INSERT INTO posting SELECT (SELECT max(paid_seq) FROM season_prize), id, "
    "'', CASE code WHEN 'E:processor_fees' THEN 5 ELSE -5 END, 9999, 0 FROM account WHERE code IN ('E:processor_fees', 'A:processor:stripe')", hard=True)


@planted("I27")
def prize_shared_otherwise(db):
    cent_moved(db, of_kind(db, "ESCROW_AWARD", "%rank=1 %"), "L:wallet:%")


@planted("I27")
def deposit_of_somebody_else(db):
    seq = db.execute("SELECT min(seq) FROM journal WHERE kind = 'ESCROW_DEPOSIT'").fetchone()[0]
    db.execute("UPDATE posting SET ver = 9999, account_id = (SELECT id FROM account WHERE code = 'I:house:merch') WHERE seq = ? AND account_id = "
               "(SELECT id FROM account WHERE code = 'A:processor:stripe')", (seq,))
    refit(db)
    rechain(db)


# fees of providers
FEE = "(SELECT min(seq) FROM journal WHERE kind = 'PROC_FEE')"
sql("I31", "fee of no payment", "UPDATE journal SET ref = 'race:1' WHERE seq = " + FEE, hard=True)
sql("I31", "fee of a payment elsewhere", "UPDATE journal SET idem_scope = 'kofi' WHERE seq = " + FEE, hard=True)
sql("I31", "fee of a test order", "UPDATE journal SET ref = 'sale:12' WHERE seq = " + FEE, hard=True)
sql("I31", "fee of a sale to come", "UPDATE sale SET seq = (SELECT max(seq) FROM journal) WHERE id = 20", hard=True)
sql("I31", "fee without a movement", "UPDATE journal SET idem_key = 'fee:' WHERE seq = " + FEE, hard=True)
sql("I31", "fee that came back", "UPDATE posting SET amount = -amount WHERE seq = " + FEE, hard=True)
sql("I31", "fee paid by somebody else", "UPDATE posting SET ver = 9999, account_id = " + account("I:house:merch") + " WHERE seq = " + FEE +
    " AND account_id = " + account("A:processor:stripe"), hard=True)
sql("I31", "fee booked twice", "UPDATE journal SET ref = 'sale:20' WHERE kind = 'PROC_FEE'", hard=True)
sql("I31", "fee under another name", "UPDATE journal SET kind = 'NOTE' WHERE seq = " + FEE, hard=True)


# payouts
def payout(db, kind, state):
    return db.execute("SELECT id FROM payout WHERE kind = ? AND state = ? ORDER BY id", (kind, state)).fetchone()[0]


sql("I30", "settled payout is open again", "UPDATE payout SET state = 'SENT', settled_at = NULL WHERE kind = 'stripe' AND state = 'SETTLED'")
sql("I30", "payout without its row", "DELETE FROM payout_step WHERE payout_id = 1; DELETE FROM payout WHERE id = 1")
sql("I30", "amount of a payout changed", "UPDATE payout SET amount = amount - 1 WHERE state = 'HELD'")
sql("I30", "payout to somebody else", "UPDATE payout SET member_id = member_id + 1 WHERE state = 'CANCELLED'")
sql("I30", "fee of a member changed", "UPDATE payout SET fee = fee + 1 WHERE kind = 'stripe' AND state = 'SETTLED'")
sql("I30", "step removed", "DELETE FROM payout_step WHERE n = 3 AND payout_id = (SELECT min(id) FROM payout WHERE kind = 'stripe')")
sql("I30", "last step removed", "DELETE FROM payout_step WHERE state = 'RETURNED'")
sql("I30", "step that is not legal", "INSERT INTO payout_step SELECT id, 4, 'SETTLED', changed_at, '', 'x', NULL FROM payout WHERE state = 'CANCELLED'; "
    "UPDATE payout SET state = 'SETTLED' WHERE state = 'CANCELLED'")
sql("I30", "step that names another entry", "UPDATE payout_step SET seq = seq + 1 WHERE state = 'SETTLED'")
sql("I30", "step in the past", "UPDATE payout_step SET at = 1 WHERE state = 'SETTLED'")
sql("I30", "settled without proof", "INSERT INTO payout_step SELECT id, (SELECT max(n) + 1 FROM payout_step WHERE payout_id = id), 'SENT', changed_at, '', "
    "'x', NULL FROM payout WHERE id = 1; UPDATE payout SET state = 'SENT' WHERE id = 1")
sql("I30", "code that belongs to nothing", "INSERT INTO payout_code SELECT id, '', x'00', 1, NULL FROM payout WHERE state = 'CANCELLED'")
sql("I30", "code gone", "DELETE FROM payout_code")
sql("I30", "staff paid themselves", "UPDATE payout SET staff_id = member_id WHERE staff_id IS NOT NULL")
sql("I30", "key of another step", "UPDATE journal SET idem_key = replace(idem_key, ':sent', ':again') WHERE kind = 'PAYOUT_SENT'", hard=True)
sql("I30", "destination used before anybody said yes", "UPDATE method SET state = 'ready' WHERE state = 'new'")
sql("I30", "destination of somebody else", "UPDATE method SET member_id = member_id + 1, kind = 'whop' WHERE id = 1")
sql("I30", "money put aside for no payout", "UPDATE journal SET kind = 'NOTE', ref = '' WHERE kind = 'PAYOUT_HOLD' AND seq = "
    "(SELECT seq FROM payout_step WHERE state = 'HELD' ORDER BY seq DESC LIMIT 1)", hard=True)


@planted("I30")
def fee_out_of_the_bank(db):
    seq = of_kind(db, "PAYOUT_FEE")
    db.execute("UPDATE posting SET ver = 9999, account_id = (SELECT id FROM account WHERE code = 'A:bank') WHERE seq = ? AND amount < 0", (seq,))
    refit(db)
    rechain(db)


@planted("I30")
def settled_a_cent_less(db):
    seq = of_kind(db, "PAYOUT_SETTLED")
    db.execute("UPDATE posting SET amount = amount + 1 WHERE seq = ? AND amount < 0", (seq,))
    db.execute("INSERT INTO posting SELECT ?, id, '', -1, 9998, 0 FROM account WHERE code = 'I:house:merch'", (seq,))
    db.execute("UPDATE journal SET n_lines = n_lines + 1 WHERE seq = ?", (seq,))
    refit(db)
    rechain(db)


@planted("I30")
def failed_payout_to_another_wallet(db):
    seq = of_kind(db, "PAYOUT_FAILED")
    db.execute("UPDATE posting SET ver = 9999, account_id = (SELECT id FROM account WHERE code LIKE 'L:wallet:%' AND id <> account_id LIMIT 1) "
               "WHERE seq = ? AND amount < 0", (seq,))
    refit(db)
    rechain(db)


sql("I20", "written off for somebody else", "UPDATE journal SET idem_key = 'writeoff:99:sale:1' WHERE kind = 'WRITEOFF'", hard=True)
sql("I20", "written off out of the till", "UPDATE posting SET ver = 9999, account_id = (SELECT id FROM account WHERE code = 'A:bank') WHERE amount > 0 AND seq = "
    "(SELECT seq FROM journal WHERE kind = 'WRITEOFF')", hard=True)

# sales, shares, pots
sql("I14", "share changed", "UPDATE share SET cents = cents + 1, total = total + 1 WHERE seq = 4 AND seat_no = 2")
sql("I14", "share's sum changed", "UPDATE share SET total = total + 1 WHERE seq = 4 AND seat_no = 2")
sql("I14", "share's odd cents changed", "UPDATE share SET residue = residue + 1 WHERE seq = 4 AND seat_no = 2")
sql("I14", "share given to somebody else", "UPDATE share SET member_id = 9 WHERE seq = 4 AND seat_no = 2")
sql("I14", "share removed", "DELETE FROM share WHERE seq = 4 AND seat_no = 2")
sql("I14", "share too many", "INSERT INTO share SELECT race_id, 9, seq, sale_id, member_id, 1, 1, 0, 8 FROM share WHERE seq = 4 AND seat_no = 2")
sql("I14", "pot changed by a cent", "UPDATE pot_line SET delta = delta + 1, pot = pot + 1 WHERE seq = 4")
sql("I14", "pot's sum changed", "UPDATE pot_line SET pot = pot + 1 WHERE seq = 4")
sql("I14", "pot line removed", "DELETE FROM pot_line WHERE seq = 4")
sql("I14", "waiting part changed", "UPDATE pot_line SET bonus = bonus + 1 WHERE bonus > 0")
sql("I14", "share of a refund changed", "UPDATE share SET cents = cents + 1, total = total + 1 WHERE seq = 8 AND seat_no = 2; "
    "UPDATE share SET total = total + 1 WHERE race_id = (SELECT race_id FROM share WHERE seq = 8) AND seat_no = 2 AND seq > 8")
sql("I14", "pot of a refund changed", "UPDATE pot_line SET delta = delta + 1, pot = pot + 1 WHERE seq = 8; "
    "UPDATE pot_line SET pot = pot + 1 WHERE race_id = (SELECT race_id FROM pot_line WHERE seq = 8) AND seq > 8")
sql("I14", "sale moved to another race", "UPDATE pot_line SET race_id = 2 WHERE seq = 4; UPDATE share SET race_id = 2 WHERE seq = 4")
sql("I18", "amount of a sale changed", "UPDATE sale SET amount = amount + 1 WHERE id = 3")
sql("I18", "tax of a sale changed", "UPDATE sale SET tax = 1 WHERE id = 1")
sql("I18", "cost of an item changed", "UPDATE sale_item SET unit_cost = 1 WHERE sale_id = 3")
sql("I18", "currency of a sale changed", "UPDATE sale SET currency = 'EUR' WHERE id = 3")
sql("I15", "sale points to another entry", "UPDATE sale SET seq = 5 WHERE id = 3")
sql("I15", "sale was unbooked", "UPDATE sale SET seq = NULL WHERE id = 3")
sql("I19", "sale's reason changed", "UPDATE sale SET reason = 'gate_closed' WHERE id = 3")
sql("I19", "closed sale says it was in the window", "UPDATE sale SET reason = 'in_window' WHERE id = 1")
sql("I18", "order time of a sale moved out of its window", "UPDATE sale SET order_at = order_at - 86400000 WHERE id = 3")
sql("I19", "window of a race moved", "UPDATE race SET opened_at = opened_at + 5000 WHERE id = 1")
sql("I13", "rule changed afterwards", "UPDATE rule SET pool_bps = 1000 WHERE id = 1")
sql("I13", "driver of a seat changed afterwards", "UPDATE stint SET member_id = 12 WHERE race_id = 1 AND seat_no = 2")
sql("I9", "cap raised", "UPDATE refundable SET gross = gross + 1000 WHERE sale_id = 8")
sql("I9", "returned lowered", "UPDATE refundable SET returned = 0 WHERE sale_id = 8")
sql("I9", "cap removed", "DELETE FROM refundable WHERE sale_id = 8")
sql("I20", "refund row moved to another sale", "UPDATE refund SET sale_id = 5 WHERE id = 1")
sql("I22", "notice names a sale that is not there", "UPDATE inbox SET ref = 'sale:999' WHERE id = 1")
sql("I22", "notice of a sale set aside", "UPDATE inbox SET state = 'set_aside' WHERE id = 2")
sql("I22", "notice removed", "DELETE FROM inbox WHERE id = 3")

# tips
TIP = "(SELECT seq FROM tip WHERE id = %d)"


@planted("I29")
def fee_of_a_tip_to_the_dj(db):
    db.executescript("UPDATE posting SET amount = amount - 10 WHERE seq = %s AND account_id IN (SELECT id FROM account WHERE code LIKE "
                     "'L:wallet_pending:%%'); UPDATE posting SET amount = amount + 10 WHERE seq = %s AND account_id = %s"
                     % (TIP % 1, TIP % 1, account("I:platform_fee:tips")))
    refit(db)
    rechain(db)


def tip_meta(name, kind, old, new, nth=0):
    def fn(db):
        seq = db.execute("SELECT seq FROM journal WHERE kind = ? ORDER BY seq LIMIT 1 OFFSET ?", (kind, nth)).fetchone()[0]
        meta_swap(db, seq, old, new)
    fn.__name__ = name
    PLANTED.append(("I29", fn, ()))


tip_meta("rate of a tip changed", "TIP", "bps=500", "bps=400")
tip_meta("fee of a tip changed in its meta", "TIP", "fixed=30", "fixed=31")
tip_meta("part of a tip's refund changed", "TIP_REFUND", "back=306", "back=307")
tip_meta("what went back before changed", "TIP_REFUND", "before=333", "before=332", 1)
tip_meta("what was left of a tip changed", "TIP_REFUND", "left=80", "left=81")
tip_meta("a hold's part changed", "TIP_LOST", "held=", "held=1")
tip_meta("what was released changed", "TIP_RELEASE", "member=", "member=1")
sql("I29", "amount of a tip changed", "UPDATE tip SET amount = amount + 1 WHERE id = 1; UPDATE tip_state SET gross = gross + 1 WHERE tip_id = 1")
sql("I29", "tip given to another DJ", "UPDATE tip SET dj_id = 1 WHERE id = 1")
sql("I29", "tip was unbooked", "UPDATE tip SET seq = NULL WHERE id = 4")
sql("I29", "cap of a tip raised", "UPDATE tip_state SET gross = gross + 100 WHERE tip_id = 3")
sql("I29", "returned of a tip lowered", "UPDATE tip_state SET returned = returned - 1 WHERE tip_id = 1")
sql("I29", "tip released by hand", "UPDATE tip_state SET released = 1 WHERE tip_id = 3")
sql("I29", "tip's state removed", "DELETE FROM tip_state WHERE tip_id = 1")
sql("I29", "row of a refund removed", "DELETE FROM tip_move WHERE kind = 'refund' AND id = (SELECT min(id) FROM tip_move)")
sql("I29", "row of a refund says another sum", "UPDATE tip_move SET booked = booked + 1 WHERE kind = 'failed'")
sql("I29", "refund moved to another tip", "UPDATE tip_move SET tip_id = 2 WHERE kind = 'failed'")
sql("I29", "won dispute without an entry", "UPDATE tip_move SET seq = NULL WHERE kind = 'won'")
sql("I29", "money of a dispute that was won kept", "UPDATE posting SET amount = amount + 1 WHERE seq = (SELECT seq FROM journal WHERE kind = "
    "'TIP_WON') AND account_id IN (SELECT id FROM account WHERE code LIKE 'L:wallet:%'); UPDATE posting SET amount = amount - 1 WHERE seq = "
    "(SELECT seq FROM journal WHERE kind = 'TIP_WON') AND account_id = " + account("A:processor:stripe"), hard=True)
sql("I29", "released to another", "UPDATE posting SET account_id = " + account("L:wallet:1") + " WHERE seq = (SELECT min(seq) FROM journal "
    "WHERE kind = 'TIP_RELEASE') AND account_id IN (SELECT id FROM account WHERE code LIKE 'L:wallet:%')", hard=True)
sql("I16", "cap of tips unguarded", "DROP TRIGGER tip_state_bu")

# races, logs, guards
sql("I23", "race settled again", "UPDATE race SET state = 'FINAL' WHERE id = 1")
sql("I21", "race shown as settled before its money", "UPDATE race SET state = 'SETTLED' WHERE id = 5; INSERT INTO transition "
    "SELECT max(id) + 1, 'race', 5, 'RUNNING', 'SETTLED', 'time', max(at), 'clock', '' FROM transition")
sql("I23", "step that is not legal", "UPDATE transition SET to_state = 'FINAL' WHERE id = 2")
sql("I24", "step removed", "DELETE FROM transition WHERE id = 2")
sql("I24", "audit row removed", "DELETE FROM audit WHERE id = 3")
sql("I24", "audit rows out of order", "UPDATE audit SET at = at + 999999999 WHERE id = 3")
sql("I16", "guard dropped", "DROP TRIGGER posting_bu")
sql("I16", "guard made harmless", "DROP TRIGGER journal_bd; CREATE TRIGGER journal_bd BEFORE DELETE ON journal BEGIN SELECT 1; END")
sql("I16", "guard switched off", "DROP TRIGGER journal_bd; CREATE TRIGGER journal_bd BEFORE DELETE ON journal WHEN 0 BEGIN "
    "SELECT RAISE(ABORT, 'journal: append-only'); END")
sql("I16", "trigger nobody promised", "CREATE TRIGGER extra AFTER INSERT ON journal BEGIN SELECT 1; END")
sql("I25", "text where a number belongs", "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') "
    "WHERE name = 'sale'; PRAGMA writable_schema = RESET; UPDATE sale SET basis = 'much' WHERE id = 3")
sql("I25", "table gone", "PRAGMA foreign_keys = OFF; DROP TABLE refundable")


def main(good, folder):
    since = sqlite3.connect(good).execute("SELECT seq, sha FROM head").fetchone()
    guards = sqlite3.connect(good).execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for n, (check, fn, also) in enumerate(PLANTED):
        path = "%s/%03d.db" % (folder, n)
        shutil.copy(good, path)
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("PRAGMA ignore_check_constraints = ON")
        about_guards = check == "I16"
        for name, _ in guards if not about_guards else []:
            db.execute("DROP TRIGGER " + name)
        fn(db)
        tables = {t for (t,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for name, text in guards if not about_guards else []:
            table = re.search(r" ON (\w+)", text).group(1)
            if table in tables:
                db.execute(text)
        db.close()
        args = "--since-head %d:%s" % (since[0], since[1].hex()) if "since" in also else ""
        print("\t".join((check, fn.__name__.replace("_", " "), path, args)))

sql("I28", "two winners", "UPDATE seat SET place = 1, dnf = 0 WHERE race_id = (SELECT min(id) FROM race WHERE state = 'SETTLED' AND "
    "2 <= (SELECT count(*) FROM seat s WHERE s.race_id = race.id))")
sql("I28", "neither place nor DNF", "UPDATE seat SET place = NULL, dnf = 0 WHERE seat_no = 2 AND race_id = "
    "(SELECT min(race_id) FROM seat JOIN race ON id = race_id WHERE state = 'SETTLED' AND dnf = 1 AND seat_no = 2)")
sql("I28", "dispute of a settled race", "INSERT INTO dispute (race_id, member_id, reason, opened_at, state, closed_by, answer) "
    "SELECT min(id), 1, 'x', 1, 'OPEN', '', '' FROM race WHERE state = 'SETTLED'")
sql("I28", "place that nobody reported", "INSERT INTO report (race_id, seat_no, place, source, actor, note, at) "
    "SELECT race_id, seat_no, CASE WHEN place = 8 THEN 7 ELSE 8 END, 'driver', 'member:1', '', 1 FROM seat ORDER BY race_id, seat_no LIMIT 1")
sql("I28", "fix that wrote no result", "INSERT INTO fix (race_id, version, reason, actor, old, new, seq, at) "
    "SELECT min(id), 7, 'because', 'member:1', '', '', NULL, 1 FROM race WHERE state = 'SETTLED'")

# seals
sql("I32", "seal of another day", "UPDATE seal SET day = '2031-01-01' WHERE day = (SELECT max(day) FROM seal)")
sql("I32", "seal of no day", "UPDATE seal SET day = 'tomorrow' WHERE day = (SELECT max(day) FROM seal)")
sql("I32", "seal removed", "DELETE FROM seal WHERE day = (SELECT min(day) FROM seal)")
sql("I32", "seal removed in between", "DELETE FROM seal WHERE day = (SELECT day FROM seal ORDER BY day LIMIT 1 OFFSET 1)")
sql("I32", "seal begins later", "UPDATE seal SET first_seq = 2 WHERE day = (SELECT min(day) FROM seal)")
sql("I32", "seal ends earlier", "UPDATE seal SET last_seq = last_seq - 1 WHERE day = (SELECT min(day) FROM seal)")
sql("I32", "seal with another hash", "UPDATE seal SET head_sha = zeroblob(32) WHERE day = (SELECT min(day) FROM seal)")
sql("I32", "seal with another trial balance", "UPDATE seal SET trial_sha = zeroblob(32) WHERE day = (SELECT min(day) FROM seal)")
sql("I32", "seal with another text", "UPDATE seal SET text = replace(text, 'mode test', 'mode live') WHERE day = (SELECT min(day) FROM seal)")
sql("I32", "seal with another signature", "UPDATE seal SET signature = zeroblob(64) WHERE day = (SELECT min(day) FROM seal)")
sql("I32", "seal with another key", "UPDATE seal SET key = zeroblob(32) WHERE day = (SELECT min(day) FROM seal)")
sql("I32", "seal made too early", "UPDATE seal SET at = 1 WHERE day = (SELECT min(day) FROM seal)")


@planted("I32")
def money_moved_before_a_seal_and_everything_fitted(db):
    wallets = db.execute("SELECT seq, min(account_id), max(account_id) FROM posting WHERE account_id IN (SELECT id FROM account "
                         "WHERE code LIKE 'L:wallet_pending:%') GROUP BY seq HAVING count(*) > 1 ORDER BY seq LIMIT 1").fetchone()
    db.execute("UPDATE posting SET amount = amount - 1 WHERE seq = ? AND account_id = ?", (wallets[0], wallets[1]))
    db.execute("UPDATE posting SET amount = amount + 1 WHERE seq = ? AND account_id = ?", (wallets[0], wallets[2]))
    refit(db)
    rechain(db)


@planted("I32")
def signed_again_with_another_trial_balance(db):
    day, text, trial = db.execute("SELECT day, text, trial_sha FROM seal ORDER BY day LIMIT 1").fetchone()
    text = text.replace(trial.hex(), "11" * 32)
    db.execute("UPDATE seal SET trial_sha = ?, text = ?, signature = ? WHERE day = ?",
               (bytes([17] * 32), text, seals.sign(bytes(range(32)), text.encode()), day))


def used(data):
    """Where pages begin that hold something: a table without rows is a page that says nothing."""
    empty = [at for at in range(4096, len(data), 4096)
             if data[at] in (0x0A, 0x0D) and data[at + 3:at + 5] == b"\0\0"]
    return sorted(set(range(0, len(data), 4096)) - set(empty))


def scrambled(good, folder, seed, count):
    """Bytes or whole pages that a bad disk might have changed."""
    dice, data = random.Random(seed), open(good, "rb").read()
    pages = used(data)
    for n in range(count):
        bad = bytearray(data)
        if n % 5 == 4:
            at = dice.choice(pages)
            bad[at:at + 4096] = dice.randbytes(4096)
        for _ in range(dice.choice((1, 1, 2, 8)) if n % 5 < 4 else 0):
            bad[dice.choice(pages) + dice.randrange(4096)] ^= 1 << dice.randrange(8)
        path = "%s/s%03d.db" % (folder, n)
        open(path, "wb").write(bad)
        print(path)


if __name__ == "__main__":
    if len(sys.argv) == 5:
        scrambled(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main(sys.argv[1], sys.argv[2])
