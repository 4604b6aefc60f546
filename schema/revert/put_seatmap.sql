-- Revert ticketing:put_seatmap from pg
BEGIN;

DROP FUNCTION public.put_seatmap(text, text, json, integer);

COMMIT;
