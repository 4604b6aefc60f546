-- Verify ticketing:venue_time on pg
DO $$
BEGIN
    ASSERT public.venue_time('2027-10-31T00:30:00Z', 'Europe/Berlin') = 'Sunday, 31 October 2027, 02:30 (Europe/Berlin, UTC+02:00)';
    ASSERT public.venue_time('2027-10-31T01:30:00Z', 'Europe/Berlin') = 'Sunday, 31 October 2027, 02:30 (Europe/Berlin, UTC+01:00)';
    ASSERT public.venue_time('2027-01-01T00:00:00Z', 'America/St_Johns') = 'Thursday, 31 December 2026, 20:30 (America/St_Johns, UTC-03:30)';
END
$$;
