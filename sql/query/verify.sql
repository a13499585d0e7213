-- Everything once, in pieces that a reader's time limit allows. Not for: pages.

-- name: verify_journal  role: vault read  rows: many
SELECT seq, kind, idem_scope, idem_key, request_sha, effective_at, recorded_at, ref, reverses, policy,
       actor, meta, n_lines, prev_sha, sha
  FROM journal WHERE seq > :after ORDER BY seq LIMIT :most;

-- name: verify_postings  role: vault read  rows: many
SELECT seq, account_id, item, amount, ver, bal_after
  FROM posting WHERE seq > :after ORDER BY seq, account_id, item;

-- name: verify_orphans  role: vault read  rows: one
SELECT COUNT(*) AS n, COALESCE(MIN(seq), 0) AS first FROM posting WHERE seq > :after;

-- name: verify_accounts  role: vault read  rows: many
SELECT a.id, a.code, a.kind, a.currency, a.owner_id, a.by_item, b.account_id AS has, b.currency AS b_currency,
       b.by_item AS b_by_item, b.sign, b.bal, b.debits, b.credits, b.ver, b.lim_lo, b.lim_hi
  FROM account a LEFT JOIN balance b ON b.account_id = a.id
 WHERE a.id > :after ORDER BY a.id LIMIT :most;

-- name: verify_counts  role: vault read  rows: one
SELECT (SELECT COUNT(*) FROM account) AS accounts, (SELECT COUNT(*) FROM balance) AS balances,
       (SELECT COUNT(*) FROM pot_line) AS pot_lines, (SELECT COUNT(*) FROM share) AS shares,
       (SELECT COUNT(*) FROM sale WHERE seq IS NOT NULL) AS booked;

-- name: verify_items  role: vault read  rows: many
SELECT account_id, item, sign, bal FROM item_balance
 WHERE account_id > :account OR (account_id = :account AND item > :item)
 ORDER BY account_id, item LIMIT :most;

-- name: verify_sale_parts  role: vault read  rows: many
SELECT a.code, p.amount FROM sale s JOIN posting p ON p.seq = s.seq JOIN account a ON a.id = p.account_id
 WHERE s.id = :sale;

-- name: verify_refundable  role: vault read  rows: many
SELECT r.sale_id, r.gross, r.returned, COALESCE(s.amount, 0) AS amount
  FROM refundable r LEFT JOIN sale s ON s.id = r.sale_id
 WHERE r.sale_id > :after ORDER BY r.sale_id LIMIT :most;

-- name: verify_sales  role: vault read  rows: many
SELECT s.id, s.seq, COALESCE(j.kind, '') AS kind, COALESCE(j.ref, '') AS ref
  FROM sale s LEFT JOIN journal j ON j.seq = s.seq
 WHERE s.id > :after AND s.seq IS NOT NULL ORDER BY s.id LIMIT :most;

-- name: verify_payment_twice  role: vault read  rows: many
SELECT provider, payment FROM sale GROUP BY provider, payment HAVING COUNT(*) > 1;

-- name: verify_key_twice  role: vault read  rows: many
SELECT idem_scope, idem_key FROM journal GROUP BY idem_scope, idem_key HAVING COUNT(*) > 1;

-- name: verify_races  role: vault read  rows: many
SELECT id FROM race WHERE id > :after ORDER BY id LIMIT :most;

-- name: verify_pot  role: vault read  rows: many
SELECT seq, delta, bonus, pot, waiting FROM pot_line
 WHERE race_id = :race AND seq > :after ORDER BY seq LIMIT :most;

-- name: verify_share  role: vault read  rows: many
SELECT seq, member_id, cents, total, residue, unit FROM share
 WHERE race_id = :race AND seat_no = :seat AND seq > :after ORDER BY seq LIMIT :most;

-- name: verify_tops  role: vault read  rows: one
SELECT (SELECT COALESCE(MAX(id), 0) FROM sale) AS sale, (SELECT COALESCE(MAX(id), 0) FROM inbox) AS inbox,
       (SELECT COALESCE(MAX(id), 0) FROM refund) AS refund, (SELECT COALESCE(MAX(id), 0) FROM race) AS race,
       (SELECT COALESCE(MAX(id), 0) FROM audit) AS audit, (SELECT COALESCE(MAX(id), 0) FROM transition) AS transition,
       (SELECT COALESCE(MAX(seq), 0) FROM journal) AS journal,
       (SELECT COALESCE(MAX(id), 0) FROM season) AS season;

