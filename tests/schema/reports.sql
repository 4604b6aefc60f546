BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

-- Orders 1 and 2 are paid, in slots of their own; order 3 waits.
SELECT pg_temp.hold(1, '{A1,A2}', 1), pg_temp.buy(1, '{A1,A2}', 1);
SELECT pg_temp.hold(2, '{A3}', 2), pg_temp.buy(2, '{A3}', 2);
SELECT pg_temp.hold(3, '{A4}', 3), pg_temp.buy(3, '{A4}', 3);
UPDATE public.orders SET status = 'paid', paid_at = now() - interval '3 hours' WHERE id = pg_temp.id('o', 1);
UPDATE public.orders SET status = 'paid', paid_at = now() - interval '1 minute' WHERE id = pg_temp.id('o', 2);
CREATE FUNCTION pg_temp.sold() RETURNS text LANGUAGE sql AS
$$ SELECT format('%s %s', sum(orders), sum(tickets)) FROM public.sold_between('-infinity', 'infinity') $$;

SELECT is(pg_temp.sold(), '2 3', 'before anything is added up, all is counted');
SELECT is(public.sum_sales(), false, 'nothing is added up while a transaction could still write');
SELECT is((SELECT next_xid IS NOT NULL FROM public.report_marks WHERE name = 'sales'), true, 'but what it waits for is noted down');
SELECT is((SELECT count(*) FROM public.sales_sums), 0::bigint, 'no sum yet');
UPDATE public.report_marks SET next_xid = '1000000000000'::xid8 WHERE name = 'sales';
SELECT is(public.sum_sales(), false, 'a mark of another cluster is no mark');
SELECT is((SELECT next_xid < '1000000000000'::xid8 FROM public.report_marks WHERE name = 'sales'), true, 'it waits anew');
UPDATE public.report_marks SET next_xid = '1'::xid8 WHERE name = 'sales';
SELECT is(public.sum_sales(), true, 'an hour with sales, and there are more hours');
SELECT is((SELECT format('%s %s', orders, tickets) FROM public.sales_sums), '1 2', 'what was sold then');
SELECT is(pg_temp.sold(), '2 3', 'added up or not, the sum is the same');
SELECT is((SELECT (public.report_sums('-infinity') ->> 'tickets')), '3', 'as the report tells');
SELECT lives_ok($$DO 'BEGIN WHILE public.sum_sales() LOOP END LOOP; END'$$, 'the other hours');
SELECT is(pg_temp.sold(), '2 3', 'the last sale is still counted from its order');
SELECT is((SELECT (public.report_sales(pg_temp.id('s', 1), NULL, NULL, NULL, 'UTC') ->> 'to')),
    to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
          'the curve ends today');
SELECT is(public.report_sales(pg_temp.id('s', 99), NULL, NULL, NULL, NULL)::text, NULL, 'no such show');
SELECT is((SELECT json_array_length(public.report_needs())), 9, 'every need is told, also when nobody waits');
SELECT throws_ok($$SELECT public.report_overview('Nowhere/At_all')$$, '22023', NULL, 'a zone must be known');

-- Searches.
SELECT is(public.note_buyers(), false, 'buyers are not noted down either while one could still appear');
SELECT is(public.find_orders('a3', pg_temp.id('s', 1), NULL, NULL, NULL, 10), ARRAY[pg_temp.id('o', 2)], 'by seat');
SELECT is(public.find_orders(left(pg_temp.id('o', 1)::text, 36), NULL, 'pending', NULL, NULL, 10), '{}', 'only of the status asked for');
UPDATE public.report_marks SET safe_until = 'infinity' WHERE name = 'buyers';
SELECT lives_ok($$DO 'BEGIN WHILE public.note_buyers() LOOP END LOOP; END'$$, 'all that was there');
SELECT bag_eq('SELECT DISTINCT user_id FROM public.orders WHERE created_at < clock_timestamp() - interval ''10 s''',
              'SELECT DISTINCT user_id FROM public.buyers', 'who has bought is noted down');

-- A seat.
SELECT is(told, true) FROM public.seat_story(pg_temp.id('s', 1), 'A1');
SELECT is(story ->> 'state', 'held', 'an order that is not settled holds its seat') FROM public.seat_story(pg_temp.id('s', 1), 'A4');
SELECT is(told, false) FROM public.seat_story(pg_temp.id('s', 1), 'B9');

-- Exports: pieces in order, each once.
UPDATE public.tickets SET status = 'valid' WHERE order_id = ANY (ARRAY[pg_temp.id('o', 1), pg_temp.id('o', 2)]);
SELECT is(ARRAY(SELECT seat_id::text FROM public.export_attendees(pg_temp.id('s', 1), '', false, 'infinity', 2)), '{A1,A2}'::text[],
          'the first piece');
SELECT is(ARRAY(SELECT seat_id::text FROM public.export_attendees(pg_temp.id('s', 1), 'A2', false, 'infinity', 2)), '{A3}'::text[],
          'the last, without what is not paid');
SELECT is((SELECT count(*) FROM public.export_orders(pg_temp.id('s', 1), '-infinity', pg_temp.id('o', 0), 'infinity', 10)), 3::bigint,
          'every order');

SELECT has_index('public', 'orders', 'orders_paid', 'index orders_paid');
SELECT has_index('public', 'tickets', 'tickets_void_seat', 'index tickets_void_seat');
SELECT has_index('public', 'audit_log', 'audit_log_actor', 'index audit_log_actor');
SELECT has_index('public', 'audit_log', 'audit_log_at', 'index audit_log_at');
SELECT * FROM finish();
ROLLBACK;
