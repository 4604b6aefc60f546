-- Revert ticketing:seat_story from pg
DROP FUNCTION public.seat_story(uuid, text);
