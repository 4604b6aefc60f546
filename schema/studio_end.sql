-- Takes away what studio.sql has made: the reader's connections, rights and role, and the views. Nothing is there: nothing happens.
SET LOCAL client_min_messages = warning;
SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'studio_reader') AS reader \gset
\if :reader
SELECT pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity AS a WHERE a.usename = 'studio_reader';
DROP OWNED BY studio_reader;
DROP ROLE studio_reader;
\endif
DROP SCHEMA IF EXISTS studio CASCADE;
