-- Revert ticketing:guesses from pg
BEGIN;

DROP FUNCTION auth.guess_clean();
DROP FUNCTION auth.guess_right(text, text, integer);
DROP FUNCTION auth.guess_begin(text, text, integer);
DROP FUNCTION auth.guess_network(text);
DROP TABLE auth.guesses;

COMMIT;
