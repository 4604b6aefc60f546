-- Verify ticketing:refresh_branches on pg
BEGIN;

SELECT for_cookie FROM auth.refresh_tokens WHERE false;

ROLLBACK;
