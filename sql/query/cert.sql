-- Certificates of notices. Not for: checking them (provider/paypal.c).

-- name: cert_get  role: vault  rows: one
SELECT pem FROM cert WHERE url = :url AND at > :since;

-- name: cert_put  role: vault  rows: none
INSERT INTO cert (url, pem, at) VALUES (:url, :pem, :now)
    ON CONFLICT (url) DO UPDATE SET pem = excluded.pem, at = excluded.at;
