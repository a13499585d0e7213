-- schema 0018
-- Payouts that wait until the house's balance at the provider suffices.

ALTER TABLE payout ADD COLUMN lacks_at BIGINT NOT NULL DEFAULT 0; -- when it was last refused for that, ms; 0: it does not wait for it
ALTER TABLE payout ADD COLUMN spent INTEGER NOT NULL DEFAULT 0;   -- how often it was: a provider that keeps the refusal under our key gets another one
