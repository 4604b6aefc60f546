-- Verify ticketing:guests on pg
BEGIN;

SELECT guest, email_verified_at FROM auth.users WHERE false;
SELECT key_hash, user_id, created_at, expires_at FROM auth.guest_keys WHERE false;
SELECT has_function_privilege('auth.guest_key_add(uuid, text, timestamptz)', 'execute');

ROLLBACK;
