-- Revert ticketing:hold_prices from pg
BEGIN;

ALTER TABLE public.holds DROP CONSTRAINT holds_prices, DROP COLUMN currency, DROP COLUMN prices;

COMMIT;
