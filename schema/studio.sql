-- What `ticketctl studio` shows: the schema `studio` with a view of each table, without what would let its reader act as another person,
-- and the role studio_reader, who may read these views and nothing else. psql variables: password, until. Made anew at each start;
-- studio_end.sql takes it away.
BEGIN;
SET LOCAL client_min_messages = warning;
\ir studio_end.sql
CREATE SCHEMA studio;
CREATE ROLE studio_reader LOGIN PASSWORD :'password' VALID UNTIL :'until' CONNECTION LIMIT 10;
ALTER ROLE studio_reader SET default_transaction_read_only = on;
ALTER ROLE studio_reader SET statement_timeout = '30s';
ALTER ROLE studio_reader SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE studio_reader SET search_path = studio;

DO $$
DECLARE
    -- Besides columns whose names say that they are secret: addresses that open a door, and answers kept word for word.
    left_out constant text[] := '{payments.url,payment_events.payload,webhook_endpoints.url,idempotency_keys.body,idempotency_keys.location,
                                  idempotency_keys.key,guesses.key}';
    one record;
BEGIN
    FOR one IN
        SELECT c.table_schema, c.table_name, string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal_position) AS columns
        FROM information_schema.columns AS c
        JOIN information_schema.tables AS t USING (table_schema, table_name)
        WHERE c.table_schema IN ('public', 'auth') AND t.table_type = 'BASE TABLE'
          AND c.column_name !~ '(hash|secret|token|password|fingerprint|digest|code_|_code)'
          AND NOT (c.table_name || '.' || c.column_name) = ANY (left_out)
        GROUP BY c.table_schema, c.table_name
    LOOP
        EXECUTE format('CREATE VIEW studio.%I AS SELECT %s FROM %I.%I', one.table_name, one.columns, one.table_schema, one.table_name);
    END LOOP;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO studio_reader', current_database());
END
$$;
GRANT USAGE ON SCHEMA studio TO studio_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA studio TO studio_reader;
COMMIT;
