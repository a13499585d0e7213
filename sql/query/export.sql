-- The journal for other programs. Not for: pages.

-- name: export_accounts  role: vault read  rows: many
SELECT a.id, a.code, a.currency, a.opened_at, c.exponent,
       CASE WHEN a.owner_id = :member THEN 1 ELSE 0 END AS own
  FROM account a JOIN currency c ON c.code = a.currency ORDER BY a.id;

-- name: export_all  role: vault read  rows: many
SELECT j.seq, j.kind, j.ref, j.recorded_at, j.effective_at, j.sha,
       p.account_id, p.item, p.amount, p.bal_after
  FROM journal j JOIN posting p ON p.seq = j.seq
 WHERE j.seq >= :low AND j.seq < :end ORDER BY j.seq, p.account_id, p.ver;

-- name: export_own  role: vault read  rows: many
SELECT j.seq, j.kind, j.ref, j.recorded_at, j.effective_at, j.sha,
       p.account_id, p.item, p.amount, p.bal_after
  FROM account a
  JOIN posting p ON p.account_id = a.id
  JOIN journal j ON j.seq = p.seq
 WHERE a.owner_id = :member AND p.seq >= :low AND p.seq < :end
   AND (:kinds = '' OR (:kinds LIKE '%,' || j.kind || ',%'))
   AND (:race = 0 OR j.ref = :race_ref OR p.item = :race_ref OR EXISTS (
        SELECT 1 FROM stint t JOIN share h
            ON h.race_id = t.race_id AND h.seat_no = t.seat_no AND h.seq = p.seq
         WHERE t.race_id = :race AND t.member_id = :member))
 ORDER BY j.seq, p.account_id, p.ver;
