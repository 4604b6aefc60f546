-- Verify ticketing:seat_story on pg
SELECT 'public.seat_story(uuid, text)'::regprocedure;
