-- Revert ticketing:seat_claims from pg
BEGIN;

DROP TABLE public.seat_claims;

COMMIT;
