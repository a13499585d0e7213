-- I30: payouts, their entries, steps and codes; destinations. Each row found is a difference.

-- name: verify_payout_entry  role: vault read  rows: many
SELECT j.seq AS id FROM journal j LEFT JOIN payout p ON j.ref = 'payout:' || p.id
 WHERE j.kind LIKE 'PAYOUT%'
   AND (p.id IS NULL OR j.idem_scope <> 'payout' OR j.meta <> '' OR j.reverses IS NOT NULL
    OR j.idem_key <> j.ref || CASE j.kind WHEN 'PAYOUT_HOLD' THEN ':hold' WHEN 'PAYOUT_SENT' THEN ':sent'
         WHEN 'PAYOUT_SETTLED' THEN ':settled' WHEN 'PAYOUT_FEE' THEN ':fee' WHEN 'PAYOUT_CANCELLED' THEN ':cancelled'
         WHEN 'PAYOUT_FAILED' THEN ':failed' WHEN 'PAYOUT_RETURNED' THEN ':returned' ELSE '' END
    OR j.n_lines <> CASE WHEN j.kind IN ('PAYOUT_SETTLED', 'PAYOUT_RETURNED') AND p.fee > 0 THEN 3 ELSE 2 END
    OR j.n_lines <> (SELECT COUNT(*) FROM posting q JOIN account a ON a.id = q.account_id
         WHERE q.seq = j.seq AND CASE j.kind
          WHEN 'PAYOUT_HOLD' THEN (a.code = 'L:wallet:' || p.member_id AND q.amount = p.amount)
            OR (a.code = 'L:payout_in_flight' AND q.item = j.ref AND q.amount = -p.amount)
          WHEN 'PAYOUT_SENT' THEN (a.code = 'L:payout_in_flight' AND q.item = j.ref AND q.amount = p.amount)
            OR (a.code = 'L:payout_sent' AND q.item = j.ref AND q.amount = -p.amount)
          WHEN 'PAYOUT_SETTLED' THEN (a.code = 'L:payout_sent' AND q.item = j.ref AND q.amount = p.amount)
            OR (a.code = CASE p.kind WHEN 'gift_card' THEN 'A:bank' WHEN 'store_credit' THEN 'L:store_credit:' || p.member_id
                ELSE 'A:processor:' || p.kind END AND q.amount = p.fee - p.amount)
            OR (a.code = 'E:payout_fees' AND q.amount = -p.fee)
          WHEN 'PAYOUT_FEE' THEN (a.code = 'E:payout_fees' AND q.amount > 0)
            OR (a.code = 'A:processor:' || p.kind AND q.amount < 0)
          WHEN 'PAYOUT_RETURNED' THEN (a.code = 'L:wallet:' || p.member_id AND q.amount = -p.amount)
            OR (a.code = 'A:processor:' || p.kind AND q.amount = p.amount - p.fee)
            OR (a.code = 'E:payout_fees' AND q.amount = p.fee)
          ELSE (a.code = 'L:wallet:' || p.member_id AND q.amount = -p.amount)
            OR (a.code IN ('L:payout_in_flight', 'L:payout_sent') AND q.item = j.ref AND q.amount = p.amount) END));

-- name: verify_payout_alone  role: vault read  rows: many
-- Nothing else touches what is put aside, and each entry is one step's; a fee is a settled payout's.
SELECT q.seq AS id FROM posting q JOIN account a ON a.id = q.account_id JOIN journal j ON j.seq = q.seq
 WHERE a.code IN ('L:payout_in_flight', 'L:payout_sent') AND j.kind NOT LIKE 'PAYOUT%'
UNION SELECT j.seq AS id FROM journal j
 WHERE j.kind LIKE 'PAYOUT%'
   AND CASE j.kind WHEN 'PAYOUT_FEE' THEN (SELECT COUNT(*) FROM payout_step s
             WHERE 'payout:' || s.payout_id = j.ref AND s.state = 'SETTLED')
           ELSE (SELECT COUNT(*) FROM payout_step s WHERE s.seq = j.seq) END <> 1;

-- name: verify_payout_items  role: vault read  rows: many
SELECT p.id AS id FROM payout p
  LEFT JOIN account f ON f.code = 'L:payout_in_flight'
  LEFT JOIN item_balance fi ON fi.account_id = f.id AND fi.item = 'payout:' || p.id
  LEFT JOIN account s ON s.code = 'L:payout_sent'
  LEFT JOIN item_balance si ON si.account_id = s.id AND si.item = 'payout:' || p.id
 WHERE COALESCE(fi.bal, 0) <> CASE WHEN p.state IN ('HELD', 'SENDING', 'UNKNOWN') AND NOT EXISTS
          (SELECT 1 FROM payout_step t WHERE t.payout_id = p.id AND t.state = 'SENT') THEN -p.amount ELSE 0 END
    OR COALESCE(si.bal, 0) <> CASE WHEN p.state IN ('SENDING', 'UNKNOWN', 'SENT') AND EXISTS
          (SELECT 1 FROM payout_step t WHERE t.payout_id = p.id AND t.state = 'SENT') THEN -p.amount ELSE 0 END;