-- name: verify_sale_unbooked  role: vault read  rows: many
SELECT id FROM sale WHERE id > :from AND id <= :to AND seq IS NULL AND reason <> 'test_order';

-- name: verify_sale_meta  role: vault read  rows: many
SELECT s.id FROM sale s JOIN journal j ON j.seq = s.seq
 WHERE s.id > :from AND s.id <= :to
   AND (j.effective_at <> s.order_at
    OR (j.kind = 'SALE_CLOSED' AND (j.meta <> '' OR s.pool <> 0))
    OR (j.kind <> 'SALE_CLOSED' AND j.meta NOT LIKE 'sale id=' || s.id || ' amount=' || s.amount || ' tax=' || s.tax ||
        ' shipping=' || s.shipping || ' cost=' || s.cost || ' fee=' || s.fee || ' basis=' || s.basis || ' bps=%' ||
        ' uncapped=' || s.uncapped || ' pool=' || s.pool || '_race %'));

-- name: verify_sale_lines  role: vault read  rows: many
SELECT s.id FROM sale s JOIN posting p ON p.seq = s.seq JOIN account a ON a.id = p.account_id
 WHERE s.id > :from AND s.id <= :to
 GROUP BY s.id, s.amount, s.tax, s.cost, s.pool, s.currency
HAVING SUM(CASE WHEN a.code LIKE 'A:processor:%' THEN p.amount ELSE 0 END) <> s.amount
    OR SUM(CASE WHEN a.code LIKE 'L:sales_tax%' THEN p.amount ELSE 0 END) <> -s.tax
    OR SUM(CASE WHEN a.code LIKE 'L:mfg_payable%' THEN p.amount ELSE 0 END) <> -s.cost
    OR SUM(CASE WHEN a.code LIKE 'I:house:merch%' THEN p.amount ELSE 0 END) <> -(s.amount - s.tax - s.cost - s.pool)
    OR SUM(CASE WHEN a.currency <> s.currency THEN 1 ELSE 0 END) > 0;

-- name: verify_sale_cost  role: vault read  rows: many
SELECT s.id FROM sale s LEFT JOIN sale_item i ON i.sale_id = s.id
 WHERE s.id > :from AND s.id <= :to AND s.reason <> 'wrong_currency'
 GROUP BY s.id, s.cost HAVING COALESCE(SUM(i.quantity * i.unit_cost), 0) <> s.cost;

