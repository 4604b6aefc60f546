-- Verify ticketing:rfc3339 on pg
DO $$
BEGIN
    ASSERT public.rfc3339('2026-12-01 19:00:00.5+07') = '2026-12-01T12:00:00Z', 'rfc3339 answers something else';
END
$$;
