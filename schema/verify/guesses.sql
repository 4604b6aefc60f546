-- Verify ticketing:guesses on pg
SELECT key, failures, last_at, blocked_until FROM auth.guesses WHERE false;
SELECT 'auth.guess_begin(text, text, integer)'::regprocedure, 'auth.guess_right(text, text, integer)'::regprocedure, 'auth.guess_clean()'::regprocedure;
