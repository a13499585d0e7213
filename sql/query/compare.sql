-- What a comparison with a provider needs to know of the ledger. Reading only.

-- name: compare_since  role: read  rows: one
SELECT (SELECT s.cursor FROM provider_state s WHERE s.provider = :provider) AS cursor,
       (SELECT j.recorded_at FROM journal j WHERE j.seq = 1) AS began;

-- Payouts whose end is not known, or not for long.
-- name: compare_payouts  role: read  rows: many
SELECT ref FROM payout
 WHERE kind = :provider AND ref <> '' AND (state IN ('SENDING', 'SENT', 'UNKNOWN') OR changed_at >= :since)
 ORDER BY id DESC LIMIT :max;

-- Their lines, what we posted about the same things, and the whole of our account.
-- name: compare_sums  role: read  rows: one
SELECT (SELECT COALESCE(SUM(l.amount - l.fee), 0) FROM provider_line l
         WHERE l.provider = :provider AND l.currency = :currency AND l.object NOT LIKE 'ours:%') AS theirs,
       (SELECT COALESCE(SUM(p.amount), 0)
          FROM (SELECT DISTINCT l.ref FROM provider_line l
                 WHERE l.provider = :provider AND l.ref <> '' AND l.object NOT LIKE 'ours:%') r
          JOIN journal j ON j.ref = r.ref JOIN posting p ON p.seq = j.seq JOIN account a ON a.id = p.account_id
         WHERE a.code = 'A:processor:' || :provider) AS ours,
       COALESCE((SELECT b.bal FROM balance b JOIN account a ON a.id = b.account_id
                  WHERE a.code = 'A:processor:' || :provider), 0) AS bal;

-- Booked long ago, and not in their list.
-- name: compare_unlisted  role: read  rows: many
SELECT u.ref, u.source, u.currency, u.at FROM (
  SELECT 'sale:' || s.id AS ref, s.payment AS source, s.currency, s.order_at AS at FROM sale s
   WHERE s.provider = :provider AND s.seq IS NOT NULL AND s.order_at >= :since AND s.order_at < :before
     AND s.payment NOT LIKE '%+%'
   UNION ALL
  SELECT 'tip:' || t.id, t.payment, t.currency, t.at FROM tip t
   WHERE t.provider = :provider AND t.seq IS NOT NULL AND t.at >= :since AND t.at < :before
   UNION ALL
  SELECT 'payout:' || y.id, y.ref, :currency, y.changed_at FROM payout y
   WHERE y.kind = :provider AND y.state = 'SETTLED' AND y.changed_at >= :since AND y.changed_at < :before) u
 WHERE NOT EXISTS (SELECT 1 FROM provider_line l WHERE l.provider = :provider AND l.ref = u.ref)
 ORDER BY u.at LIMIT :max;
