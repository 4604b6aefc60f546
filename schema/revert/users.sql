-- Revert ticketing:users from pg
BEGIN;

DROP TABLE auth.user_roles;
DROP TABLE auth.users;
DROP TABLE auth.roles;
DROP SCHEMA auth;

COMMIT;
