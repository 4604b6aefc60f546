-- Verify ticketing:record_scans on pg
SELECT 'public.record_scans(uuid, json)'::regprocedure, 'public.undo_checkin(uuid, uuid)'::regprocedure;
