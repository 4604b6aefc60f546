-- Revert ticketing:refresh_branches from pg
BEGIN;

ALTER TABLE auth.refresh_tokens DROP COLUMN for_cookie;

COMMIT;
