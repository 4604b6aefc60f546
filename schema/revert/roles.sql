-- Revert ticketing:roles from pg
-- A role that another database of the cluster still refers to stays.
BEGIN;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ticketing_auth', 'ticketing_events', 'ticketing_holds', 'ticketing_checkout'] LOOP
        BEGIN
            EXECUTE format('DROP ROLE IF EXISTS %I', name);
        EXCEPTION
            WHEN insufficient_privilege OR dependent_objects_still_exist OR object_in_use OR undefined_object THEN
                RAISE NOTICE 'role % stays: %', name, SQLERRM;
        END;
    END LOOP;
END
$$;

COMMIT;
