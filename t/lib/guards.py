# Bad writes against a ledger file, by a program that is not ours, with the settings of the sqlite3
# shell and with the program's. Prints TAP. Not for: what programs check themselves.
import glob, os, re, sqlite3, sys

src = os.environ['SRCDIR']


def schema():
    text = ''
    for name in sorted(glob.glob(src + '/sql/schema/*.sql'), key=lambda n: n.replace('.guard.sqlite.sql', '~')):
        text += open(name).read() + '\n'
    return re.sub(r'/\*SQLITE: *(.*?) *\*/', r'\1', text.replace('BIGINT', 'INTEGER'))


Z = "zeroblob(32)"
H = "(SELECT sha FROM head)"


def journal(seq, key, n, prev=H, at=6, reverses='NULL', how=''):
    return ("INSERT %s INTO journal VALUES (%s, 'K', 's', '%s', %s, 1, %s, '', %s, '', '', '', %s, %s, randomblob(32))"
            % (how, seq, key, Z, at, reverses, n, prev))


GOOD = [
    "INSERT INTO currency VALUES ('USD', 2), ('EUR', 2)",
    "INSERT INTO member (id, name, name_key, created_at) VALUES (3, 'a', 'a', 1)",
    "INSERT INTO account VALUES (1, 'A:bank', 'asset', 'USD', NULL, 0, 1), (2, 'L:wallet:3', 'liability', 'USD', 3, 0, 1),"
    " (3, 'L:pool', 'liability', 'USD', NULL, 1, 1), (4, 'A:bank@EUR', 'asset', 'EUR', NULL, 0, 1),"
    " (5, 'A:clawback:3', 'asset', 'USD', 3, 1, 1)",
    "BEGIN",
    "INSERT INTO posting VALUES (1, 1, '', 100, 1, 100)",
    "INSERT INTO posting VALUES (1, 2, '', -60, 1, -60)",
    "INSERT INTO posting VALUES (1, 3, 'race:1', -40, 1, -40)",
    journal(1, 'k', 3, Z, 5),
    "INSERT INTO posting VALUES (2, 1, '', -5, 2, 95)",
    "INSERT INTO posting VALUES (2, 2, '', 5, 2, -55)",
    journal(2, 'k2', 2, H, 5, 1),
    "INSERT INTO inbox (id, provider, delivery_key, type, received_at, state, reason, ref, tries, due_at, body)"
    " VALUES (1, 'stripe', 'e', 't', 1, 'applied', '', '', 1, NULL, x'00')",
    "INSERT INTO rule VALUES (1, 'r', 1, 'gross', 2000, 0, 'equal', '', 'seat', 0, 120, 'share', 72, 290, 30, 1, 't')",
    "INSERT INTO race VALUES (1, 'race', 'RUNNING', 3, 1, 8, 3, 1, 1, 1, NULL, 120, 72, NULL, NULL, '', NULL, NULL)",
    "INSERT INTO sale VALUES (1, 'stripe', 'pi', 1, 1, 1, 'USD', 100, 0, 0, 0, 0, 100, 40, 40, 'in_window', '', 'T', 1, 1)",
    "INSERT INTO sale_item VALUES (1, 1, 'S', 'T', 1, 100, 0)",
    "INSERT INTO pot_line VALUES (1, 1, 1, 1, 40, 0, 40, 0, 1)",
    "INSERT INTO share VALUES (1, 1, 1, 1, 3, 40, 40, 0, 1)",
    "INSERT INTO refundable VALUES (1, 100, 20)",
    "INSERT INTO audit VALUES (1, 1, 'a', 'b', 'c', 'd', 'e')",
    "INSERT INTO transition VALUES (1, 'race', 1, 'LOBBY', 'RUNNING', 'person', 1, 'a', '')",
    "INSERT INTO tip VALUES (1, 'stripe', 'pi_t', 1, 3, NULL, 1, 1, 1, 'USD', 100, 35, '', '', 0, 0, 1)",
    "INSERT INTO tip_state VALUES (1, 100, 20, 1, 0)",
    "INSERT INTO tip_move VALUES (1, 1, 'refund', 're', 20, 0, 20, 2, 1, 1)",
    "COMMIT",
]
TWO = ["BEGIN", "INSERT INTO posting VALUES (3, 1, '', 50, 3, 145)", "INSERT INTO posting VALUES (3, 2, '', -50, 3, -105)"]
MIXED = ["BEGIN", "INSERT INTO posting VALUES (3, 1, '', 50, 3, 145)", "INSERT INTO posting VALUES (3, 4, '', -50, 1, -50)"]

