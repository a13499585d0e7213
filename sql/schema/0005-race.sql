-- schema 0005
-- Lobby, seats, window, sales, shares.

-- One version of the split settings; never changed, a new version is a new row.
CREATE TABLE rule (
  id          INTEGER PRIMARY KEY,
  name        TEXT    NOT NULL,
  version     INTEGER NOT NULL,
  basis       TEXT    NOT NULL CHECK (basis IN ('gross', 'net')),
  pool_bps    INTEGER NOT NULL CHECK (pool_bps BETWEEN 0 AND 9000),
  floor_guard INTEGER NOT NULL CHECK (floor_guard IN (0, 1)),
  share       TEXT    NOT NULL CHECK (share IN ('equal', 'weighted', 'winner_bonus')),
  weights     TEXT    NOT NULL,                   -- "15,12,10,9,8,7,6,5", or empty
  weights_by  TEXT    NOT NULL CHECK (weights_by IN ('seat', 'place')),
  bonus_bps   INTEGER NOT NULL CHECK (bonus_bps BETWEEN 0 AND 5000),
  grace_s     INTEGER NOT NULL CHECK (grace_s BETWEEN 0 AND 600),
  overlap     TEXT    NOT NULL CHECK (overlap IN ('share', 'first', 'last')),
  clear_h     INTEGER NOT NULL CHECK (clear_h BETWEEN 0 AND 720),
  fee_bps     INTEGER NOT NULL CHECK (fee_bps BETWEEN 0 AND 10000),
  fee_fixed   INTEGER NOT NULL CHECK (fee_fixed BETWEEN 0 AND 100000),
  created_at  BIGINT  NOT NULL,
  actor       TEXT    NOT NULL,
  UNIQUE (name, version)
) /*SQLITE: STRICT*/;

CREATE TABLE product (
  id         INTEGER PRIMARY KEY,
  sku        TEXT   NOT NULL UNIQUE,
  title      TEXT   NOT NULL,
  created_at BIGINT NOT NULL
) /*SQLITE: STRICT*/;

