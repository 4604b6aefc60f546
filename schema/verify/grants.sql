-- Verify ticketing:grants on pg
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_holds') THEN
        ASSERT has_function_privilege('ticketing_holds',
            'public.hold_seats(integer[], uuid[], uuid[], uuid[], text[], integer[], text[], integer, integer)', 'EXECUTE');
        ASSERT NOT has_table_privilege('ticketing_holds', 'auth.users', 'SELECT');
    END IF;
END
$$;
