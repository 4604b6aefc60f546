-- Verify ticketing:proved_sessions on pg
SELECT proved FROM auth.sessions WHERE false;
