BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

-- What closes an order that waits for its payment: the show's organizer, whose role may write neither orders nor claims.
CREATE FUNCTION pg_temp.organize(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL ROLE ticketing_events;
    PERFORM public.who_and_why(pg_temp.id('u', 9), NULL);
    EXECUTE statement;
    RESET ROLE;
END
$$;
-- Order `number` waits for its payment, then `statement` is run with %1$s the show and %2$s its event.
CREATE FUNCTION pg_temp.closed_by(number integer, statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.events SET published = true, deleted_at = NULL WHERE id = pg_temp.id('e', 1);
    UPDATE public.shows SET deleted_at = NULL, starts_at = now() + interval '30 days', sales_start_at = NULL, sales_end_at = NULL
    WHERE id = pg_temp.id('s', 1);
    PERFORM pg_temp.hold(number, '{A1,A2}', number), pg_temp.buy(number, '{A1,A2}', number);
    RETURN NEXT is(pg_temp.order_state(number), 'pending: reserved reserved: pending', 'an order waits: ' || statement);
    PERFORM pg_temp.organize(format(statement, quote_literal(pg_temp.id('s', 1)), quote_literal(pg_temp.id('e', 1))));
    RETURN NEXT is(pg_temp.order_state(number), 'cancelled: void void: pending', 'it is closed: ' || statement);
    RETURN NEXT is(pg_temp.claims(), '', 'its seats are free');
    RETURN NEXT is((SELECT actor FROM public.audit_log WHERE subject = 'order ' || pg_temp.id('o', number) AND action = 'order.cancelled'),
                   pg_temp.id('u', 9), 'the audit log has who did it');
END
$$;
CREATE FUNCTION pg_temp.note(number integer) RETURNS text LANGUAGE sql AS
$$ SELECT note FROM public.orders WHERE id = pg_temp.id('o', number) $$;

SELECT pg_temp.closed_by(1, 'UPDATE public.events SET published = false WHERE id = %2$s');
SELECT is(pg_temp.note(1), 'The show does not take place any more, so this order was cancelled before it was paid.', 'the order says why');
SELECT pg_temp.closed_by(2, 'UPDATE public.events SET deleted_at = now() WHERE id = %2$s');
SELECT pg_temp.closed_by(3, 'UPDATE public.shows SET deleted_at = now() WHERE id = %1$s');
SELECT pg_temp.closed_by(4, 'UPDATE public.shows SET sales_end_at = now() - interval ''1 s'' WHERE id = %1$s');
SELECT is(pg_temp.note(4), 'The sales of the show were closed, so this order was cancelled before it was paid.', 'the order says why');
SELECT pg_temp.closed_by(5, 'UPDATE public.shows SET sales_start_at = now() + interval ''1 h'' WHERE id = %1$s');
SELECT pg_temp.closed_by(6, 'UPDATE public.shows SET starts_at = now() - interval ''1 h'' WHERE id = %1$s');
SELECT pg_temp.closed_by(7, $$SELECT public.update_show(%1$s, now() - interval '1 h', NULL, NULL, NULL, 'test-hall', 1, 'VND', NULL)$$);
SELECT is(pg_temp.settle('late', 7, 200), 'late_refund', 'money that comes all the same goes back');
SELECT is((SELECT reason FROM public.refunds WHERE order_id = pg_temp.id('o', 7)), 'late payment: sales_closed', 'and says why');

-- What closes nothing.
UPDATE public.shows SET starts_at = now() + interval '30 days' WHERE id = pg_temp.id('s', 1);
SELECT pg_temp.hold(10, '{A1}', 10), pg_temp.buy(10, '{A1}', 10);
SELECT pg_temp.hold(11, '{A2}', 11), pg_temp.buy(11, '{A2}', 11), pg_temp.lapse_order(11);
SELECT pg_temp.hold(12, '{A3}', 12), pg_temp.buy(12, '{A3}', 12), pg_temp.settle('paid', 12, 100);
SELECT pg_temp.organize(format('UPDATE public.shows SET starts_at = now() + interval ''40 days'' WHERE id = %L', pg_temp.id('s', 1)));
SELECT pg_temp.organize(format('UPDATE public.events SET title = ''Other'' WHERE id = %L', pg_temp.id('e', 1)));
SELECT is(pg_temp.order_state(10), 'pending: reserved: pending', 'a show that moves and sells goes on being paid');
SELECT pg_temp.organize(format('UPDATE public.events SET published = false WHERE id = %L', pg_temp.id('e', 1)));
SELECT is(pg_temp.order_state(10), 'cancelled: void: pending', 'one order is closed');
SELECT is(pg_temp.order_state(11), 'pending: reserved: pending', 'one whose time is over is left to expire_orders');
SELECT is(pg_temp.order_state(12), 'paid: valid: succeeded', 'a paid one stays');
SELECT is(pg_temp.settle('late too', 11, 100), 'late_refund', 'whose late money goes back, too');
SELECT is(pg_temp.order_state(11), 'expired: void: refunded', 'and closes it');

-- show.sold_out counts seats of the map only: A1 and A2 are all there are, B9 is one of an older map.
INSERT INTO public.seatmaps (id, version, name, template, seat_count)
VALUES ('test-pair', 1, 'Pair', '{"zones":[{"id":"Z","rows":[{"id":"A","from":1,"to":2}]}]}', 2);
UPDATE public.events SET published = true WHERE id = pg_temp.id('e', 1);
CREATE FUNCTION pg_temp.sell(n integer, seat text, row_label text, number integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.hold_seats('{7}', ARRAY[pg_temp.id('h', n)], ARRAY[pg_temp.id('u', n)], ARRAY[pg_temp.id('s', 2)], '{test-hall}', '{1}',
                              ARRAY[format('{%s}', seat)], 300, 20), pg_temp.buy(n, ARRAY[seat], n), pg_temp.settle('sold ' || n, n, 100);
    UPDATE public.tickets AS t SET row_label = sell.row_label, number = sell.number WHERE t.order_id = pg_temp.id('o', n);
    PERFORM public.dispatch_outbox(1000);
    RETURN (SELECT count(*) FROM public.outbox AS o WHERE o.type = 'show.sold_out' AND o.key = pg_temp.id('s', 2));
END
$$;
SELECT is(pg_temp.sell(21, 'B9', 'B', 9), 0::bigint, 'a seat that is not in the map');
UPDATE public.shows SET seatmap_id = 'test-pair' WHERE id = pg_temp.id('s', 2);
SELECT is(public.sold_of_map(pg_temp.id('s', 2)), 0::bigint, 'does not count');
UPDATE public.shows SET seatmap_id = 'test-hall' WHERE id = pg_temp.id('s', 2);
SELECT is(pg_temp.sell(22, 'A1', 'A', 1), 0::bigint, 'one of the two seats');
UPDATE public.shows SET seatmap_id = 'test-pair' WHERE id = pg_temp.id('s', 2);
UPDATE public.outbox SET processed_at = NULL, position = NULL WHERE type = 'order.paid' AND key = pg_temp.id('o', 22);
SELECT public.dispatch_outbox(1000);
SELECT is_empty($$SELECT FROM public.outbox WHERE type = 'show.sold_out'$$, 'two seats are sold, but one is not of the map');
UPDATE public.shows SET seatmap_id = 'test-hall' WHERE id = pg_temp.id('s', 2);
SELECT pg_temp.sell(23, 'A2', 'A', 2);
UPDATE public.shows SET seatmap_id = 'test-pair' WHERE id = pg_temp.id('s', 2);
UPDATE public.outbox SET processed_at = NULL, position = NULL WHERE type = 'order.paid' AND key = pg_temp.id('o', 23);
SELECT public.dispatch_outbox(1000);
SELECT is((SELECT count(*) FROM public.outbox WHERE type = 'show.sold_out'), 1::bigint, 'both are sold');
SELECT * FROM finish();
ROLLBACK;
