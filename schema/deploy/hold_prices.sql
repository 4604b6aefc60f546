-- Deploy ticketing:hold_prices to pg
-- A hold fixes what its seats cost until it ends. Null in holds of before: their seats cost what the show says when they are checked out.
BEGIN;

ALTER TABLE public.holds
    ADD COLUMN prices bigint[], -- minor units; prices[i] is that of seats[i]
    ADD COLUMN currency text,
    ADD CONSTRAINT holds_prices CHECK ((prices IS NULL) = (currency IS NULL) AND cardinality(prices) = cardinality(seats)) NOT VALID;
ALTER TABLE public.holds VALIDATE CONSTRAINT holds_prices;

COMMIT;