-- name: verify_payout_steps  role: vault read  rows: many
SELECT s.payout_id AS id FROM payout_step s
  LEFT JOIN payout p ON p.id = s.payout_id
  LEFT JOIN payout_step b ON b.payout_id = s.payout_id AND b.n = s.n - 1
  LEFT JOIN journal j ON j.seq = s.seq
 WHERE p.id IS NULL OR s.at < COALESCE(b.at, p.asked_at)
    OR (b.n IS NULL AND (s.n <> 1 OR s.state <> 'REQUESTED'))
    OR (b.n IS NOT NULL AND CASE b.state
         WHEN 'REQUESTED' THEN s.state = 'HELD'
         WHEN 'HELD' THEN s.state = 'CANCELLED' OR s.state = CASE WHEN p.kind IN ('gift_card', 'store_credit') THEN 'SENT' ELSE 'SENDING' END
         WHEN 'SENDING' THEN s.state IN ('SENT', 'UNKNOWN', 'FAILED')
         WHEN 'UNKNOWN' THEN s.state IN ('SENDING', 'SENT', 'FAILED')
         WHEN 'SENT' THEN s.state IN ('SETTLED', 'UNKNOWN', 'FAILED')
         WHEN 'SETTLED' THEN s.state = 'RETURNED' WHEN 'FAILED' THEN s.state = 'RETURNED' ELSE 1 = 0 END = (1 = 0))
    OR COALESCE(j.kind, '') <> CASE s.state WHEN 'HELD' THEN 'PAYOUT_HOLD' WHEN 'SETTLED' THEN 'PAYOUT_SETTLED'
         WHEN 'CANCELLED' THEN 'PAYOUT_CANCELLED' WHEN 'FAILED' THEN 'PAYOUT_FAILED'
         WHEN 'SENT' THEN CASE WHEN EXISTS (SELECT 1 FROM payout_step t
              WHERE t.payout_id = s.payout_id AND t.state = 'SENT' AND t.n < s.n) THEN '' ELSE 'PAYOUT_SENT' END
         WHEN 'RETURNED' THEN CASE WHEN b.state = 'FAILED' THEN '' ELSE 'PAYOUT_RETURNED' END ELSE '' END
    OR COALESCE(j.ref, 'payout:' || s.payout_id) <> 'payout:' || s.payout_id;

-- name: verify_payout_state  role: vault read  rows: many
SELECT p.id AS id FROM payout p JOIN method m ON m.id = p.method_id
 WHERE m.member_id <> p.member_id OR m.kind <> p.kind
    OR p.state <> COALESCE((SELECT s.state FROM payout_step s WHERE s.payout_id = p.id ORDER BY s.n DESC LIMIT 1), '')
    OR p.state IN ('REQUESTED', 'FAILED')
    OR (p.settled_at IS NULL) = EXISTS (SELECT 1 FROM payout_step s WHERE s.payout_id = p.id AND s.state = 'SETTLED')
    OR (p.first_at IS NULL) = EXISTS (SELECT 1 FROM payout_step s WHERE s.payout_id = p.id AND s.state = 'SENDING')
    OR CASE WHEN p.kind IN ('gift_card', 'store_credit') AND p.state = 'SETTLED' THEN 1 ELSE 0 END <>
       (SELECT COUNT(*) FROM payout_code c WHERE c.payout_id = p.id)
    OR (p.staff_id IS NULL) = EXISTS (SELECT 1 FROM payout_code c WHERE c.payout_id = p.id)
    OR p.staff_id = p.member_id;

-- name: verify_payout_method  role: vault read  rows: many
SELECT m.id AS id FROM method m
 WHERE (m.state IN ('open', 'ready') AND m.confirmed_at IS NULL) OR (m.state = 'new' AND m.confirmed_at IS NOT NULL)
    OR m.ready_at < m.added_at OR (m.kind IN ('gift_card', 'store_credit') AND m.dest <> '')
    OR (m.kind IN ('paypal', 'whop') AND m.dest = '') OR (m.kind = 'stripe' AND m.state = 'ready' AND m.dest = '')
    OR (m.state <> 'off' AND EXISTS (SELECT 1 FROM method o WHERE o.member_id = m.member_id AND o.kind = m.kind
                                        AND o.state <> 'off' AND o.id < m.id));
