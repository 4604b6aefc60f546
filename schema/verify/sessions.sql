-- Verify ticketing:sessions on pg
SELECT id, user_id, created_at, expires_at, revoked_at FROM auth.sessions WHERE false;
SELECT token_hash, session_id, created_at, spent_at FROM auth.refresh_tokens WHERE false;