# name, statements that are right, the one that is not (%s: the conflict words).
BAD = [
    ('a line of an entry that is written', [], "INSERT %s INTO posting VALUES (1, 1, '', 50, 3, 145)"),
    ('a line of a later entry', [], "INSERT %s INTO posting VALUES (4, 1, '', 50, 3, 145)"),
    ('a version left out', [], "INSERT %s INTO posting VALUES (3, 1, '', 50, 4, 145)"),
    ('a version again', [], "INSERT %s INTO posting VALUES (3, 1, '', 50, 2, 145)"),
    ('a false running balance', [], "INSERT %s INTO posting VALUES (3, 1, '', 50, 3, 146)"),
    ('an overflow', [], "INSERT %s INTO posting VALUES (3, 1, '', -9223372036854775807, 3, 9223372036854775807)"),
    ('an amount of 0', [], "INSERT %s INTO posting VALUES (3, 1, '', 0, 3, 95)"),
    ('a line of no account', [], "INSERT %s INTO posting VALUES (3, 77, '', 5, 1, 5)"),
    ('an item on an account without items', [], "INSERT %s INTO posting VALUES (3, 1, 'x', 50, 3, 145)"),
    ('no item on an account with items', [], "INSERT %s INTO posting VALUES (3, 3, '', -1, 2, -41)"),
    ('a wallet overdrawn', [], "INSERT %s INTO posting VALUES (3, 2, '', 61, 3, 6)"),
    ('a receivable below zero', [], "INSERT %s INTO posting VALUES (3, 5, 'sale:1', -1, 1, -1)"),
    ('an open item across zero', [], "INSERT %s INTO posting VALUES (3, 3, 'race:1', 41, 2, 1)"),
    ('another item below what the account has', [], "INSERT %s INTO posting VALUES (3, 3, 'race:2', 1, 2, -39)"),
    ('a line replaced in its own entry', TWO, "INSERT %s INTO posting VALUES (3, 1, '', 60, 4, 205)"),
    ('an item line replaced in its own entry',
     ["BEGIN", "INSERT INTO posting VALUES (3, 3, 'race:1', -1, 2, -41)", "INSERT INTO posting VALUES (3, 3, 'race:2', -1, 3, -42)"],
     "INSERT %s INTO posting VALUES (3, 3, 'race:1', -1, 4, -43)"),
    ('a header without lines', [], journal(3, 'k3', 2, how='%s')),
    ('a wrong number of lines', TWO, journal(3, 'k3', 3, how='%s')),
    ('one line', ["BEGIN", TWO[1]], journal(3, 'k3', 1, how='%s')),
    ('an unbalanced entry', ["BEGIN", TWO[1], "INSERT INTO posting VALUES (3, 2, '', -49, 3, -104)"], journal(3, 'k3', 2, how='%s')),
    ('zero only over two currencies', MIXED, journal(3, 'k3', 2, how='%s')),
    ('a number left out', TWO, journal(4, 'k3', 2, how='%s')),
    ('a header again', [], journal(2, 'k2', 2, how='%s')),
    ('a key again', TWO, journal(3, 'k', 2, how='%s')),
    ('a second reversal', TWO, journal(3, 'k3', 2, reverses=1, how='%s')),
    ('a false previous hash', TWO, journal(3, 'k3', 2, Z, how='%s')),
    ('back in time', TWO, journal(3, 'k3', 2, at=4, how='%s')),
    ('a hash of another length', TWO, journal(3, 'k3', 2, how='%s').replace('randomblob(32))', "x'00')")),
    ('a balance out of nothing', [], "INSERT %s INTO balance VALUES (1, 'USD', 0, 1, 1, 1, 0, 1, NULL, NULL)"),
    ('a balance replaced by an empty one', [], "INSERT %s INTO balance VALUES (1, 'USD', 0, 1, 0, 0, 0, 0, NULL, NULL)"),
    ('a balance of no account', [], "INSERT %s INTO balance VALUES (99, 'USD', 0, 1, 0, 0, 0, 0, NULL, NULL)"),
    ('a balance moved', [], "UPDATE %s balance SET bal = bal + 1, debits = debits + 1 WHERE account_id = 1"),
    ('a balance moved with its version', [], "UPDATE %s balance SET bal = bal + 1, debits = debits + 1, ver = ver + 1 WHERE account_id = 1"),
    ('a balance moved back', [], "UPDATE %s balance SET bal = 100, credits = 0, ver = 1 WHERE account_id = 1"),
    ('a bound lifted', [], "UPDATE %s balance SET lim_hi = NULL WHERE account_id = 2"),
    ('a bound set', [], "UPDATE %s balance SET lim_hi = 5 WHERE account_id = 2"),
    ('a balance given to another', [], "UPDATE %s balance SET account_id = 4 WHERE account_id = 1"),
    ('a balance upsert', [], "INSERT %s INTO balance VALUES (1, 'USD', 0, 1, 0, 0, 0, 0, NULL, NULL) ON CONFLICT (account_id) DO UPDATE SET bal = 0, debits = 0, credits = 0"),
    ('an item out of nothing', [], "INSERT %s INTO item_balance VALUES (3, 'race:9', -1, -5)"),
    ('an item replaced', [], "INSERT %s INTO item_balance VALUES (3, 'race:1', -1, 0)"),
    ('an item of another sign', [], "INSERT %s INTO item_balance VALUES (3, 'race:9', 1, 0)"),
    ('an item on an account without items', [], "INSERT %s INTO item_balance VALUES (1, 'x', 1, 0)"),
    ('an item moved', [], "UPDATE %s item_balance SET bal = -41"),
    ('an item renamed', [], "UPDATE %s item_balance SET item = 'race:2'"),
    ('the head replaced', [], "INSERT %s INTO head VALUES (1, 0, zeroblob(32), 0)"),
    ('the head moved', [], "UPDATE %s head SET seq = 3"),
    ('the head moved back', [], "UPDATE %s head SET seq = 1, sha = (SELECT sha FROM journal WHERE seq = 1)"),
    ('a journal row changed', [], "UPDATE %s journal SET meta = 'x' WHERE seq = 1"),
    ('a journal row renumbered', [], "UPDATE %s journal SET seq = 9 WHERE seq = 2"),
    ('a journal upsert', [], journal(2, 'k2', 2) + " ON CONFLICT (seq) DO UPDATE SET kind = 'X'"),
    ('a posting changed', [], "UPDATE %s posting SET amount = 1 WHERE account_id = 1"),
    ('an account changed', [], "UPDATE %s account SET code = 'A:safe' WHERE id = 1"),
    ('an account replaced', [], "INSERT %s INTO account VALUES (1, 'A:bank', 'asset', 'USD', NULL, 0, 2)"),
    ('a code replaced', [], "INSERT %s INTO account VALUES (9, 'A:bank', 'asset', 'USD', NULL, 0, 2)"),
    ('an account of the wrong kind', [], "INSERT %s INTO account VALUES (9, 'L:suspense', 'asset', 'USD', NULL, 0, 2)"),
    ('an account with items it must not have', [], "INSERT %s INTO account VALUES (9, 'L:suspense', 'liability', 'USD', NULL, 1, 2)"),
    ('a currency replaced', [], "INSERT %s INTO currency VALUES ('USD', 3)"),
    ('a currency changed', [], "UPDATE %s currency SET exponent = 3"),
    ('more returned than was paid', [], "UPDATE %s refundable SET returned = 101"),
    ('a cap raised', [], "UPDATE %s refundable SET gross = 1000"),
    ('a cap replaced', [], "INSERT %s INTO refundable VALUES (1, 100, 0)"),
    ('a cap that is not the sale', [], "INSERT %s INTO refundable VALUES (2, 100, 0)"),
    ('more of a tip returned than was paid', [], "UPDATE %s tip_state SET returned = 101"),
    ('less of a tip returned than nothing', [], "UPDATE %s tip_state SET returned = -1"),
    ('the cap of a tip raised', [], "UPDATE %s tip_state SET gross = 1000"),
    ('the cap of a tip replaced', [], "INSERT %s INTO tip_state VALUES (1, 100, 0, 1, 0)"),
    ('a cap that is not the tip', [], "INSERT %s INTO tip_state VALUES (2, 100, 0, 1, 0)"),
    ('a tip replaced', [], "INSERT %s INTO tip VALUES (1, 'stripe', 'pi_u', 1, 3, NULL, 1, 1, 1, 'USD', 100, 35, '', '', 0, 0, 1)"),
    ('a payment that is two tips', [], "INSERT %s INTO tip VALUES (2, 'stripe', 'pi_t', 1, 3, NULL, 1, 1, 1, 'USD', 100, 35, '', '', 0, 0, 1)"),
    ('a tip whose fee is above it', [], "INSERT %s INTO tip VALUES (2, 'stripe', 'pi_u', 1, 3, NULL, 1, 1, 1, 'USD', 100, 101, '', '', 0, 0, 1)"),
    ('a row of a tip replaced', [], "INSERT %s INTO tip_move VALUES (1, 1, 'refund', 're', 2, 0, 2, 2, 1, 1)"),
    ('a rule replaced', [], "INSERT %s INTO rule VALUES (2, 'r', 1, 'net', 2000, 0, 'equal', '', 'seat', 0, 120, 'share', 72, 290, 30, 1, 't')"),
    ('a sale replaced by id', [], "INSERT %s INTO sale VALUES (1, 'stripe', 'pi2', 1, 1, 1, 'USD', 100, 0, 0, 0, 0, 100, 40, 40, 'in_window', '', 'T', 1, 1)"),
    ('a payment twice', [], "INSERT %s INTO sale VALUES (2, 'stripe', 'pi', 1, 1, 1, 'USD', 100, 0, 0, 0, 0, 100, 40, 40, 'in_window', '', 'T', 1, 1)"),
    ('an item line of a sale replaced', [], "INSERT %s INTO sale_item VALUES (1, 1, 'S', 'T', 2, 100, 0)"),
    ('a pot line replaced', [], "INSERT %s INTO pot_line VALUES (1, 1, 1, 1, 50, 0, 50, 0, 1)"),
    ('a share replaced', [], "INSERT %s INTO share VALUES (1, 1, 1, 1, 3, 50, 50, 0, 1)"),
    ('an audit line replaced', [], "INSERT %s INTO audit VALUES (1, 1, 'x', 'b', 'c', 'd', 'e')"),
    ('a step replaced', [], "INSERT %s INTO transition VALUES (1, 'race', 1, 'LOBBY', 'VOID', 'person', 1, 'a', '')"),
]
for table in 'sale sale_item pot_line share audit transition rule tip tip_move'.split():
    column = {'sale': 'title', 'sale_item': 'title', 'pot_line': 'pot', 'share': 'cents', 'audit': 'actor',
              'transition': 'note', 'rule': 'pool_bps', 'tip': 'fee', 'tip_move': 'booked'}[table]
    BAD.append(('a row of %s changed' % table, [], "UPDATE %%s %s SET %s = 7" % (table, column)))
