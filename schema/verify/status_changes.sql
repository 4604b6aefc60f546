-- Verify ticketing:status_changes on pg
SELECT kind, was, becomes, meaning FROM public.status_changes WHERE false;
SELECT 'public.who_and_why(uuid, text)'::regprocedure, 'public.check_status_change()'::regprocedure;
SELECT 1 / (count(*) = 6)::integer FROM pg_catalog.pg_trigger WHERE tgfoid = 'public.check_status_change()'::regprocedure;
