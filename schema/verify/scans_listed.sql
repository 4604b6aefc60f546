-- Verify ticketing:scans_listed on pg
SELECT 'public.checkins_flagged'::regclass;
