-- Verify ticketing:roles on pg
-- The roles may be missing (see deploy), but when there, they must not be more than they should.
DO $$
BEGIN
    ASSERT NOT EXISTS (SELECT FROM pg_catalog.pg_roles
                       WHERE rolname IN ('ticketing_auth', 'ticketing_events', 'ticketing_holds', 'ticketing_checkout')
                         AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls)),
        'a responder role has powers it must not have';
END
$$;
