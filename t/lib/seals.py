"""Seals after sql/FORMAT.md section 8: made for generated ledgers, and checked in any. Signatures are left to the openssl
program; nothing of the house takes part.   usage: seals.py FILE [PUBLIC-KEY-HEX]
Prints a line for each seal that is not what it should be; exit status 1 then."""
import base64, datetime, hashlib, os, sqlite3, subprocess, sys, tempfile

DAY = 86_400_000


def openssl(args, *files):
    with tempfile.TemporaryDirectory() as place:
        names = []
        for n, data in enumerate(files):
            names.append("%s/%d" % (place, n))
            open(names[-1], "wb").write(data)
        done = subprocess.run(["openssl"] + [a.format(*names) for a in args], capture_output=True)
        return done.returncode == 0, done.stdout


def sign(seed, text):
    key = bytes.fromhex("302e020100300506032b657004220420") + seed
    good, sig = openssl(["pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", "{0}", "-in", "{1}"], key, text)
    assert good and len(sig) == 64
    return sig


def public(seed):
    key = bytes.fromhex("302e020100300506032b657004220420") + seed
    good, der = openssl(["pkey", "-inform", "DER", "-in", "{0}", "-pubout", "-outform", "DER"], key)
    assert good
    return der[-32:]


def fits(key, text, sig):
    der = bytes.fromhex("302a300506032b6570032100") + key
    return openssl(["pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "{0}", "-in", "{1}",
                    "-sigfile", "{2}"], der, text, sig)[0]


def date(number):
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=number)).isoformat()


def trial(db, last):
    text = ""
    for code, currency, debits, credits in db.execute(
            "SELECT a.code, a.currency, sum(max(p.amount, 0)), sum(max(-p.amount, 0)) FROM posting p JOIN account a "
            "ON a.id = p.account_id WHERE p.seq <= ? GROUP BY a.id", (last,)).fetchall():
        text += "%s %s %d %d %d\n" % (code, currency, debits, credits, debits - credits)
    return hashlib.sha256("".join(sorted(text.splitlines(True), key=lambda l: l.split(" ")[0].encode())).encode()).digest()


def should(db, number, first, listed=False):
    """What a day's seal must be, from entries and postings alone: last, head, trial, text."""
    last, head = db.execute("SELECT seq, sha FROM journal WHERE recorded_at < ? AND seq >= ? ORDER BY seq DESC LIMIT 1",
                            ((number + 1) * DAY, first)).fetchone() or (first - 1, None)
    if head is None:
        head = (db.execute("SELECT sha FROM journal WHERE seq = ?", (last,)).fetchone() or (bytes(32),))[0]
    stamp = dict(db.execute("SELECT key, value FROM stamp").fetchall())
    sums = trial(db, last)
    text = "cozykart seal %d\nledger %s\nmode %s\nday %s\nentries %d %d\nhead %s\ntrial %s\n" % (
        2 if listed else 1, stamp["ledger_id"], stamp["mode"], date(number), first, last, head.hex(), sums.hex())
    if listed:
        text += "hashes %s\n" % hashlib.sha256(hashes(db, stamp["list_secret"], first, last).encode()).hexdigest()
    return last, head, sums, text.encode()


def hashes(db, secret, first, last):
    """The public list of a day."""
    lines = ""
    for seq, sha in db.execute("SELECT seq, sha FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)):
        salt = hashlib.sha256(("%s %d" % (secret, seq)).encode()).hexdigest()[:32]
        lines += "%d %s\n" % (seq, hashlib.sha256(("%s %s" % (sha.hex(), salt)).encode()).hexdigest())
    return lines


def make(db, seed, now):
    """Seals every day that is over at that time."""
    number = db.execute("SELECT recorded_at FROM journal WHERE seq = 1").fetchone()[0] // DAY
    first = 1
    key = public(seed)
    while now >= (number + 1) * DAY + 600_000:
        last, head, sums, text = should(db, number, first)
        db.execute("INSERT INTO seal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   (date(number), first, last, head, sums, text.decode(), sign(seed, text), key, now))
        number, first = number + 1, last + 1


def main(path, known=None):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    number = db.execute("SELECT recorded_at FROM journal WHERE seq = 1").fetchone()[0] // DAY
    first, bad, n = 1, 0, 0
    for day, a, b, head, sums, text, sig, key in db.execute(
            "SELECT day, first_seq, last_seq, head_sha, trial_sha, text, signature, key FROM seal ORDER BY day").fetchall():
        want = should(db, number, first, text.startswith("cozykart seal 2"))
        good = (day, a, b, head, sums, text.encode()) == (date(number), first) + want and fits(key, want[3], sig)
        if not good or (known and key.hex() != known):
            print("%s: %s, not %s" % (day, text, want))
            bad = 1
        number, first, n = number + 1, b + 1, n + 1
    print("%d seals" % n)
    return bad


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