-- name: verify_sale_reason  role: vault read  rows: many
SELECT s.id
  FROM (SELECT s.id, s.reason, (LENGTH(j.meta) - LENGTH(REPLACE(j.meta, 'race id=', ''))) / 8 AS pots,
               (SELECT COUNT(*) FROM race r JOIN pot_line p ON p.race_id = r.id AND p.seq = s.seq
                 WHERE r.opened_at <= s.order_at AND r.opened_at > s.order_at - 345600000
                   AND (s.order_at < r.closed_at OR r.closed_at IS NULL
                     OR (r.end_reason <> '' AND s.order_at < r.closed_at + r.grace_s * 1000)
                     OR EXISTS (SELECT 1 FROM journal x WHERE x.idem_scope = 'race'
                          AND x.idem_key = 'recut:race:' || r.id || ':sale:' || s.id)
                     OR (r.end_reason <> '' AND (SELECT SUM(q.delta) FROM pot_line q
                                                    JOIN journal y ON y.seq = q.seq AND y.kind <> 'RACE_RECUT'
                                                  WHERE q.race_id = r.id AND q.sale_id = s.id) = 0)
                     OR ((s.order_at < r.closed_at + r.grace_s * 1000 OR s.arrived_at <= r.closed_at)
                         AND s.arrived_at <= COALESCE((SELECT MIN(t.at) FROM transition t WHERE t.kind = 'race'
                              AND t.object_id = r.id AND t.to_state IN ('FINISHED', 'VOID')), 0))))
                 AS windows,
               (SELECT COUNT(*) FROM race r JOIN pot_line p ON p.race_id = r.id AND p.seq = s.seq
                 WHERE r.opened_at <= s.order_at AND r.opened_at > s.order_at - 345600000
                   AND ((s.order_at >= r.closed_at AND s.order_at < r.closed_at + r.grace_s * 1000)
                     OR EXISTS (SELECT 1 FROM journal x WHERE x.idem_scope = 'race'
                          AND x.idem_key = 'recut:race:' || r.id || ':sale:' || s.id)
                     OR (r.end_reason <> '' AND (SELECT SUM(q.delta) FROM pot_line q
                                                    JOIN journal y ON y.seq = q.seq AND y.kind <> 'RACE_RECUT'
                                                  WHERE q.race_id = r.id AND q.sale_id = s.id) = 0))) AS graces,
               (SELECT COUNT(*) FROM race r
                 WHERE r.opened_at <= s.order_at AND r.opened_at <= s.arrived_at
                   AND r.opened_at > s.order_at - 345600000
                   AND r.closed_at > s.order_at AND r.state NOT IN ('VOID', 'CANCELLED')
                   AND COALESCE((SELECT MIN(t.at) FROM transition t WHERE t.kind = 'race'
                        AND t.object_id = r.id AND t.to_state = 'RUNNING'), 0) < s.arrived_at) AS open_races
          FROM sale s JOIN journal j ON j.seq = s.seq WHERE s.id > :from AND s.id <= :to) s
 WHERE NOT CASE s.reason
       WHEN 'in_window' THEN s.pots = 1 AND s.windows = 1
       WHEN 'in_grace' THEN s.pots = 1 AND s.graces = 1
       WHEN 'tagged' THEN s.pots = 1 AND s.windows + s.graces >= 1
       WHEN 'shared_between_races' THEN s.pots > 1 AND s.windows = s.pots
       WHEN 'gate_closed' THEN s.pots = 0 AND s.open_races = 0
       ELSE s.pots = 0 AND s.reason IN ('paid_too_late', 'test_order', 'wrong_currency', 'no_seats', 'cancelled') END;

-- name: verify_sale_rule  role: vault read  rows: many
SELECT s.id FROM sale s JOIN journal j ON j.seq = s.seq
  JOIN race r ON r.opened_at <= s.order_at AND r.opened_at > s.order_at - 345600000
  JOIN rule u ON u.id = r.rule_id
 WHERE s.id > :from AND s.id <= :to AND j.meta LIKE '%_race id=' || r.id || ' pool=%'
   AND j.meta LIKE 'sale %pool=' || s.pool || '_race id=' || r.id || ' pool=%'
   AND (j.meta NOT LIKE 'sale % bps=' || u.pool_bps || ' uncapped=%'
    OR s.fee <> (s.amount * u.fee_bps + 5000) / 10000 + u.fee_fixed
    OR s.basis <> s.amount - s.tax - s.shipping - CASE u.basis WHEN 'net' THEN s.cost + s.fee ELSE 0 END
    OR s.pool <> CASE WHEN u.floor_guard = 1 AND s.uncapped > s.amount - s.tax - s.shipping - s.cost - s.fee
                      THEN CASE WHEN s.amount - s.tax - s.shipping - s.cost - s.fee > 0
                                THEN s.amount - s.tax - s.shipping - s.cost - s.fee ELSE 0 END
                      ELSE s.uncapped END);

-- name: verify_race_bonus  role: vault read  rows: many
SELECT p.seq AS id FROM race r JOIN rule u ON u.id = r.rule_id JOIN pot_line p ON p.race_id = r.id
  JOIN sale s ON s.id = p.sale_id AND s.seq = p.seq
 WHERE r.id > :from AND r.id <= :to
   AND p.bonus <> CASE WHEN u.share = 'weighted' AND u.weights_by = 'place' THEN p.delta
                       WHEN u.share = 'winner_bonus' THEN p.delta * u.bonus_bps / 10000 ELSE 0 END;

-- name: verify_race_driver  role: vault read  rows: many
SELECT h.seq AS id FROM share h JOIN sale s ON s.id = h.sale_id AND s.seq = h.seq
 WHERE h.race_id > :from AND h.race_id <= :to
   AND h.member_id <> COALESCE((SELECT t.member_id FROM stint t WHERE t.race_id = h.race_id AND t.seat_no = h.seat_no
                                   AND (t.from_at <= s.order_at OR t.stint_no = 1) ORDER BY t.stint_no DESC LIMIT 1), 0);

