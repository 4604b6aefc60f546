-- Revert ticketing:catalogue_search from pg
BEGIN;
DROP INDEX public.events_search;
DROP INDEX auth.users_search;
DROP FUNCTION public.search_patterns, public.search_text;
DROP EXTENSION IF EXISTS pg_trgm;
DROP EXTENSION IF EXISTS unaccent;
COMMIT;
