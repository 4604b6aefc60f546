-- Verify ticketing:seatmaps on pg
SELECT id, version, name, template, seat_count, created_at FROM public.seatmaps WHERE false;
