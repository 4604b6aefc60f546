-- Deploy ticketing:roles to pg
-- One role per responder. Roles belong to the whole cluster: one that exists is left alone, and a migrating user who may not create
-- roles (shared hosting) goes on without them; then every responder connects as the owner.
BEGIN;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ticketing_auth', 'ticketing_events', 'ticketing_holds', 'ticketing_checkout'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION
                WHEN insufficient_privilege THEN
                    RAISE NOTICE 'role % was not created: % may not create roles', name, current_user;
                WHEN duplicate_object OR unique_violation THEN
                    NULL; -- another database of this cluster is being migrated at the same time
            END;
        END IF;
    END LOOP;
END
$$;

-- Older clusters let everybody create tables here.
DO $$
BEGIN
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'schema public is not ours: its privileges stay as they are';
END
$$;

COMMIT;
