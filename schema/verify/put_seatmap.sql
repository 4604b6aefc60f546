-- Verify ticketing:put_seatmap on pg
SELECT 'public.put_seatmap(text, text, json, integer)'::regprocedure;
