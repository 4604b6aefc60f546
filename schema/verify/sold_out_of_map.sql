-- Verify ticketing:sold_out_of_map on pg
SELECT 'public.sold_of_map(uuid)'::regprocedure;