-- name: verify_race_seats  role: vault read  rows: many
SELECT p.seq AS id FROM pot_line p JOIN sale s ON s.id = p.sale_id AND s.seq = p.seq
 WHERE p.race_id > :from AND p.race_id <= :to
   AND EXISTS (SELECT 1 FROM seat t LEFT JOIN share h ON h.race_id = t.race_id AND h.seat_no = t.seat_no AND h.seq = p.seq
                WHERE t.race_id = p.race_id
                  AND (t.joined_at <= s.order_at AND (t.left_at IS NULL OR t.left_at > s.order_at)) <> (h.seq IS NOT NULL));

-- name: verify_race_state  role: vault read  rows: many
SELECT r.id FROM race r
 WHERE r.id > :from AND r.id <= :to
   AND r.state <> COALESCE((SELECT t.to_state FROM transition t WHERE t.kind = 'race' AND t.object_id = r.id
                              ORDER BY t.id DESC LIMIT 1), 'LOBBY');

-- name: verify_race_result  role: vault read  rows: many
-- Seats as reported last, final races without gaps or equal places, disputes only while there is
-- no final result, a reason for each further version of a result.
SELECT r.id AS id FROM race r
 WHERE r.id > :from AND r.id <= :to
   AND (EXISTS (SELECT 1 FROM seat s JOIN report p ON p.id = (SELECT MAX(x.id) FROM report x
          WHERE x.race_id = s.race_id AND x.seat_no = s.seat_no)
          WHERE s.race_id = r.id AND (p.place IS NOT s.place OR s.dnf <> (p.place IS NULL)))
     OR (r.state IN ('FINAL', 'SETTLED') AND EXISTS (SELECT 1 FROM seat s WHERE s.race_id = r.id
          AND ((s.place IS NULL) = (s.dnf = 0) OR EXISTS (SELECT 1 FROM seat x
            WHERE x.race_id = s.race_id AND x.seat_no < s.seat_no AND x.place = s.place))))
     OR (r.state <> 'FINISHED' AND EXISTS (SELECT 1 FROM dispute d WHERE d.race_id = r.id
          AND d.state = 'OPEN'))
     OR EXISTS (SELECT 1 FROM result t WHERE t.race_id = r.id
          AND (t.version > 1) <> EXISTS (SELECT 1 FROM fix f WHERE f.race_id = t.race_id
            AND f.version = t.version))
     OR EXISTS (SELECT 1 FROM fix f LEFT JOIN journal j ON j.seq = f.seq WHERE f.race_id = r.id
          AND (NOT EXISTS (SELECT 1 FROM result t WHERE t.race_id = f.race_id
              AND t.version = f.version)
            OR (f.seq IS NOT NULL AND (j.kind IS NOT 'RACE_FIX'
              OR j.ref IS NOT 'race:' || r.id)))));

-- name: verify_race_settled  role: vault read  rows: many
SELECT r.id FROM race r
 WHERE r.id > :from AND r.id <= :to
   AND CASE WHEN EXISTS (SELECT 1 FROM journal j WHERE j.idem_scope = 'race' AND j.kind = 'RACE_SETTLE'
                            AND j.idem_key = 'settle:race:' || r.id)
            THEN r.state <> 'SETTLED'
            ELSE r.state = 'SETTLED' AND EXISTS (SELECT 1 FROM pot_line p WHERE p.race_id = r.id
                   AND p.seq = (SELECT MAX(x.seq) FROM pot_line x JOIN journal j ON j.seq = x.seq
                                 WHERE x.race_id = r.id
                                   AND (r.settled_at IS NULL OR j.recorded_at < r.settled_at))
                   AND (p.waiting > 0 OR (p.pot > 0 AND r.clear_h > 0))) END;

-- name: verify_race_place  role: vault read  rows: many
SELECT r.id FROM race r JOIN seat t ON t.race_id = r.id
  JOIN journal j ON j.idem_scope = 'race' AND j.idem_key = 'settle:race:' || r.id
 WHERE r.id > :from AND r.id <= :to AND j.meta LIKE '%_place no=% seat=' || t.seat_no || ' member=% weight=%'
   AND j.meta NOT LIKE '%_place no=%' || ' seat=' || t.seat_no || ' member=' ||
       (SELECT d.member_id FROM stint d WHERE d.race_id = t.race_id AND d.seat_no = t.seat_no
         ORDER BY d.stint_no DESC LIMIT 1) || ' weight=%'
