-- Deploy ticketing:refresh_branches to pg
-- Which refresh tokens were given to a page's cookie: only these count for some seconds after they were spent. A token whose spent_at is
-- '-infinity' was ended by the use of another token of its session.
BEGIN;

ALTER TABLE auth.refresh_tokens ADD COLUMN for_cookie boolean NOT NULL DEFAULT false;

COMMIT;
