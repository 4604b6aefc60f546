-- Verify ticketing:email_keys on pg
SELECT email_key FROM auth.users WHERE false;
