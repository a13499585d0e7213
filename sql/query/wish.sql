-- What fans want, before paying.

-- name: wish_open  role: vault read  rows: one
SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN fan = :fan THEN 1 ELSE 0 END), 0) AS of_fan
FROM request WHERE dj_id = :dj AND state = 'waiting';

-- name: wish_add  role: vault  rows: none
INSERT INTO wish (checkout_id, dj_id, fan, name, message, title, artist, link, at)
VALUES (:checkout, :dj, :fan, :name, :message, :title, :artist, :link, :at);

-- name: wish_get  role: vault read  rows: one
SELECT dj_id, fan, name, message, title, artist, link FROM wish WHERE checkout_id = :checkout;
