-- Verify ticketing:email_verifications on pg
SELECT id, user_id, address, requested_at, state, attempts, next_attempt_at, lease_until, last_error, token_hash, expires_at, code_hash,
       code_expires_at, code_tries, used_at
FROM auth.email_verifications WHERE false;
SELECT 'auth.verification_ask(uuid, uuid)'::regprocedure, 'auth.verification_done(uuid)'::regprocedure,
       'auth.verify_by_token(uuid, text)'::regprocedure, 'auth.verify_by_code(uuid, text)'::regprocedure;