DELETE = 'account balance currency head item_balance journal posting refundable sale sale_item pot_line share audit transition rule tip_state tip_move tip'.split()
HOW = ['', 'OR REPLACE', 'OR IGNORE', 'OR FAIL', 'OR ABORT', 'OR ROLLBACK']

first = sqlite3.connect(':memory:', isolation_level=None)
first.execute('PRAGMA foreign_keys=ON')
first.executescript(schema())
for text in GOOD:
    first.execute(text)
base = first.serialize()
count = failed = 0


def rows(db):
    return '\n'.join(db.iterdump())


whole = rows(first)


def attack(name, before, bad, settings):
    db = sqlite3.connect(':memory:', isolation_level=None)
    db.deserialize(base)
    for text in settings + before:
        db.execute(text)
    good = rows(db)
    try:
        db.execute(bad)
        said = 'nothing'
    except sqlite3.Error as e:
        said = str(e)
    after = rows(db)
    return (after == (good if db.in_transaction or not before else whole)), said


def ok(good, name, note=''):
    global count, failed
    count += 1
    failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', count, name))
    if not good:
        print('# ' + note)


SHELL = ['PRAGMA foreign_keys=OFF', 'PRAGMA recursive_triggers=OFF']
OURS = ['PRAGMA foreign_keys=ON', 'PRAGMA recursive_triggers=ON']
for name, before, bad in BAD:
    slipped = []
    for how in HOW:
        for settings in (SHELL, OURS):
            held, said = attack(name, before, bad.replace('%s', how), settings)
            if not held:
                slipped.append('%s %s: %s' % (how, settings is SHELL and 'shell' or 'ours', said))
    ok(not slipped, name, '; '.join(slipped))
for table in DELETE:
    held = all(attack(table, [], 'DELETE FROM ' + table, s)[0] for s in (SHELL, OURS))
    ok(held, 'rows of %s deleted' % table, 'some are gone')

db = sqlite3.connect(':memory:', isolation_level=None)
db.deserialize(base)
db.execute('PRAGMA foreign_keys=ON')
for text in TWO + [journal(3, 'k3', 2), 'COMMIT']:
    db.execute(text)
ok(db.execute('SELECT seq FROM head').fetchone()[0] == 3, 'a right entry is taken')
for text in ["BEGIN", "INSERT INTO posting VALUES (4, 1, '', 50, 4, 195)"]:
    db.execute(text)
try:
    db.execute('COMMIT')
    ok(False, 'lines without a header cannot be committed', 'they were')
except sqlite3.Error:
    ok(True, 'lines without a header cannot be committed')
print('1..%d' % count)
sys.exit(failed != 0)
