-- Verify ticketing:password_resets on pg
SELECT id, user_id, requested_at, state, attempts, next_attempt_at, lease_until, last_error, token_hash, expires_at, used_at
FROM auth.password_resets WHERE false;
