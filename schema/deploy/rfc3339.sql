-- Deploy ticketing:rfc3339 to pg
-- Times as the API writes them: RFC 3339, UTC, whole seconds. STABLE and not STRICT so that it is inlined.
BEGIN;

CREATE FUNCTION public.rfc3339(moment timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

COMMIT;
