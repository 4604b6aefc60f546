-- Verify ticketing:session_standing on pg
SELECT 'auth.session_standing(uuid, uuid)'::regprocedure;