UNION ALL
SELECT r.id FROM race r JOIN seat t ON t.race_id = r.id
  JOIN journal j ON j.idem_scope = 'race' AND j.idem_key = 'settle:race:' || r.id
 WHERE r.id > :from AND r.id <= :to AND j.meta LIKE '%_place no=% seat=' || t.seat_no || ' member=% weight=%'
   AND j.meta NOT LIKE '%_place no=' || COALESCE(t.place, 0) || ' seat=' || t.seat_no || ' member=% weight=%'
   AND NOT EXISTS (SELECT 1 FROM journal f WHERE f.idem_scope = 'race'
         AND f.idem_key >= 'fix:race:' || r.id || ':' AND f.idem_key < 'fix:race:' || r.id || '<')
   AND NOT EXISTS (SELECT 1 FROM result e WHERE e.race_id = r.id AND e.seat_no = t.seat_no
         AND j.meta LIKE '%_place no=' || COALESCE(e.place, 0) || ' seat=' || t.seat_no || ' member=% weight=%');

-- name: verify_race_fix  role: vault read  rows: many
SELECT r.id FROM race r JOIN seat t ON t.race_id = r.id
  JOIN journal j ON j.seq = (SELECT MAX(f.seq) FROM journal f WHERE f.idem_scope = 'race'
         AND f.idem_key >= 'fix:race:' || r.id || ':' AND f.idem_key < 'fix:race:' || r.id || '<')
 WHERE r.id > :from AND r.id <= :to
   AND j.meta NOT LIKE '%_place no=' || COALESCE(t.place, 0) || ' seat=' || t.seat_no || ' member=% weight=%'
   AND NOT EXISTS (SELECT 1 FROM result e WHERE e.race_id = r.id AND e.seat_no = t.seat_no
         AND j.meta LIKE '%_place no=' || COALESCE(e.place, 0) || ' seat=' || t.seat_no || ' member=% weight=%');

-- name: verify_step_order  role: vault read  rows: many
SELECT t.id FROM transition t
 WHERE t.id > :from AND t.id <= :to AND t.id > 1
   AND NOT EXISTS (SELECT 1 FROM transition o WHERE o.id = t.id - 1 AND o.at <= t.at);

-- name: verify_step_legal  role: vault read  rows: many
SELECT t.id FROM transition t
 WHERE t.id > :from AND t.id <= :to AND t.kind = 'race'
   AND (t.from_state || '>' || t.to_state NOT IN ('>LOBBY', 'LOBBY>RUNNING', 'LOBBY>CANCELLED', 'RUNNING>FINISHED',
        'RUNNING>VOID', 'FINISHED>FINAL', 'FINISHED>VOID', 'FINAL>SETTLED')
    OR t.from_state NOT IN ('', COALESCE((SELECT o.to_state FROM transition o WHERE o.kind = 'race'
        AND o.object_id = t.object_id AND o.id < t.id ORDER BY o.id DESC LIMIT 1), 'LOBBY')));

-- name: verify_audit_order  role: vault read  rows: many
SELECT t.id FROM audit t
 WHERE t.id > :from AND t.id <= :to AND t.id > 1
   AND NOT EXISTS (SELECT 1 FROM audit o WHERE o.id = t.id - 1 AND o.at <= t.at);

-- name: verify_inbox_ref  role: vault read  rows: many
SELECT i.id FROM inbox i
 WHERE i.id > :from AND i.id <= :to AND i.state = 'applied' AND i.ref LIKE 'sale:%'
   AND NOT EXISTS (SELECT 1 FROM sale s WHERE s.id = CAST(SUBSTR(i.ref, 6) AS INTEGER));

-- name: verify_sale_notice  role: vault read  rows: many
SELECT s.id FROM sale s LEFT JOIN inbox i ON i.id = s.inbox_id
 WHERE s.id > :from AND s.id <= :to
   AND (i.id IS NULL OR i.provider <> s.provider OR i.state IN ('set_aside', 'failed', 'ignored'));

-- name: verify_refund_entry  role: vault read  rows: many
SELECT r.id FROM refund r LEFT JOIN journal j ON j.seq = r.seq
 WHERE r.id > :from AND r.id <= :to AND r.seq IS NOT NULL
   AND (j.seq IS NULL OR r.sale_id IS NULL OR (r.kind <> 'void' AND j.ref <> 'sale:' || r.sale_id));

