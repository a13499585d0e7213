-- schema 0019
-- Orders that gave nobody a share: pages ask for those near a race, however many counted.

CREATE INDEX sale_unpooled ON sale (order_at) WHERE pool = 0;
