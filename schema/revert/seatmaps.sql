-- Revert ticketing:seatmaps from pg
BEGIN;

DROP TABLE public.seatmaps;

COMMIT;