-- name: verify_mirror  role: vault read  rows: many
SELECT j.seq AS id FROM journal j LEFT JOIN journal o ON o.seq = j.reverses AND o.seq < j.seq
 WHERE j.seq > :from AND j.seq <= :to AND j.reverses IS NOT NULL
   AND (o.seq IS NULL OR o.n_lines <> j.n_lines OR j.meta <> ''
    OR EXISTS (SELECT 1 FROM posting p WHERE p.seq = j.seq AND NOT EXISTS (SELECT 1 FROM posting q
        WHERE q.seq = o.seq AND q.account_id = p.account_id AND q.item = p.item AND q.amount = -p.amount)));

-- name: verify_void  role: vault read  rows: many
SELECT j.seq AS id FROM journal j JOIN posting p ON p.seq = j.seq JOIN account a ON a.id = p.account_id
 WHERE j.seq > :from AND j.seq <= :to AND j.kind IN ('RACE_VOID', 'RACE_RECUT', 'TAG_OUT')
 GROUP BY j.seq, j.kind, j.meta, j.ref, j.effective_at
HAVING j.meta NOT LIKE CASE j.kind WHEN 'RACE_VOID' THEN 'void' WHEN 'TAG_OUT' THEN 'tagout' ELSE 'recut' END || ' race=' || SUBSTR(j.ref, 6) ||
       ' sale=% back=' || -SUM(CASE WHEN a.code LIKE 'I:house:merch%' THEN p.amount ELSE 0 END) ||
       CASE j.kind WHEN 'RACE_VOID' THEN '_' WHEN 'TAG_OUT' THEN ' to=%' ELSE ' end=' || j.effective_at || '_' END
    OR SUM(CASE WHEN a.code LIKE 'I:house:merch%' OR a.code LIKE 'L:wallet%' OR a.code LIKE 'L:pool%'
                  OR a.code LIKE 'A:clawback:%' OR a.code LIKE 'L:dispute_hold%' THEN 0 ELSE 1 END) > 0;

-- name: verify_recut  role: vault read  rows: many
SELECT j.seq AS id FROM journal j JOIN race r ON j.ref = 'race:' || r.id
  JOIN pot_line p ON p.race_id = r.id AND p.seq = j.seq JOIN sale s ON s.id = p.sale_id
 WHERE j.seq > :from AND j.seq <= :to AND j.kind = 'RACE_RECUT'
   AND (r.closed_at > j.effective_at OR s.order_at < j.effective_at + r.grace_s * 1000);

-- name: verify_pot_moved  role: vault read  rows: many
SELECT m.id
  FROM (SELECT j.seq AS id, j.meta,
               COALESCE((SELECT SUM(p.delta) FROM race r JOIN pot_line p ON p.race_id = r.id AND p.seq = j.seq), 0) AS pot,
               COALESCE((SELECT SUM(p.delta - p.bonus) FROM race r JOIN pot_line p ON p.race_id = r.id AND p.seq = j.seq), 0)
                 AS now,
               COALESCE((SELECT SUM(h.cents) FROM race r JOIN pot_line p ON p.race_id = r.id AND p.seq = j.seq
                           JOIN seat t ON t.race_id = r.id
                           JOIN share h ON h.race_id = t.race_id AND h.seat_no = t.seat_no AND h.seq = j.seq), 0) AS shares,
               COALESCE((SELECT SUM(p.amount) FROM posting p JOIN account a ON a.id = p.account_id
                          WHERE p.seq = j.seq AND (a.code LIKE 'L:wallet%' OR a.code LIKE 'L:pool%'
                             OR a.code LIKE 'A:clawback:%')), 0) AS moved
          FROM journal j
         WHERE j.seq > :from AND j.seq <= :to
           AND j.kind IN ('REFUND', 'REFUND_FAILED', 'DISPUTE_LOST', 'DISPUTE_FREEZE', 'DISPUTE_THAW', 'RACE_VOID', 'RACE_RECUT', 'TAG_OUT')) m
 WHERE m.pot <> -m.moved OR (m.now <> m.shares AND m.meta <> '' AND m.meta NOT LIKE '%_part of=place:%');

