# The journal's hash by sql/FORMAT.md section 2, written apart from the product. Not for: anything
# but 21-golden.t.
#   golden.py make           prints the golden entries (t/data/golden-journal.txt)
#   golden.py check FILE     recomputes them
#   golden.py ledger FILE    rebuilds the chain of a ledger file
import hashlib, sqlite3, struct, sys


def digest(prev, fields, lines):
    data = b'cozykart/journal/1\0'
    out = [prev] + fields
    for line in sorted(lines, key=lambda l: (l[0].encode(), l[1].encode())):
        out += line
    for f in out:
        b = f if isinstance(f, bytes) else str(f).encode()
        data += struct.pack('>I', len(b)) + b
    return hashlib.sha256(data).digest()


def entry(seq, kind, scope, key, effective, recorded, ref, reverses, policy, actor, meta, lines):
    return [seq, kind, scope, key, hashlib.sha256(key.encode()).digest(), effective, recorded, ref, reverses, policy,
            actor, meta, len(lines)], lines


def golden():
    big = 2 ** 53 - 1
    yield entry(1, 'SALE_OPEN', 'stripe', 'evt:1', 0, 0, 'sale:1', '', 'rule:1', 'provider:stripe', '',
                [('A:processor:stripe', '', 2500, 'USD', 1, 2500), ('L:mfg_payable', '', -2500, 'USD', 1, -2500)])
    yield entry(2, 'K', '', 'k', -1, 1700000000000, '', '', '', '', 'a b=1\n\u00e4\u20ac\U0001f3c1 "\\\n',
                [('L:pool', 'race:10', -5, 'USD', 2, -12), ('L:pool', 'race:9', -7, 'USD', 1, -7),
                 ('A:bank', '', 12, 'USD', 7, 100)])
    yield entry(3, 'ADJUST', 's', 'k' * 200, big, big, 'r' * 300, 2, 'p', '\u00fc', 'm' * 5000,
                [('A:bank@EUR', '', -big, 'EUR', 1, -big), ('I:house:merch@EUR', '', big, 'EUR', 1, big)])
    yield entry(4, 'MANY', 's', 'many', 1, 2, '', '', '', 'x', '',
                [('L:wallet:%d' % i, '', -i, 'USD', i, -i) for i in range(1, 101)] +
                [('A:bank', '', 5050, 'USD', 8, 5150)])


def show(value):
    if isinstance(value, bytes):
        return value.hex()
    return str(value).replace('\\', '\\\\').replace('\n', '\\n').replace('\t', '\\t')


def make():
    prev = bytes(32)
    for fields, lines in golden():
        sha = digest(prev, fields, lines)
        print('\t'.join(['entry'] + [show(f) for f in fields] + [show(prev), show(sha)]))
        for line in lines:
            print('\t'.join(['line'] + [show(f) for f in line]))
        prev = sha


def check(path):
    want, prev, n = [l.rstrip('\n').split('\t') for l in open(path, encoding='utf-8')], bytes(32), 0
    entries = [w for w in want if w[0] == 'entry']
    for (fields, lines), w in zip(golden(), entries):
        prev = digest(prev, fields, lines)
        n += 1
        if [show(f) for f in fields] != w[1:14] or prev.hex() != w[15]:
            return 'entry %d differs' % n
    return '' if n == len(entries) else '%d entries, not %d' % (len(entries), n)


def ledger(path):
    db, prev, seq = sqlite3.connect('file:%s?mode=ro' % path, uri=True), bytes(32), 0
    for j in db.execute('SELECT seq, kind, idem_scope, idem_key, request_sha, effective_at, recorded_at, ref, reverses,'
                        ' policy, actor, meta, n_lines, prev_sha, sha FROM journal ORDER BY seq'):
        lines = db.execute('SELECT a.code, p.item, p.amount, a.currency, p.ver, p.bal_after FROM posting p'
                           ' JOIN account a ON a.id = p.account_id WHERE p.seq = ?', (j[0],)).fetchall()
        fields = ['' if f is None else f for f in j[:13]]
        seq += 1
        if j[0] != seq or j[13] != prev or digest(prev, fields, lines) != j[14]:
            return 'entry %d differs' % j[0]
        prev = j[14]
    head = db.execute('SELECT seq, sha FROM head').fetchone()
    return '' if seq > 0 and head == (seq, prev) else 'the head differs after %d entries' % seq


sys.stdout.reconfigure(encoding='utf-8')
if sys.argv[1] == 'make':
    make()
else:
    why = check(sys.argv[2]) if sys.argv[1] == 'check' else ledger(sys.argv[2])
    print(why or 'good')
    sys.exit(why != '')
