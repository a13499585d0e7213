"""A ledger file with a valid history, written from sql/FORMAT.md alone: neither the house's
programs nor the auditor's code took part, so the three can be held against each other.
Not for: anything but tests.   usage: ledger_gen.py SQL-FOLDER FILE"""
import glob, hashlib, os, re, sqlite3, sys
import seals

ITEMS = ("L:pool", "L:payout_in_flight", "L:payout_sent", "L:dispute_hold", "L:prize_escrow")
KINDS = {"A": "asset", "L": "liability", "I": "income", "E": "expense"}
T0 = 1_760_000_000_000


def cut(total, weights):
    """Floors, then the missing cents to the largest fractions, ties to the earlier."""
    whole = sum(weights)
    parts = [total * w // whole for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def towards_zero(a, b):
    return abs(a) // b * (1 if a >= 0 else -1)


class Ledger:
    def __init__(self, folder, path):
        if os.path.exists(path):
            os.unlink(path)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = DELETE")
        for name in sorted(glob.glob(folder + "/schema/*.sql"), key=lambda n: (os.path.basename(n)[:4], "guard" in n)):
            text = open(name, encoding="utf-8").read().replace("BIGINT", "INTEGER")
            self.db.executescript(re.sub(r"/\*SQLITE: *(.*?) *\*/", r"\1", text))
        self.db.execute("PRAGMA foreign_keys = ON")
        self.db.executescript("PRAGMA application_id = 0x434B4C31; PRAGMA user_version = %d; INSERT INTO stamp VALUES "
                              "('mode', 'test'), ('ledger_id', '00112233445566778899aabbccddeeff')" % int(os.path.basename(name)[:4]))
        self.now = T0
        self.seq, self.sha = 0, bytes(32)
        self.ids, self.state = {}, {}
        self.carry, self.waits = {}, {}
        self.races, self.sales = {}, {}
        self.run("INSERT INTO currency VALUES ('USD', 2), ('EUR', 2)")

    def run(self, sql, *values):
        return self.db.execute(sql, values)

    def insert(self, table, **row):
        self.run("INSERT INTO %s (%s) VALUES (%s)" % (table, ", ".join(row), ", ".join("?" * len(row))), *row.values())

    def add(self, table, **row):
        row["id"] = self.run("SELECT coalesce(max(id), 0) + 1 FROM " + table).fetchone()[0]
        self.insert(table, **row)
        return row["id"]

    def tick(self, ms=1000):
        self.now += ms
        return self.now

    def audit(self, action, thing):
        self.add("audit", at=self.now, actor="clock", action=action, object=thing, detail="", trace="t")

    # accounts and entries

    def account(self, code, currency):
        full = code if currency == "USD" else code + "@" + currency
        if full not in self.ids:
            owner = re.match(r"(?:A:clawback|L:wallet|L:wallet_pending|L:store_credit):(\d+)$", code)
            self.ids[full] = self.add(
                "account", code=full, kind=KINDS[code[0]], currency=currency,
                owner_id=int(owner.group(1)) if owner else None,
                by_item=int(code in ITEMS or code.startswith(("A:dispute:", "A:clawback:"))), opened_at=self.now)
            self.state[full] = [0, 0]
        return full

    def balance(self, code):
        return self.state.get(code, [0, 0])[0]

    def post(self, kind, scope, key, ref, meta, lines, at=None, reverses=None, currency="USD", policy=""):
        """lines: (code, item, amount), debit positive; equal ones are added up."""
        sums = {}
        for code, item, amount in lines:
            full = self.account(code, currency)
            sums[full, item] = sums.get((full, item), 0) + amount
        rows = sorted((c.encode(), i.encode(), a) for (c, i), a in sums.items() if a != 0)
        self.seq += 1
        out, at = [], self.now if at is None else at
        for code, item, amount in rows:
            state = self.state[code.decode()]
            state[0] += amount
            state[1] += 1
            out.append((code, item, amount, currency, state[1], state[0]))
        request = hashlib.sha256((scope + key).encode()).digest()
        data = [self.sha, self.seq, kind, scope, key, request, at, self.now, ref,
                "" if reverses is None else reverses, policy, "clock", meta, len(rows)]
        for row in out:
            data += row
        text = b"cozykart/journal/1\0"
        for field in data:
            field = field if isinstance(field, bytes) else str(field).encode()
            text += len(field).to_bytes(4, "big") + field
        before, self.sha = self.sha, hashlib.sha256(text).digest()
        self.db.execute("BEGIN")
        for code, item, amount, _, ver, after in out:
            self.insert("posting", seq=self.seq, account_id=self.ids[code.decode()], item=item.decode(), amount=amount,
                        ver=ver, bal_after=after)
        self.insert("journal", seq=self.seq, kind=kind, idem_scope=scope, idem_key=key, request_sha=request,
                    effective_at=at, recorded_at=self.now, ref=ref, reverses=reverses, policy=policy, actor="clock",
                    meta=meta, n_lines=len(rows), prev_sha=before, sha=self.sha)
        self.db.execute("COMMIT")
        return self.seq

    # people and races

    def member(self, name):
        return self.add("member", name=name, name_key=name.lower(), created_at=self.now)

    def rule(self, **over):
        rule = dict(basis="gross", pool_bps=2000, floor_guard=1, share="equal", weights="", weights_by="place",
                    bonus_bps=0, grace_s=120, overlap="share", clear_h=72, fee_bps=290, fee_fixed=30)
        rule.update(over)
        n = self.run("SELECT count(*) FROM rule").fetchone()[0] + 1
        rule["id"] = self.add("rule", name="rule", version=n, created_at=self.now, actor="clock", **rule)
        return rule

    def step(self, race, to, cause="person"):
        old = self.run("SELECT state FROM race WHERE id = ?", race).fetchone()[0]
        self.add("transition", kind="race", object_id=race, from_state=old, to_state=to, cause=cause, at=self.now,
                 actor="clock", note="")
        self.run("UPDATE race SET state = ? WHERE id = ?", to, race)
        self.audit("race_" + to.lower(), "race:%d" % race)

    def race(self, rule, drivers):
        self.tick()
        race = self.add("race", name="Race", state="LOBBY", host_id=drivers[0], rule_id=rule["id"], seats=8, rounds=4,
                        created_at=self.now, touched_at=self.now, grace_s=rule["grace_s"], clear_h=rule["clear_h"],
                        end_reason="")
        for no, member in enumerate(drivers, 1):
            self.insert("seat", race_id=race, seat_no=no, joined_at=self.now, dnf=0)
            self.insert("stint", race_id=race, seat_no=no, stint_no=1, member_id=member, from_round=1, from_at=self.now)
        self.tick()
        self.step(race, "RUNNING")
        self.run("UPDATE race SET opened_at = ? WHERE id = ?", self.now, race)
        self.races[race] = dict(id=race, rule=rule, settled=[], fixes=[], stake={}, pot=0, waiting=0, sales=0, n=len(drivers), opened=self.now,
                                total=[0] * 9, residue=[(0, 1)] * 9)
        return race

    def substitute(self, race, seat, member, from_round):
        self.tick()
        n = self.run("SELECT max(stint_no) FROM stint WHERE race_id = ? AND seat_no = ?", race, seat).fetchone()[0]
        self.insert("stint", race_id=race, seat_no=seat, stint_no=n + 1, member_id=member, from_round=from_round,
                    from_at=self.now)

    def finish(self, race):
        self.tick()
        self.step(race, "FINISHED")
        self.run("UPDATE race SET closed_at = ? WHERE id = ?", self.now, race)

    def final(self, race, places):
        self.tick(600_000)
        for seat, place in places.items():
            self.run("UPDATE seat SET place = ? WHERE race_id = ? AND seat_no = ?", place, race, seat)
        self.run("UPDATE seat SET dnf = 1 WHERE race_id = ? AND place IS NULL", race)
        self.step(race, "FINAL", "time")
        self.run("UPDATE race SET final_at = ? WHERE id = ?", self.now, race)

    def driver(self, race, seat, at):
        return self.run("SELECT member_id FROM stint WHERE race_id = ? AND seat_no = ? AND (from_at <= ? OR stint_no = 1) "
                        "ORDER BY stint_no DESC LIMIT 1", race, seat, at).fetchone()[0]

    def wallet(self, race):
        r = self.races[race]
        return "L:wallet:" if r["settled"] or r["rule"]["clear_h"] == 0 else "L:wallet_pending:"

    # sales

    def notice(self, type, ref, state="applied"):
        n = self.run("SELECT count(*) FROM inbox").fetchone()[0] + 1
        return self.add("inbox", provider="stripe", delivery_key="evt_%d" % n, type=type, received_at=self.now, state=state,
                        reason="", ref=ref, tries=1, body=b"{}")

    def sale(self, reason, races=(), amount=2500, tax=0, shipping=0, cost=900, at=None, currency="USD", book=True):
        at = self.tick() if at is None else at
        rule = self.races[races[0]]["rule"] if races else self.rule0
        fee = (amount * rule["fee_bps"] + 5000) // 10000 + rule["fee_fixed"]
        gross = amount - tax - shipping
        basis = gross - cost - fee if rule["basis"] == "net" else gross
        uncapped = max(0, basis * rule["pool_bps"] // 10000)
        pool = min(uncapped, max(0, gross - cost - fee)) if rule["floor_guard"] else uncapped
        if not races:
            cost, fee, basis, uncapped, pool = cost if currency == "USD" else 0, fee, basis, 0, 0
        sale = self.run("SELECT coalesce(max(id), 0) + 1 FROM sale").fetchone()[0]
        meta, lines, rows = "", [], []
        if races:
            meta = "sale id=%d amount=%d tax=%d shipping=%d cost=%d fee=%d basis=%d bps=%d uncapped=%d pool=%d\n" % (
                sale, amount, tax, shipping, cost, fee, basis, rule["pool_bps"], uncapped, pool)
        seats = sum(self.races[r]["n"] for r in races)
        odd = pool - sum(pool * self.races[r]["n"] // seats for r in races)
        for nth, race in enumerate(races):
            part = pool * self.races[race]["n"] // seats + (nth < odd)
            text, moved, kept = self.divide(race, part, at)
            meta += text
            lines += moved
            rows.append(kept)
        lines += [("A:processor:stripe", "", amount), ("L:sales_tax", "", -tax), ("L:mfg_payable", "", -cost),
                  ("I:house:merch", "", -(amount - tax - cost - pool))]
        inbox = self.notice("checkout.session.completed", "sale:%d" % sale)
        seq = None
        row = dict(id=sale, provider="stripe", payment="pi_%d" % sale, inbox_id=inbox, order_at=at, arrived_at=self.now,
                   currency=currency, amount=amount, tax=tax, shipping=shipping, cost=cost, fee=fee, basis=basis, pool=pool,
                   uncapped=uncapped, reason=reason, tag="", title="Shirt", cost_known=1)
        self.sales[sale] = dict(row, races=list(races), back=0)
        if book:
            kind = "SALE_CLOSED" if not races else "SALE_POOL" if any(k[2] for k in rows) else "SALE_OPEN"
            seq = self.post(kind, "payment:stripe", "pi_%d" % sale, "sale:%d" % sale, meta, lines, at=at, currency=currency,
                            policy="rule:%d" % rule["id"] if races else "")
        self.insert("sale", seq=seq, **row)
        self.insert("sale_item", sale_id=sale, line_no=1, sku="shirt", title="Shirt", quantity=1, price=amount - tax - shipping,
                    unit_cost=cost)
        self.sales[sale]["seq"] = seq
        self.sales[sale]["parts"] = parts = []
        for race, part, bonus, seat in rows:
            self.pot(race, seq, sale, at, part, bonus, 1)
            for no, member, paid, left, unit in seat:
                self.share(race, no, seq, sale, member, paid, left, unit)
                parts.append(["wallet:%d" % member, paid, race, no])
        parts += [["pool:%d" % race, bonus, race, 0] for race, _, bonus, _ in rows]
        parts += [["mfg", cost, 0, 0], ["tax", tax, 0, 0], ["house", amount - tax - cost - pool, 0, 0]]
        return sale

    def divide(self, race, part, at):
        """The carry rule: meta lines, postings, rows."""
        r = self.races[race]
        rule = r["rule"]
        by_place = rule["share"] == "weighted" and rule["weights_by"] == "place"
        by_seat = rule["share"] == "weighted" and not by_place
        bonus = part if by_place else part * rule["bonus_bps"] // 10000 if rule["share"] == "winner_bonus" else 0
        weights = [int(w) for w in rule["weights"].split(",")][: r["n"]] if by_seat else [1] * r["n"]
        unit, total = sum(weights), part - bonus
        carries, wants = [], []
        for no in range(1, r["n"] + 1):
            left, old = self.carry.get((race, no), (0, unit))
            carries.append(left if old == unit else towards_zero(left * unit, old))
            wants.append(total * weights[no - 1] + carries[-1])
        paid = [max(0, w // unit) for w in wants]
        while sum(paid) < total:
            paid[max(range(r["n"]), key=lambda i: (wants[i] - paid[i] * unit, -i))] += 1
        while sum(paid) > total:
            paid[min((i for i in range(r["n"]) if paid[i] > 0), key=lambda i: (wants[i] - paid[i] * unit, -i))] -= 1
        text = "race id=%d pool=%d bonus=%d unit=%d\n" % (race, part, bonus, unit)
        lines, seats = [("L:pool", "race:%d" % race, -bonus)], []
        for i in range(r["n"]):
            member, left = self.driver(race, i + 1, at), wants[i] - paid[i] * unit
            text += "seat no=%d member=%d weight=%d carry=%d paid=%d left=%d\n" % (
                i + 1, member, weights[i], carries[i], paid[i], left)
            self.carry[race, i + 1] = (left, unit)
            lines.append((self.wallet(race) + str(member), "", -paid[i]))
            seats.append((i + 1, member, paid[i], left, unit))
        self.waits[race] = self.waits.get(race, 0) + bonus
        return text, lines, (race, part, bonus, seats)

    def pot(self, race, seq, sale, at, delta, bonus, counted):
        r = self.races[race]
        r["pot"] += delta
        r["waiting"] += bonus
        r["sales"] += counted
        self.insert("pot_line", race_id=race, seq=seq, sale_id=sale, at=at, delta=delta, bonus=bonus, pot=r["pot"],
                    waiting=r["waiting"], sales=r["sales"])

    def share(self, race, no, seq, sale, member, cents, left=None, unit=None):
        r = self.races[race]
        if left is not None:
            r["residue"][no] = (left, unit)
        r["total"][no] += cents
        self.insert("share", race_id=race, seat_no=no, seq=seq, sale_id=sale, member_id=member, cents=cents,
                    total=r["total"][no], residue=r["residue"][no][0], unit=r["residue"][no][1])

    # the end of a race

    def settle(self, race):
        self.tick(72 * 3600_000)
        r, rule, lines = self.races[race], self.races[race]["rule"], []
        rows = self.run("SELECT seat_no, member_id, cents FROM share WHERE race_id = ? ORDER BY seat_no", race).fetchall()
        first = not r["settled"]
        pending = first and rule["clear_h"] > 0
        release, by_seat = {}, {}
        for seat, member, cents in rows if pending else []:
            release[member] = release.get(member, 0) + cents
            by_seat[seat] = by_seat.get(seat, 0) + cents
        seats = self.run("SELECT seat_no, place FROM seat WHERE race_id = ? ORDER BY coalesce(place, 0), seat_no", race).fetchall()
        placed = [(no, place) for no, place in seats if place]
        waiting = self.waits.get(race, 0)
        if not placed:
            placed, weights = [(no, 0) for no, _ in seats], [1] * len(seats)
        elif rule["share"] == "winner_bonus":
            placed = [p for p in placed if p[1] == 1]
            weights = [1] * len(placed)
        else:
            weights = [int(rule["weights"].split(",")[p - 1]) for _, p in placed] if rule["weights"] else [1] * len(placed)
        if waiting == 0:
            placed, weights = [], []
        paid = cut(waiting, weights) if waiting else []
        meta = "settle race=%d waiting=%d shares=%d\n" % (race, waiting, sum(release.values()))
        place_of, places = {}, []
        stints = {no: self.run("SELECT member_id, from_round FROM stint WHERE race_id = ? AND seat_no = ? ORDER BY stint_no",
                               race, no).fetchall() for no, _ in seats}
        for (no, place), weight, cents in zip(placed, weights, paid):
            member = stints[no][-1][0]
            meta += "place no=%d seat=%d member=%d weight=%d paid=%d\n" % (place or 0, no, member, weight, cents)
            place_of[no] = cents
            places.append((member, cents, no, weight))
            self.hold(race, no, 0, cents)
        for no in sorted(stints):
            drivers = stints[no]
            if len(drivers) > 1 and not first:
                self.hold(race, no, len(drivers), place_of.get(no, 0))
            if len(drivers) == 1 or not first:
                member = drivers[-1][0] if place_of.get(no) else drivers[0][0]
                lines.append(("L:wallet:%d" % member, "", -place_of.get(no, 0)))
                lines.append(("L:wallet:%d" % member, "", -by_seat.get(no, 0)))
                continue
            rounds = [nxt - frm for (_, frm), nxt in zip(drivers, [d[1] for d in drivers[1:]] + [5])]
            for k, ((member, _), n, cents) in enumerate(zip(drivers, rounds, cut(place_of.get(no, 0) + by_seat.get(no, 0), rounds)), 1):
                self.hold(race, no, k, cents)
                meta += "stint seat=%d member=%d rounds=%d paid=%d\n" % (no, member, n, cents)
                lines.append(("L:wallet:%d" % member, "", -cents))
                r.setdefault("cuts", {}).setdefault(no, []).append((member, cents))
        for member, cents in sorted(release.items()):
            meta += "release member=%d cents=%d\n" % (member, cents)
            lines.append(("L:wallet_pending:%d" % member, "", cents))
        lines.append(("L:pool", "race:%d" % race, waiting))
        n = len(r["settled"]) + 1
        seq = self.post("RACE_SETTLE", "race", "settle:race:%d" % race + (":%d" % n if n > 1 else ""), "race:%d" % race, meta, lines)
        r["settled"].append((seq, places))
        self.waits[race] = 0
        if first:
            self.step(race, "SETTLED", "time")
            self.run("UPDATE race SET settled_at = ? WHERE id = ?", self.now, race)

    def hold(self, race, seat, driver, cents):
        """What a seat has by place (driver 0), and each of several drivers of all that was cut between them."""
        stake = self.races[race]["stake"]
        stake[seat, driver] = stake.get((seat, driver), 0) + cents

    def fix(self, race, places, key):
        """places: seat to place; the others did not finish."""
        self.tick()
        r, rule, item = self.races[race], self.races[race]["rule"], "race:%d" % race
        for seat in range(1, r["n"] + 1):
            self.run("UPDATE seat SET place = ?, dnf = ? WHERE race_id = ? AND seat_no = ?", places.get(seat), int(seat not in places), race, seat)
        order = sorted(places, key=lambda n: places[n])
        if not order:
            listed = [(n, 0, 1) for n in range(1, r["n"] + 1)]
        elif rule["share"] == "weighted" and rule["weights_by"] == "place":
            listed = [(n, places[n], int(rule["weights"].split(",")[places[n] - 1])) for n in order]
        else:
            listed = [(n, places[n], int(places[n] == 1)) for n in order]
        listed += [(n, 0, 0) for n in range(1, r["n"] + 1) if n not in [x[0] for x in listed]]
        had = [r["stake"].get((n, 0), 0) for n, _, _ in listed]
        paid = cut(sum(had), [w for _, _, w in listed])
        text, moves, kept, cuts = "", {}, [], {}
        for (no, place, weight), before, after in zip(listed, had, paid):
            drivers = self.run("SELECT member_id, from_round FROM stint WHERE race_id = ? AND seat_no = ? ORDER BY stint_no", race, no).fetchall()
            last = drivers[-1][0]
            text += "place no=%d seat=%d member=%d weight=%d had=%d paid=%d\n" % (place, no, last, weight, before, after)
            kept.append((last, after, no, weight))
            r["stake"][no, 0] = after
            if len(drivers) == 1:
                moves[last] = moves.get(last, 0) + after - before
        for no in range(1, r["n"] + 1):
            drivers = self.run("SELECT member_id, from_round FROM stint WHERE race_id = ? AND seat_no = ? ORDER BY stint_no", race, no).fetchall()
            if len(drivers) == 1:
                continue
            i = [x[0] for x in listed].index(no)
            old = [r["stake"].get((no, k), 0) for k in range(1, len(drivers) + 1)]
            rounds = [nxt - frm for (_, frm), nxt in zip(drivers, [d[1] for d in drivers[1:]] + [5])]
            new = cut(sum(old) + paid[i] - had[i], rounds) if paid[i] != had[i] else old
            for k, ((member, _), n, before, after) in enumerate(zip(drivers, rounds, old, new), 1):
                text += "stint seat=%d member=%d rounds=%d had=%d paid=%d\n" % (no, member, n, before, after)
                moves[member] = moves.get(member, 0) + after - before
                cuts.setdefault(no, []).append((member, after))
                r["stake"][no, k] = after
        lines = []
        for member, cents in moves.items():
            lack = max(0, -cents + self.balance("L:wallet:%d" % member)) if cents < 0 else 0
            lines += [("L:wallet:%d" % member, "", -cents - lack), ("A:clawback:%d" % member, item, lack)]
            text += "short member=%d cents=%d\n" % (member, lack) if lack else ""
        seq = self.post("RACE_FIX", "race", "fix:race:%d:%s" % (race, key), item, "fix race=%d money=%d moved=%d\n" % (
            race, sum(had), sum(c for c in moves.values() if c > 0)) + text, lines)
        r["fixes"].append((seq, kept, cuts))
        return seq

    def void(self, race):
        self.tick()
        self.step(race, "VOID")
        self.to_house(race)

    def recut(self, race, end):
        """The flag was long ago: what was ordered after its grace goes to the house."""
        self.tick()
        self.step(race, "FINISHED")
        self.run("UPDATE race SET closed_at = ?, end_reason = 'forgotten' WHERE id = ?", end, race)
        self.to_house(race, end)

    def to_house(self, race, end=None):
        for sale, s in self.sales.items():
            mine = [p for p in s["parts"] if p[2] == race]
            back = sum(p[1] for p in mine)
            if back == 0 or (end and s["order_at"] < end + self.races[race]["rule"]["grace_s"] * 1000):
                continue
            lines = [("I:house:merch", "", -back)]
            for name, left, _, no in mine:
                code, item = ("L:pool", "race:%d" % race) if no == 0 else (self.wallet(race) + name[7:], "")
                lines.append((code, item, left))
            self.waits[race] = self.waits.get(race, 0) - sum(p[1] for p in mine if p[3] == 0)
            word = "recut" if end else "void"
            seq = self.post("RACE_" + word.upper(), "race", "%s:race:%d:sale:%d" % (word, race, sale), "race:%d" % race,
                            "%s race=%d sale=%d back=%d%s\n" % (word, race, sale, back, " end=%d" % end if end else ""), lines, at=end)
            self.pot(race, seq, sale, self.now, -back, -sum(p[1] for p in mine if p[3] == 0), -1)
            for part in mine:
                if part[3]:
                    self.share(race, part[3], seq, sale, int(part[0][7:]), -part[1])
                part[1] = 0
            [p for p in s["parts"] if p[0] == "house"][0][1] += back

    def retag(self, sale, race, asked, closed):
        """A forgotten tag: out of the races that have the sale, into that one."""
        s, rule = self.sales[sale], self.races[race]["rule"]
        self.tick()
        for old in s["races"]:
            mine = [p for p in s["parts"] if p[2] == old]
            back = sum(p[1] for p in mine)
            lines = [("I:house:merch", "", -back)]
            for name, left, _, no in mine:
                lines.append((("L:pool", "race:%d" % old) if no == 0 else (self.wallet(old) + name[7:], "")) + (left,))
            waits = sum(p[1] for p in mine if p[3] == 0)
            self.waits[old] = self.waits.get(old, 0) - waits
            seq = self.post("TAG_OUT", "race", "tagout:race:%d:sale:%d" % (old, sale), "race:%d" % old,
                            "tagout race=%d sale=%d back=%d to=%d\n" % (old, sale, back, race), lines)
            self.pot(old, seq, sale, self.now, -back, -waits, -1)
            for part in mine:
                if part[3]:
                    self.share(old, part[3], seq, sale, int(part[0][7:]), -part[1])
            [p for p in s["parts"] if p[0] == "house"][0][1] += back
        amount, cost = s["amount"], s["cost"]
        gross = amount - s["tax"] - s["shipping"]
        fee = (amount * rule["fee_bps"] + 5000) // 10000 + rule["fee_fixed"]
        basis = gross - cost - fee if rule["basis"] == "net" else gross
        uncapped = max(0, basis * rule["pool_bps"] // 10000)
        pool = min(uncapped, max(0, gross - cost - fee)) if rule["floor_guard"] else uncapped
        text, lines, (_, part, bonus, seat) = self.divide(race, pool, s["order_at"])
        meta = "sale id=%d amount=%d tax=%d shipping=%d cost=%d fee=%d basis=%d bps=%d uncapped=%d pool=%d\n" % (
            sale, amount, s["tax"], s["shipping"], cost, fee, basis, rule["pool_bps"], uncapped, pool)
        seq = self.post("TAG_IN", "race", "tag:sale:%d" % sale, "sale:%d" % sale, meta + text,
                        lines + [("I:house:merch", "", pool)], at=s["order_at"], policy="rule:%d" % rule["id"])
        self.pot(race, seq, sale, s["order_at"], part, bonus, 1)
        rest = [p for p in s["parts"] if p[0] in ("mfg", "tax", "house")]
        rest[2][1] -= pool
        s["parts"] = []
        for no, member, paid, left, unit in seat:
            self.share(race, no, seq, sale, member, paid, left, unit)
            s["parts"].append(["wallet:%d" % member, paid, race, no])
        s["parts"] += [["pool:%d" % race, bonus, race, 0]] + rest
        s["races"] = [race]
        self.insert("retag", sale_id=sale, race_id=race, reason="the link was cut off", asked_by=asked, asked_at=self.now,
                    closed_by=closed, closed_at=self.now, state="DONE", seq=seq)

    # money that goes back

    def divided(self, sale, race):
        """(seq, places, cuts of the seats) of the entry that divided what waited of the sale; None: it still waits."""
        r, booked = self.races[race], self.sales[sale]["seq"]
        later = [x for x in r["settled"] if x[0] > booked]
        fixes = [x for x in r["fixes"] if x[0] > booked]
        if fixes:
            return fixes[-1]
        return (*later[0], r.get("cuts", {}) if later[0] is r["settled"][0] else {}) if later else None

    def left_of(self, sale):
        """(name, left, the stored part, seat) in the order of the sale's lines; places instead of a settled pool."""
        out = []
        for part in self.sales[sale]["parts"]:
            divided = self.divided(sale, part[2]) if part[2] and part[0].startswith("pool:") else None
            if divided and part[1]:
                places = divided[1]
                weights = [p[1] for p in places] if sum(p[1] for p in places) else [p[3] for p in places]
                out += [("place:%d" % p[0], c, part, p[2]) for p, c in zip(places, cut(part[1], weights))]
            else:
                out.append((part[0], part[1], part, part[3]))
        return [o for o in out if o[1] != 0]

    def drivers(self, sale, part, what, seat):
        """(member, paid) of the drivers between whom the part's seat was cut after the sale."""
        r = self.races[part[2]]
        if not r["settled"]:
            return []
        if what == "place":
            cuts = self.divided(sale, part[2])[2].get(seat, [])
        else:
            cuts = r.get("cuts", {}).get(seat, []) if r["settled"][0][0] > self.sales[sale]["seq"] else []
        return cuts if sum(c for _, c in cuts) else []

    def refund(self, sale, amount, lost=False, kind="REFUND", dispute="", frozen=None):
        self.tick()
        s, parts = self.sales[sale], self.left_of(sale)
        lefts = [p[1] for p in parts]
        backs = lefts if sum(lefts) == amount else cut(amount, lefts)
        meta = "refund sale=%d amount=%d before=%d gross=%d\n" % (sale, amount, s["back"], s["amount"])
        item, lines, taken = "sale:%d" % sale, [], {}
        frozen = dict(frozen or {})
        lines.append(("A:dispute:stripe", dispute, -amount) if dispute else ("A:processor:stripe", "", -amount))
        for (name, left, part, seat), back in zip(parts, backs):
            what, _, who = name.partition(":")
            meta += "part of=%s%s left=%d back=%d" % (name, " race=%d seat=%d" % (part[2], seat) if what == "place" else "", left, back)
            short, by = 0, ""
            drivers = self.drivers(sale, part, what, seat) if what in ("wallet", "place") else []
            if drivers:
                for k, ((member, _), cents) in enumerate(zip(drivers, cut(back, [c for _, c in drivers])), 1):
                    self.hold(part[2], seat, k, -cents)
                    code = "L:wallet:%d" % member
                    lack = max(0, cents + taken.get(code, 0) + self.balance(code))
                    taken[code] = taken.get(code, 0) + cents - lack
                    lines += [(code, "", cents - lack), ("A:clawback:%d" % member, item, lack)]
                    short += lack
                    by += "by race=%d seat=%d member=%d back=%d short=%d\n" % (
                        part[2], seat, member, cents, lack)
            elif what in ("wallet", "place"):
                n = self.run("SELECT count(*) FROM stint WHERE race_id = ? AND seat_no = ?", part[2], seat).fetchone()[0]
                if what == "place" and n > 1:
                    self.hold(part[2], seat, n, -back)
                code = (self.wallet(part[2]) if what == "wallet" else "L:wallet:") + who
                held = frozen.pop(int(who), 0) if what == "wallet" else 0
                lines.append(("L:dispute_hold", dispute + ":" + who, held))
                short = max(0, back - held + taken.get(code, 0) + self.balance(code)) if back - held > 0 else 0
                taken[code] = taken.get(code, 0) + back - held - short
                lines += [(code, "", back - held - short), ("A:clawback:" + who, item, short)]
            elif what == "pool":
                lines.append(("L:pool", "race:" + who, back))
                self.waits[part[2]] -= back
            elif what == "mfg":
                lines.append(("E:goods_lost" if lost else "L:mfg_payable", "", back))
            else:
                lines.append(("L:sales_tax" if what == "tax" else "I:house:merch", "", back))
            meta += (" short=%d" % short) + (" lost=1" if what == "mfg" and lost else "") + "\n" + by
            part[1] -= back
            if what == "place":
                self.hold(part[2], seat, 0, -back)
        seq = self.post(kind, "refund:stripe", "re_%d" % self.now, item, meta, lines)
        fallen = {}
        held = dict(frozen if frozen else {})
        for (name, _, part, _), back in zip(parts, backs):
            if part[2] == 0 or back == 0:
                continue
            already = self.held.get((sale, name), 0) if dispute else 0
            pot = fallen.setdefault(part[2], [0, 0])
            pot[0] -= back - already
            if name.startswith("pool:"):
                pot[1] -= back
            if name.startswith("wallet:"):
                self.share(part[2], part[3], seq, sale, int(name[7:]), -(back - already))
        for race, (delta, bonus) in fallen.items():
            self.pot(race, seq, sale, self.now, delta, bonus, -1 if amount + s["back"] == s["amount"] else 0)
        s["back"] += amount
        if self.run("SELECT count(*) FROM refundable WHERE sale_id = ?", sale).fetchone()[0] == 0:
            self.insert("refundable", sale_id=sale, gross=s["amount"], returned=0)
        self.run("UPDATE refundable SET returned = ? WHERE sale_id = ?", s["back"], sale)
        self.add("refund", provider="stripe", payment=s["payment"], kind="lost" if dispute else "refund", object="re_%d" % seq, total=0, amount=amount,
                 state="booked", sale_id=sale, booked=amount, seq=seq, inbox_id=self.notice("charge.refunded", item), at=self.now)
        return seq

    held = {}

    def dispute(self, sale, dispute):
        self.tick()
        s, item = self.sales[sale], "sale:%d" % sale
        amount = s["amount"] - s["back"]
        self.post("DISPUTE_OPEN", "dispute:stripe", dispute + ":open", item, "",
                  [("A:dispute:stripe", dispute, amount), ("A:processor:stripe", "", -amount)])
        lines, rows, frozen = [], [], {}
        for name, left, part, _ in self.left_of(sale):
            if not name.startswith("wallet:"):
                continue
            code = self.wallet(part[2]) + name[7:]
            cents = min(left, -self.balance(code))
            if cents:
                lines += [(code, "", cents), ("L:dispute_hold", dispute + ":" + name[7:], -cents)]
                rows.append((part[2], part[3], int(name[7:]), cents))
                frozen[int(name[7:])] = cents
                self.held[sale, name] = cents
        seq = self.post("DISPUTE_FREEZE", "dispute:stripe", dispute + ":freeze", item, "", lines)
        for race, no, member, cents in rows:
            self.share(race, no, seq, sale, member, -cents)
        for race in {r[0] for r in rows}:
            self.pot(race, seq, sale, self.now, -sum(r[3] for r in rows if r[0] == race), 0, 0)
        return frozen

    def recover(self, member, item, cents):
        self.tick()
        self.post("RECOVER", "recover", "recover:%d:%s:1" % (member, item), item, "",
                  [("L:wallet:%d" % member, "", cents), ("A:clawback:%d" % member, item, -cents)])

    def write_off(self):
        self.tick()
        code, item, cents = self.run("SELECT a.code, i.item, i.bal FROM account a JOIN item_balance i ON i.account_id = a.id "
                                     "WHERE a.code LIKE 'A:clawback:%' AND i.bal > 0 ORDER BY i.bal DESC").fetchone()
        self.post("WRITEOFF", "writeoff", "writeoff:%s:%s" % (code[11:], item), item, "",
                  [("E:clawback_writeoff", "", cents), (code, item, -cents)])

    # payouts

    def payout(self, member, amount, kind, steps, fee=0):
        """A request, and further steps, "SENDING UNKNOWN SENT"; its number."""
        manual = kind in ("gift_card", "store_credit")
        method = self.run("SELECT id FROM method WHERE member_id = ? AND kind = ?", member, kind).fetchone()
        method = method[0] if method else self.add(
            "method", member_id=member, kind=kind, dest="" if manual else {"paypal": "m%d@example.org", "stripe": "acct_%d", "whop": "user_%d"}[kind] % member,
            state="ready", why="", url="", added_at=self.now, confirmed_at=self.now, ready_at=self.now)
        self.tick()
        number = self.run("SELECT coalesce(max(id), 0) + 1 FROM payout").fetchone()[0]
        self.insert("payout", id=number, member_id=member, method_id=method, kind=kind,
                    dest=self.run("SELECT dest FROM method WHERE id = ?", method).fetchone()[0], amount=amount, fee=fee,
                    key="payout-%d-ab" % number, state="REQUESTED", ref="", reason="", bank="", tries=0, turn=0, act="", may_send=0, looks=0,
                    asked_at=self.now, first_at=None, changed_at=self.now, settled_at=None, staff_id=None, actor="member:%d" % member)
        ref, taken = "payout:%d" % number, False
        purse = {"gift_card": "A:bank", "store_credit": "L:store_credit:%d" % member}.get(kind, "A:processor:" + kind)
        wallet, flight, sent = ("L:wallet:%d" % member, "", amount), ("L:payout_in_flight", ref, amount), ("L:payout_sent", ref, amount)
        minus = lambda line: line[:2] + (-line[2],)
        paid = [(purse, "", amount - fee), ("E:payout_fees", "", fee)]
        for n, state in enumerate(["REQUESTED", "HELD"] + steps.split()):
            lines = {"HELD": [wallet, minus(flight)], "CANCELLED": [flight, minus(wallet)],
                     "SENT": [flight, minus(sent)] if not taken else None,
                     "SETTLED": [sent] + [minus(x) for x in paid], "FAILED": [sent if taken else flight, minus(wallet)],
                     "RETURNED": paid + [minus(wallet)] if before == "SETTLED" else None}.get(state) if n else None
            seq = self.post("PAYOUT_" + {"HELD": "HOLD"}.get(state, state), "payout", ref + ":" + {"HELD": "hold"}.get(state, state.lower()),
                            ref, "", lines) if lines else None
            self.insert("payout_step", payout_id=number, n=n + 1, state=state, at=self.now, why="", actor="clock", seq=seq)
            if n:
                self.run("UPDATE payout SET state = ?, changed_at = ? WHERE id = ?", state, self.now, number)
            if state == "SENDING":
                self.run("UPDATE payout SET first_at = coalesce(first_at, ?) WHERE id = ?", self.now, number)
            if state == "SETTLED":
                self.run("UPDATE payout SET settled_at = ?, staff_id = ? WHERE id = ?", self.now, 12 if manual else None, number)
                if manual:
                    self.insert("payout_code", payout_id=number, brand="Brand", sealed=b"sealed", at=self.now, revealed_at=None)
                else:
                    self.post("PAYOUT_FEE", "payout", ref + ":fee", ref, "", [("E:payout_fees", "", 25), (purse, "", -25)])
            before, taken = state, taken or state == "SENT"
            self.tick()
        return number

    def payouts(self, people):
        rich = sorted(people[:11], key=lambda m: self.balance("L:wallet:%d" % m))[:6]
        self.payout(rich[0], 50, "stripe", "SENDING SENT SETTLED", fee=7)
        self.payout(rich[0], 40, "stripe", "SENDING UNKNOWN SENDING SENT SETTLED RETURNED", fee=5)
        self.payout(rich[1], 30, "paypal", "SENDING UNKNOWN SENT UNKNOWN SENT FAILED RETURNED")
        self.payout(rich[1], 20, "whop", "SENDING FAILED RETURNED")
        self.payout(rich[2], 25, "store_credit", "SENT SETTLED")
        self.payout(rich[3], 10, "gift_card", "CANCELLED")
        self.payout(rich[3], 11, "gift_card", "")
        self.payout(rich[4], 12, "paypal", "SENDING SENT UNKNOWN SENDING")
        self.add("method", member_id=rich[5], kind="whop", dest="user_x", state="new", why="", url="", added_at=self.now, confirmed_at=None,
                 ready_at=self.now + 86400000)

    # seasons

    def season(self, prizes, ranks):
        self.tick()
        points = self.add("points_table", name="default", version=1, points="15,12,10,9,8,7,6,5", dnf=1, created_at=self.now, actor="clock")
        season = self.add("season", slug="cup", name="Cup", state="OPEN", starts_at=self.now, ends_at=None, points_id=points, drops=0,
                          drop_from=0, rule="", created_at=self.now, closed_at=None, actor="clock")
        ref = "season:%d" % season
        for place, amount in prizes.items():
            item = "%s:%d" % (ref, place)
            self.insert("season_prize", season_id=season, place=place, amount=amount, label="", sponsor_id=0, created_at=self.now, actor="clock")
            lines = [("A:processor:stripe", "", amount), ("L:prize_escrow", item, -amount)]
            seq = self.post("ESCROW_DEPOSIT", "stripe", "prize:pi_p%d" % place, ref, "", lines)
            if place == 2:
                self.tick()
                self.post("ESCROW_BACK", "stripe", "escrow:back:%d" % seq, ref, "", [(c, i, -a) for c, i, a in lines], reverses=seq)
                seq = self.post("ESCROW_DEPOSIT", "stripe", "prize:pi_p%d:2" % place, ref, "", lines)
            self.run("UPDATE season_prize SET funded_seq = ?, funded_at = ? WHERE season_id = ? AND place = ?", seq, self.now, season, place)
        self.tick()
        for member, rank in ranks.items():
            self.insert("season_row", season_id=season, member_id=member, rank=rank, points=1, starts=1, wins=0, podiums=0, dnfs=0, reason="")
        for rank in sorted(set(ranks.values())):
            who = sorted(m for m in ranks if ranks[m] == rank)
            mine = [p for p in range(rank, rank + len(who)) if p in prizes]
            total = sum(prizes[p] for p in mine)
            if not mine:
                continue
            parts = [total // len(who) + (i < total % len(who)) for i in range(len(who))]
            seq = self.post("ESCROW_AWARD", "season", "award:%s:%d" % (ref, rank), ref,
                            "award season=%d rank=%d amount=%d\n" % (season, rank, total)
                            + "".join("prize member=%d paid=%d\n" % x for x in zip(who, parts)),
                            [("L:prize_escrow", "%s:%d" % (ref, p), prizes[p]) for p in mine]
                            + [("L:wallet:%d" % m, "", -c) for m, c in zip(who, parts)])
            for p in mine:
                self.run("UPDATE season_prize SET paid_seq = ?, paid_at = ?, member_id = ? WHERE season_id = ? AND place = ?",
                         seq, self.now, who[0], season, p)


def history(led):
    people = [led.member("Driver%d" % i) for i in range(1, 13)]
    led.rule0 = led.rule()
    equal, bonus = led.rule0, led.rule(share="winner_bonus", bonus_bps=2000, basis="net", pool_bps=3000)
    by_place = led.rule(share="weighted", weights="15,12,10,9,8,7,6,5", clear_h=0)
    by_seat = led.rule(share="weighted", weights="3,2,1", weights_by="seat", pool_bps=2500)
    led.sale("gate_closed")                                            # 1
    r1 = led.race(equal, people[:8])
    for amount in (2500, 2500, 2699, 1999):                            # 2-5
        led.sale("in_window", [r1], amount=amount, tax=100 if amount == 2699 else 0)
    led.substitute(r1, 3, people[8], 3)
    led.sale("in_window", [r1], shipping=500, amount=3100)             # 6
    led.refund(3, 2500)
    led.refund(2, 1000, lost=True)
    r2 = led.race(bonus, people[8:12])
    led.sale("shared_between_races", [r1, r2], amount=5003)            # 7
    led.sale("tagged", [r2], amount=4444)                              # 8
    led.finish(r1)
    led.sale("in_grace", [r1])                                         # 9
    led.sale("in_window", [r2], cost=2450)                             # 10: the guard caps it
    led.sale("wrong_currency", currency="EUR", cost=0)                 # 11
    led.sale("test_order", book=False)                                 # 12
    led.finish(r2)
    led.final(r1, {n: n for n in range(1, 9)})
    led.final(r2, {1: 2, 2: 1, 3: 3})
    late = led.now
    led.settle(r1)
    led.settle(r2)
    r1_closed = led.run("SELECT closed_at FROM race WHERE id = ?", r1).fetchone()[0]
    led.sale("in_window", [r1], at=r1_closed - 5)                      # 13: late notice
    led.sale("in_window", [r2], at=led.run("SELECT closed_at FROM race WHERE id = ?", r2).fetchone()[0] - 5)  # 14
    led.settle(r2)
    led.payout(1, -led.balance("L:wallet:1"), "paypal", "SENDING")
    led.refund(4, 2699)                                                # 1 owes
    led.refund(8, 1111)
    led.refund(8, 3333, lost=True)
    r3 = led.race(by_place, people[:5])
    led.sale("in_window", [r3], amount=9999)                           # 15
    led.sale("in_window", [r3], amount=2500)                           # 16
    led.refund(16, 700)
    led.finish(r3)
    led.final(r3, {1: 1, 2: 2, 3: 3, 4: 4})
    led.settle(r3)
    owed = led.run("SELECT i.bal FROM item_balance i JOIN account a ON a.id = i.account_id WHERE a.code = 'A:clawback:1' "
                   "AND i.item = 'sale:4'").fetchone()[0]
    led.recover(1, "sale:4", owed)
    r4 = led.race(by_seat, people[4:7])
    for amount in (2500, 1777, 3333):                                  # 17-19
        led.sale("in_window", [r4], amount=amount)
    frozen = led.dispute(17, "dp_1")
    led.refund(17, 2500, lost=True, kind="DISPUTE_LOST", dispute="dp_1", frozen=frozen)
    led.refund(18, 500)
    led.finish(r4)
    led.void(r4)
    led.refund(18, 1277)
    last = led.refund(19, 333)
    led.tick()
    # that refund failed at the provider: its mirror
    rows = led.run("SELECT a.code, p.item, -p.amount FROM posting p JOIN account a ON a.id = p.account_id WHERE p.seq = ?",
                   last).fetchall()
    led.post("REFUND_FAILED", "refund:stripe", "re_failed", "sale:19", "", rows, reverses=last)
    led.run("UPDATE refundable SET returned = 0 WHERE sale_id = 19")
    r5 = led.race(equal, people[:2])
    led.run("SELECT 1")
    for _ in range(5):
        led.sale("in_window", [r5], amount=1234, cost=200)             # 20-24
    league(led, people, bonus, by_place)
    tips(led, people[9:11])
    tagged(led, people, equal, bonus)
    led.post("PROC_FEE", "stripe", "fee:txn_1", "sale:20", "", [("E:processor_fees", "", 66), ("A:processor:stripe", "", -66)])
    led.post("PROC_FEE", "stripe", "fee:txn_7", "tip:2", "", [("E:processor_fees", "", 36), ("A:processor:stripe", "", -36)])


def tagged(led, people, equal, bonus):
    """An order that two races shared was meant for one of them."""
    r6, r7 = led.race(equal, people[2:5]), led.race(bonus, people[5:8])
    moved = led.sale("shared_between_races", [r6, r7], amount=3001, cost=300)
    led.retag(moved, r7, people[10], people[11])
    led.refund(moved, 700)
    led.sale("tagged", [r6], amount=1500, cost=100)
    for race in (r6, r7):
        led.finish(race)
        led.final(race, {1: 1, 2: 2, 3: 3})
        led.settle(race)
    led.refund(moved, 901)


class Tip:
    """One tip: what is left of the DJ's part and of the fee, and where it is."""

    def __init__(self, led, dj, amount, bps=500, fixed=30, clear_h=72, test=0, currency="USD"):
        self.led, self.dj, self.amount = led, dj, amount  # dj None: nobody was known
        at = led.tick()
        self.id = led.run("SELECT coalesce(max(id), 0) + 1 FROM tip").fetchone()[0]
        self.ref = "tip:%d" % self.id
        fee = min(amount, amount * bps // 10000 + fixed) if dj else amount
        self.left, self.fee, self.back, self.held, self.case = [amount - fee, fee], fee, 0, 0, ""
        self.free = not dj or not clear_h
        inbox, seq = led.notice("checkout.session.completed", self.ref), None
        if not test:
            meta = "tip id=%d dj=%d amount=%d bps=%d fixed=%d fee=%d clear_h=%d\n" % (self.id, dj or 0, amount, bps, fixed, fee, clear_h)
            seq = led.post("TIP", "stripe", "tip:pi_t%d" % self.id, self.ref, meta, [("A:processor:stripe", "", amount)]
                           + self.lines(-1, amount - fee, fee), at=at, currency=currency)
        led.insert("tip", id=self.id, provider="stripe", payment="pi_t%d" % self.id, inbox_id=inbox, dj_id=dj, checkout_id=None, at=at,
                   arrived_at=led.now, clear_at=at + clear_h * 3600000, currency=currency, amount=amount, fee=fee, name="Fan",
                   message="", hidden=0, test=test, seq=seq)
        if not test:
            led.insert("tip_state", tip_id=self.id, gross=amount, returned=0, clear_at=at, released=int(self.free))

    def lines(self, sign, dj, fee):
        wallet = [("L:wallet:%d" % self.dj if self.free else "L:wallet_pending:%d" % self.dj, "", sign * dj)] if self.dj else []
        return wallet + [("I:platform_fee:tips", "", sign * fee)]

    def move(self, row, kind, key, meta, lines, amount=0, booked=0, object=""):
        seq = self.led.post(kind, "stripe", key, self.ref, meta, lines) if kind else None
        self.led.add("tip_move", tip_id=self.id, kind=row, object=object, amount=amount, total=0, booked=booked, seq=seq, inbox_id=None,
                     at=self.led.now)
        self.led.run("UPDATE tip_state SET returned = ? WHERE tip_id = ?", self.back, self.id)

    def take(self, amount, lost=""):
        """A refund, or a dispute that was lost; the hold gives first, then the wallet, the rest is owed."""
        self.led.tick()
        dj, fee = cut(amount, self.left)
        held = min(dj, self.held)
        has = -self.led.balance("L:wallet:%d" % self.dj if self.free else "L:wallet_pending:%d" % self.dj) if self.dj else 0
        short = max(0, dj - held - has)
        meta = "back tip=%d amount=%d before=%d gross=%d\n" % (self.id, amount, self.back, self.amount)
        if self.dj:
            meta += "part of=wallet:%d left=%d back=%d short=%d held=%d\n" % (self.dj, self.left[0], dj, short, held)
        meta += "part of=fee left=%d back=%d\n" % (self.left[1], fee)
        spare = self.held - held if lost else 0
        lines = self.lines(1, dj - held - short - spare, fee) + [("L:dispute_hold", "%s:%s" % (self.case, self.dj), held + spare)] * bool(self.held)
        lines += [("A:clawback:%d" % self.dj, self.ref, short)] if short else []
        lines += [("A:dispute:stripe", lost, -amount) if lost else ("A:processor:stripe", "", -amount)]
        self.held -= held + spare
        self.left, self.back = [self.left[0] - dj, self.left[1] - fee], self.back + amount
        if lost:
            self.move("lost", "TIP_LOST", "dispute:%s:lost" % lost, meta, lines, amount, 0, lost)
        else:
            self.move("refund", "TIP_REFUND", "tip:pi_t%d:%d" % (self.id, self.back), meta, lines, amount, amount, "re_t%d_%d" % (self.id, self.back))

    def again(self, amount):
        self.led.tick()
        gone = [self.amount - self.fee - self.left[0], self.fee - self.left[1]]
        dj, fee = cut(amount, gone)
        meta = "again tip=%d amount=%d before=%d gross=%d\npart of=wallet:%d left=%d back=%d short=0 held=0\npart of=fee left=%d back=%d\n" % (
            self.id, amount, self.back, self.amount, self.dj, gone[0], dj, gone[1], fee)
        self.left, self.back = [self.left[0] + dj, self.left[1] + fee], self.back - amount
        self.move("failed", "TIP_AGAIN", "tip:again:%d" % self.id, meta, [("A:processor:stripe", "", amount)] + self.lines(-1, dj, fee),
                  amount, -amount, "re_f%d" % self.id)

    def dispute(self, case, amount):
        self.led.tick()
        self.case = case
        self.move("dispute", "TIP_DISPUTE", "dispute:%s:open" % case, "",
                  [("A:dispute:stripe", case, amount), ("A:processor:stripe", "", -amount)], amount, 0, case)
        self.held = cut(min(amount, sum(self.left)), self.left)[0]
        self.move("freeze", "TIP_FREEZE", "dispute:%s:freeze" % case, "",
                  [("L:dispute_hold", "%s:%d" % (case, self.dj), -self.held)] + self.lines(1, self.held, 0), amount, 0, case)

    def won(self, amount):
        self.led.tick()
        held, self.held = self.held, 0
        self.move("won", "TIP_WON", "dispute:%s:won" % self.case, "",
                  [("A:dispute:stripe", self.case, -amount), ("A:processor:stripe", "", amount),
                   ("L:dispute_hold", "%s:%d" % (self.case, self.dj), held)] + self.lines(-1, held, 0), amount, 0, self.case)

    def release(self):
        self.led.tick()
        cents = self.left[0] - self.held
        lines = [("L:wallet_pending:%d" % self.dj, "", cents), ("L:wallet:%d" % self.dj, "", -cents)]
        self.move("release", "TIP_RELEASE" if cents else None, "release:tip:%d" % self.id,
                  "release tip=%d member=%d cents=%d\n" % (self.id, self.dj, cents), lines)
        self.free = True
        self.led.run("UPDATE tip_state SET released = 1 WHERE tip_id = ?", self.id)


def tips(led, djs):
    """Tips of two DJs, one of nobody, one in another currency, one that is a test."""
    a, b = djs
    first = Tip(led, a, 1000)                                          # 1
    first.take(333)
    first.take(667)
    first.again(667)
    second = Tip(led, b, 200)                                          # 2
    second.dispute("dp_t1", 200)
    first.release()
    second.release()
    second.won(200)
    third = Tip(led, a, 1500, fixed=0)                                 # 3
    third.dispute("dp_t2", 1500)
    third.take(500)
    third.take(900, lost="dp_t2")
    led.payout(b, -led.balance("L:wallet:%d" % b), "paypal", "SENDING SENT SETTLED")
    second.take(150)
    Tip(led, b, 10000, clear_h=0)                                      # 4
    led.recover(b, second.ref, 118)
    Tip(led, None, 500).take(500)                                      # 5
    Tip(led, None, 700, currency="EUR")                                # 6
    Tip(led, a, 300, test=1)                                           # 7
    gone = Tip(led, a, 250)                                            # 8
    gone.take(250)
    gone.release()


def league(led, people, bonus, by_place):
    """Places changed after settlements, ends set earlier, prizes."""
    ours = led.rule(share="winner_bonus", bonus_bps=3333)
    led.fix(3, {1: 2, 2: 1, 3: 3, 4: 4}, "1")
    led.refund(15, 1001, lost=True)
    r6 = led.race(ours, people[6:12])
    led.sale("in_window", [r6], amount=8888)                           # 25
    led.substitute(r6, 2, people[2], 2)
    led.substitute(r6, 2, people[3], 4)
    sale = led.sale("in_window", [r6], amount=3333)                    # 26
    led.finish(r6)
    led.final(r6, {1: 1, 2: 2, 4: 3})
    led.settle(r6)
    # the winner's wallet is empty when he turns out to be none
    led.payout(7, -led.balance("L:wallet:7"), "gift_card", "SENT SETTLED")
    led.fix(r6, {1: 2, 2: 1, 4: 3}, "a")
    led.refund(25, 999, lost=True)
    led.refund(sale, 1234, lost=True)
    late = led.run("SELECT closed_at FROM race WHERE id = ?", r6).fetchone()[0]
    led.sale("in_window", [r6], at=late - 5)                           # 27: late notice
    led.settle(r6)
    led.refund(27, 1250, lost=True)
    led.fix(r6, {1: 1, 2: 2, 4: 3}, "b")
    led.refund(25, 500, lost=True)
    led.fix(r6, {}, "c")
    r7 = led.race(ours, people[:3])
    led.sale("in_window", [r7], amount=1000, cost=100)                 # 28
    end = led.tick()
    led.tick(121_000)
    led.sale("in_window", [r7], amount=2000, cost=100)                 # 29
    led.refund(29, 700, lost=True)
    led.sale("in_window", [r7], amount=4000, cost=100)                 # 30
    led.recut(r7, end)
    led.refund(30, 4000)
    led.final(r7, {1: 1, 2: 2, 3: 3})
    led.settle(r7)
    led.write_off()
    led.payouts(people)
    led.season({1: 15001, 2: 5000, 3: 777}, {people[4]: 1, people[5]: 1, people[0]: 3, people[1]: 4})


if __name__ == "__main__":
    ledger = Ledger(sys.argv[1], sys.argv[2])
    history(ledger)
    seals.make(ledger.db, bytes(range(32)), ledger.now + 3 * seals.DAY)
    print(ledger.seq, ledger.sha.hex())