-- name: verify_meta_strange  role: vault read  rows: many
SELECT seq AS id FROM journal
 WHERE seq > :from AND seq <= :to AND meta <> ''
   AND (kind NOT IN ('SALE_OPEN', 'SALE_POOL', 'RACE_SETTLE', 'RACE_FIX', 'RACE_RECUT', 'RACE_VOID', 'TAG_OUT', 'TAG_IN', 'ESCROW_AWARD', 'REFUND', 'DISPUTE_LOST',
      'TIP', 'TIP_REFUND', 'TIP_LOST', 'TIP_AGAIN', 'TIP_RELEASE')
    OR reverses IS NOT NULL);

-- name: verify_freeze  role: vault read  rows: many
SELECT j.seq AS id FROM journal j JOIN posting p ON p.seq = j.seq JOIN account a ON a.id = p.account_id
 WHERE j.seq > :from AND j.seq <= :to AND j.kind IN ('DISPUTE_OPEN', 'DISPUTE_FREEZE') AND j.reverses IS NULL
   AND NOT CASE j.kind
       WHEN 'DISPUTE_OPEN' THEN (a.code LIKE 'A:dispute:%' AND p.amount > 0) OR (a.code LIKE 'A:processor:%' AND p.amount < 0)
       ELSE (a.code LIKE 'L:wallet%' AND p.amount > 0) OR (a.code LIKE 'L:dispute_hold%' AND p.amount < 0 AND
             -p.amount = (SELECT SUM(q.amount) FROM posting q JOIN account b ON b.id = q.account_id
                           WHERE q.seq = j.seq AND b.code LIKE 'L:wallet%:' ||
                                 SUBSTR(p.item, LENGTH(RTRIM(p.item, '0123456789')) + 1))) END;

-- name: verify_writeoff  role: vault read  rows: many
SELECT j.seq AS id FROM journal j
 WHERE j.seq > :from AND j.seq <= :to AND j.kind = 'WRITEOFF' AND j.reverses IS NULL
   AND (j.n_lines <> 2 OR j.idem_scope <> 'writeoff' OR j.meta <> ''
    OR NOT EXISTS (SELECT 1 FROM posting p JOIN account a ON a.id = p.account_id
                    WHERE p.seq = j.seq AND a.code = 'E:clawback_writeoff' AND p.amount > 0)
    OR NOT EXISTS (SELECT 1 FROM posting p JOIN account a ON a.id = p.account_id
                    WHERE p.seq = j.seq AND a.code LIKE 'A:clawback:%' AND p.amount < 0 AND p.item = j.ref
                      AND j.idem_key LIKE 'writeoff:' || SUBSTR(a.code, 12) || ':' || j.ref || '%'));

-- name: verify_escrow  role: vault read  rows: many
SELECT j.seq AS id FROM journal j JOIN posting p ON p.seq = j.seq JOIN account a ON a.id = p.account_id
 WHERE j.seq > :from AND j.seq <= :to AND j.kind IN ('ESCROW_DEPOSIT', 'ESCROW_AWARD') AND j.reverses IS NULL
 GROUP BY j.seq, j.kind, j.ref, j.meta
HAVING SUM(CASE WHEN a.code = 'L:prize_escrow' AND p.item LIKE j.ref || ':_' THEN 0
                WHEN j.kind = 'ESCROW_DEPOSIT' AND a.code LIKE 'A:processor:%' AND p.amount > 0 THEN 0
                WHEN j.kind = 'ESCROW_AWARD' AND a.code LIKE 'L:wallet:%' AND p.amount < 0
                 AND j.meta LIKE '%_prize member=' || SUBSTR(a.code, 10) || ' paid=' || -p.amount || '_%' THEN 0 ELSE 1 END) > 0
    OR (j.kind = 'ESCROW_AWARD' AND j.meta NOT LIKE 'award season=' || SUBSTR(j.ref, 8) || ' rank=% amount=' ||
        SUM(CASE WHEN a.code = 'L:prize_escrow' THEN p.amount ELSE 0 END) || '_prize %');

