BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

-- A hold of one seat list by user 1 in show 1, with a cool-down: 900 s or 3 times in all, then 600 s without.
CREATE FUNCTION pg_temp.take(number integer, seats text, user_number integer DEFAULT 1) RETURNS text LANGUAGE sql AS
$$ SELECT outcome FROM public.take_seats(ARRAY[7], ARRAY[pg_temp.id('h', number)], ARRAY[pg_temp.id('u', user_number)],
    ARRAY[pg_temp.id('s', 1)],
       ARRAY['test-hall'], ARRAY[1], ARRAY[seats], 300, 20, ARRAY[NULL]::text[], ARRAY[NULL]::text[], ARRAY[NULL]::timestamptz[], 900, 600,
       3) $$;
CREATE FUNCTION pg_temp.back_date(number integer, seconds integer) RETURNS void LANGUAGE sql AS
$$ UPDATE public.holds SET created_at = created_at - make_interval(secs => seconds),
    expires_at = expires_at - make_interval(secs => seconds)
   WHERE id = pg_temp.id('h', number) $$;

-- release and take again
SELECT is(pg_temp.take(n, '{A1}'), 'granted', 'time ' || n), public.release_hold(pg_temp.id('h', n), pg_temp.id('u', 1))
    FROM generate_series(1, 3) AS n;
SELECT is(pg_temp.take(4, '{A1}'), 'hold_cooldown', 'the fourth time others come first');
SELECT is(pg_temp.take(4, '{A1,A2}'), 'hold_cooldown', 'also among other seats');
SELECT is(pg_temp.take(5, '{A2}'), 'granted', 'another seat is no matter');
SELECT is(pg_temp.take(6, '{A1}', 2), 'granted', 'nor is another user');
SELECT public.release_hold(pg_temp.id('h', 6), pg_temp.id('u', 2)), pg_temp.back_date(1, 1600);
SELECT is(pg_temp.take(7, '{A1}'), 'granted', 'what is long ago is forgotten');

-- kept for long
SELECT is(pg_temp.take(10, '{B1}', 3), 'granted', 'held');
UPDATE public.holds SET created_at = clock_timestamp() - interval '902 s', expires_at = now() - interval '1 s'
    WHERE id = pg_temp.id('h', 10);
UPDATE public.seat_claims SET expires_at = now() - interval '1 s' WHERE hold_id = pg_temp.id('h', 10);
SELECT is(pg_temp.take(11, '{B1}', 3), 'hold_cooldown', 'lapsed after all the time that a hold may last');

-- order and cancel
SELECT pg_temp.take(20, '{C1}', 4), pg_temp.buy(20, '{C1}', 4);
UPDATE public.holds SET created_at = created_at - interval '901 s' WHERE id = pg_temp.id('h', 20);
SELECT is(public.cancel_order(pg_temp.id('o', 20), pg_temp.id('u', 4)), 'cancelled', 'an order kept the seat');
SELECT cmp_ok((SELECT expires_at FROM public.holds WHERE id = pg_temp.id('h', 20)), '<=', clock_timestamp(), 'its hold has ended with it');
SELECT is(pg_temp.take(21, '{C1}', 4), 'hold_cooldown', 'its time counts');

-- off
SELECT is(pg_temp.hold(22, '{C1}', 4), 'granted', 'no cool-down where none is asked for');

SELECT is_empty(:'invariants', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
