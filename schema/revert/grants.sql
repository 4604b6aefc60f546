-- Revert ticketing:grants from pg
-- What a role may do in this database, all of it; other databases of the cluster are not touched.
BEGIN;

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT rolname FROM pg_catalog.pg_roles
                WHERE rolname IN ('ticketing_auth', 'ticketing_events', 'ticketing_holds', 'ticketing_checkout') LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public, auth FROM %I', name);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA public, auth FROM %I', name);
        EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public, auth FROM %I', name);
        EXECUTE format('REVOKE ALL ON SCHEMA auth FROM %I', name);
    END LOOP;
END
$$;

COMMIT;