-- name: verify_prize  role: vault read  rows: many
SELECT z.season_id AS id FROM season_prize z
  LEFT JOIN account a ON a.code = 'L:prize_escrow'
  LEFT JOIN item_balance i ON i.account_id = a.id AND i.item = 'season:' || z.season_id || ':' || z.place
  LEFT JOIN journal f ON f.seq = z.funded_seq LEFT JOIN journal p ON p.seq = z.paid_seq
 WHERE z.season_id > :from AND z.season_id <= :to
   AND (COALESCE(i.bal, 0) <> CASE WHEN z.funded_seq IS NOT NULL AND z.paid_seq IS NULL THEN -z.amount ELSE 0 END
    OR (z.funded_seq IS NOT NULL AND COALESCE(f.kind, '') <> 'ESCROW_DEPOSIT')
    OR (z.paid_seq IS NOT NULL AND COALESCE(p.kind, '') <> 'ESCROW_AWARD'));

-- name: verify_fee  role: vault read  rows: many
SELECT j.seq AS id FROM journal j JOIN posting p ON p.seq = j.seq JOIN account a ON a.id = p.account_id
 WHERE j.seq > :from AND j.seq <= :to
 GROUP BY j.seq, j.kind, j.idem_scope, j.idem_key, j.ref, j.reverses
HAVING (j.kind <> 'PROC_FEE' AND SUM(CASE WHEN a.code LIKE 'E:processor_fees%' THEN 1 ELSE 0 END) > 0)
    OR (j.kind = 'PROC_FEE' AND (COUNT(*) <> 2 OR j.reverses IS NOT NULL OR j.idem_key NOT LIKE 'fee:_%'
     OR SUM(CASE WHEN a.code = 'E:processor_fees' AND p.amount > 0 THEN 1
                 WHEN a.code = 'A:processor:' || j.idem_scope THEN 0 ELSE 9 END) <> 1
     OR (NOT EXISTS (SELECT 1 FROM sale s WHERE s.id = CAST(SUBSTR(j.ref, 6) AS BIGINT)
                        AND j.ref = 'sale:' || s.id AND s.provider = j.idem_scope AND s.seq < j.seq)
     AND NOT EXISTS (SELECT 1 FROM tip t WHERE t.id = CAST(SUBSTR(j.ref, 5) AS BIGINT)
                        AND j.ref = 'tip:' || t.id AND t.provider = j.idem_scope AND t.seq < j.seq))));

-- name: verify_triggers  role: vault read  rows: many
SELECT name, COALESCE(sql, '') AS sql FROM sqlite_master WHERE type = 'trigger';

-- name: verify_seals  role: vault read  rows: many
SELECT z.day, z.first_seq, z.last_seq, z.head_sha, z.trial_sha, z.text, z.signature, z.key, z.at,
       j.sha, j.recorded_at, (SELECT f.recorded_at FROM journal f WHERE f.seq = 1) AS began
  FROM seal z LEFT JOIN journal j ON j.seq = z.last_seq ORDER BY z.day;

-- name: verify_seal_accounts  role: vault read  rows: many
SELECT id, code, currency FROM account ORDER BY code;

-- name: verify_seal_postings  role: vault read  rows: many
SELECT account_id, amount FROM posting WHERE seq > :after AND seq <= :last;

-- name: verify_retag  role: vault read  rows: many
SELECT t.sale_id AS id FROM retag t LEFT JOIN journal j ON j.seq = t.seq
 WHERE t.sale_id > :from AND t.sale_id <= :to
   AND ((t.state = 'DONE' AND (j.seq IS NULL OR j.kind <> 'TAG_IN' OR j.ref <> 'sale:' || t.sale_id
           OR t.closed_by IS NULL OR t.closed_by = t.asked_by
           OR t.closed_at - j.effective_at > 259200000
           OR EXISTS (SELECT 1 FROM stint d WHERE d.race_id = t.race_id AND d.member_id IN (t.asked_by, t.closed_by))
           OR j.meta NOT LIKE '%_race id=' || t.race_id || ' pool=%'))
     OR (t.state <> 'DONE' AND t.seq IS NOT NULL));

-- name: verify_tag  role: vault read  rows: many
SELECT j.seq AS id FROM journal j
 WHERE j.seq > :from AND j.seq <= :to AND j.kind IN ('TAG_IN', 'TAG_OUT') AND j.reverses IS NULL
   AND NOT EXISTS (SELECT 1 FROM retag t WHERE t.state = 'DONE' AND (t.seq = j.seq OR
         (j.kind = 'TAG_OUT' AND j.meta LIKE '% sale=' || t.sale_id || ' back=% to=' || t.race_id || '_')));
