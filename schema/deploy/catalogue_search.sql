-- Deploy ticketing:catalogue_search to pg
-- Events and users are found by words without their accents, in any order: kieu finds Kiều, soren finds Søren, however they were typed.
-- Both extensions come with PostgreSQL and are trusted: the owner of a database may make them without being a superuser.
BEGIN;

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

-- The text in the form that is searched: compatibility forms taken apart, marks removed, in lower case. Immutable as long as the dictionary
-- is the one that came with PostgreSQL; the name says which, so that no search_path can put another one in its place.
CREATE FUNCTION public.search_text(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT lower(public.unaccent('public.unaccent'::regdictionary,
                                 regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')));
$$;

-- A LIKE pattern for each word, the longest first: the index is asked for that one, all others are looked for in what it finds.
CREATE FUNCTION public.search_patterns(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT coalesce(array_agg('%' || regexp_replace(word, '([\\%_])', '\\\1', 'g') || '%' ORDER BY char_length(word) DESC, word), '{%}')
    FROM regexp_split_to_table(public.search_text(words), '\s+') AS word WHERE word <> '';
$$;

CREATE INDEX events_search ON public.events USING gin (public.search_text(title || ' ' || coalesce(venue, '')) public.gin_trgm_ops)
WHERE deleted_at IS NULL;
CREATE INDEX users_search ON auth.users USING gin (public.search_text(full_name || ' ' || email) public.gin_trgm_ops)
WHERE deleted_at IS NULL;

COMMIT;