CREATE TABLE product_cost (
  product_id BIGINT NOT NULL REFERENCES product (id),
  from_at    BIGINT NOT NULL,                     -- counts for orders from this time on
  unit_cost  BIGINT NOT NULL CHECK (unit_cost >= 0),
  set_at     BIGINT NOT NULL,
  actor      TEXT   NOT NULL,
  PRIMARY KEY (product_id, from_at)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

CREATE TABLE race (
  id          INTEGER PRIMARY KEY,                -- also its number on pages: race 128
  name        TEXT    NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN
    ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL', 'SETTLED', 'VOID', 'CANCELLED')),
  host_id     BIGINT  NOT NULL REFERENCES member (id),
  rule_id     BIGINT  NOT NULL REFERENCES rule (id),
  seats       INTEGER NOT NULL CHECK (seats BETWEEN 2 AND 8),
  rounds      INTEGER NOT NULL CHECK (rounds BETWEEN 1 AND 32),
  created_at  BIGINT  NOT NULL,
  touched_at  BIGINT  NOT NULL,                   -- last join, leave or report: for idle and final
  opened_at   BIGINT,                             -- window: from the start
  closed_at   BIGINT,                             -- window: until the flag
  grace_s     INTEGER NOT NULL CHECK (grace_s BETWEEN 0 AND 600),
  clear_h     INTEGER NOT NULL CHECK (clear_h BETWEEN 0 AND 720),
  final_at    BIGINT,
  settled_at  BIGINT,
  end_reason  TEXT    NOT NULL,                   -- why void, cancelled or cut; empty otherwise
  CHECK (closed_at IS NULL OR closed_at >= opened_at)
) /*SQLITE: STRICT*/;
CREATE INDEX race_active ON race (state, id) WHERE state IN ('LOBBY', 'RUNNING', 'FINISHED', 'FINAL');
CREATE INDEX race_window ON race (opened_at) WHERE opened_at IS NOT NULL;

CREATE TABLE seat (
  race_id   BIGINT  NOT NULL REFERENCES race (id),
  seat_no   INTEGER NOT NULL CHECK (seat_no BETWEEN 1 AND 8),
  joined_at BIGINT  NOT NULL,
  left_at   BIGINT,                               -- left without a substitute: no shares after it
  place     INTEGER CHECK (place BETWEEN 1 AND 8),
  dnf       INTEGER NOT NULL CHECK (dnf IN (0, 1)),
  PRIMARY KEY (race_id, seat_no)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- Who drove a seat, from which round and from when.
CREATE TABLE stint (
  race_id    BIGINT  NOT NULL,
  seat_no    INTEGER NOT NULL,
  stint_no   INTEGER NOT NULL CHECK (stint_no BETWEEN 1 AND 4),
  member_id  BIGINT  NOT NULL REFERENCES member (id),
  from_round INTEGER NOT NULL,
  from_at    BIGINT  NOT NULL,
  PRIMARY KEY (race_id, seat_no, stint_no),
  FOREIGN KEY (race_id, seat_no) REFERENCES seat (race_id, seat_no)
) /*SQLITE: STRICT, WITHOUT ROWID*/;
CREATE INDEX stint_member ON stint (member_id, race_id);

CREATE TABLE wait_list (
  race_id   BIGINT NOT NULL REFERENCES race (id),
  member_id BIGINT NOT NULL REFERENCES member (id),
  at        BIGINT NOT NULL,
  PRIMARY KEY (race_id, member_id)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- One paid order. Amounts in minor units of its currency; split columns in the house's currency.
CREATE TABLE sale (
  id         INTEGER PRIMARY KEY,
  provider   TEXT    NOT NULL,
  payment    TEXT    NOT NULL,                    -- the provider's id: one payment, one sale
  inbox_id   BIGINT  NOT NULL REFERENCES inbox (id),
  order_at   BIGINT  NOT NULL,                    -- the shop's time: decides the window
  arrived_at BIGINT  NOT NULL,
  currency   TEXT    NOT NULL,
  amount     BIGINT  NOT NULL CHECK (amount > 0), -- all the buyer paid
  tax        BIGINT  NOT NULL CHECK (tax >= 0),
  shipping   BIGINT  NOT NULL CHECK (shipping >= 0),
  cost       BIGINT  NOT NULL CHECK (cost >= 0),  -- unit costs at order time
  fee        BIGINT  NOT NULL CHECK (fee >= 0),   -- modelled, for net and the guard
  basis      BIGINT  NOT NULL,                    -- what the pool rate applied to
  pool       BIGINT  NOT NULL CHECK (pool >= 0),  -- racers' part, all races together
  uncapped   BIGINT  NOT NULL,                    -- pool before the floor guard
  reason     TEXT    NOT NULL CHECK (reason IN ('in_window', 'tagged', 'in_grace',
    'shared_between_races', 'gate_closed', 'paid_too_late', 'test_order', 'wrong_currency',
    'no_seats', 'cancelled')),
  tag        TEXT    NOT NULL,
  title      TEXT    NOT NULL,                    -- "Hoodie", "Hoodie + 2 more": never a buyer's name
  cost_known INTEGER NOT NULL CHECK (cost_known IN (0, 1)),
  seq        BIGINT REFERENCES journal (seq),     -- NULL: stored, not booked (test order)
  UNIQUE (provider, payment),
  CHECK (tax + shipping <= amount)
) /*SQLITE: STRICT*/;
CREATE INDEX sale_order_at ON sale (order_at);

CREATE TABLE sale_item (
  sale_id   BIGINT  NOT NULL REFERENCES sale (id),
  line_no   INTEGER NOT NULL,
  sku       TEXT    NOT NULL,
  title     TEXT    NOT NULL,
  quantity  BIGINT  NOT NULL,
  price     BIGINT  NOT NULL,
  unit_cost BIGINT  NOT NULL,
  PRIMARY KEY (sale_id, line_no)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- The pot of a race, line by line; the last line is the present state.
CREATE TABLE pot_line (
  race_id BIGINT NOT NULL REFERENCES race (id),
  seq     BIGINT NOT NULL REFERENCES journal (seq),
  sale_id BIGINT NOT NULL REFERENCES sale (id),
  at      BIGINT NOT NULL,                        -- order time, or time of the refund
  delta   BIGINT NOT NULL,                        -- to the pot
  bonus   BIGINT NOT NULL,                        -- part of delta that waits for the result
  pot     BIGINT NOT NULL CHECK (pot >= 0),       -- after this line
  waiting BIGINT NOT NULL CHECK (waiting >= 0),   -- for the result, after this line
  sales   BIGINT NOT NULL,                        -- counted sales so far
  PRIMARY KEY (race_id, seq)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- A seat's part of each line; the last row of a seat is its present state.
CREATE TABLE share (
  race_id   BIGINT  NOT NULL,
  seat_no   INTEGER NOT NULL,
  seq       BIGINT  NOT NULL REFERENCES journal (seq),
  sale_id   BIGINT  NOT NULL REFERENCES sale (id),
  member_id BIGINT  NOT NULL REFERENCES member (id), -- who got it: driver at order time
  cents     BIGINT  NOT NULL,                     -- negative for refunds
  total     BIGINT  NOT NULL CHECK (total >= 0),  -- of the seat, after this row
  residue   BIGINT  NOT NULL,                     -- in 1/unit cents, after this row
  unit      BIGINT  NOT NULL CHECK (unit > 0),    -- sum of weights the residue refers to
  PRIMARY KEY (race_id, seat_no, seq)
) /*SQLITE: STRICT, WITHOUT ROWID*/;

-- Each notice about money that goes back, and each entry that took some back or gave it again.
CREATE TABLE refund (
  id        INTEGER PRIMARY KEY,
  provider  TEXT   NOT NULL,
  payment   TEXT   NOT NULL,
  kind      TEXT   NOT NULL CHECK (kind IN
    ('refund', 'total', 'mirror', 'dispute', 'freeze', 'lost', 'won', 'void')),
  object    TEXT   NOT NULL,                      -- refund or dispute id; empty for a cumulative figure
  total     BIGINT NOT NULL,                      -- cumulative figure seen, 0 when per refund
  amount    BIGINT NOT NULL,                      -- of this refund, 0 when cumulative
  state     TEXT   NOT NULL CHECK (state IN ('booked', 'waiting', 'covered', 'failed')),
  sale_id   BIGINT REFERENCES sale (id),
  booked    BIGINT NOT NULL,                      -- what this row took back
  seq       BIGINT REFERENCES journal (seq),
  inbox_id  BIGINT NOT NULL REFERENCES inbox (id),
  at        BIGINT NOT NULL
) /*SQLITE: STRICT*/;
CREATE INDEX refund_payment ON refund (provider, payment);
