-- Verify ticketing:venue_time_in on pg
DO $$
BEGIN
    ASSERT public.venue_time_in('2027-10-31T00:30:00Z', 'Europe/Berlin', 'vi')
           = '02:30 Chủ Nhật, 31 tháng 10, 2027 (Europe/Berlin, UTC+02:00)';
    ASSERT public.venue_time_in('2027-10-31T00:30:00Z', 'Europe/Berlin', 'en') = public.venue_time('2027-10-31T00:30:00Z', 'Europe/Berlin');
    ASSERT public.venue_time_in('2027-10-31T00:30:00Z', 'Europe/Berlin', NULL) = public.venue_time('2027-10-31T00:30:00Z', 'Europe/Berlin');
END
$$;
