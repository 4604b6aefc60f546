-- Verify ticketing:catalogue_search on pg
SELECT 1 / (public.search_text('Kiều Žižkov Søren') = 'kieu zizkov soren')::integer;
SELECT 'public.events_search'::regclass, 'auth.users_search'::regclass;
