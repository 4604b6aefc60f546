BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();
-- Each damage must be seen by the check of that name; damage() undoes it.
SELECT set_config('test.invariants', :'invariants', true);
CREATE FUNCTION pg_temp.damage(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    BEGIN
        SET LOCAL session_replication_role = replica; -- no triggers: status_changes would refuse some of it
        EXECUTE statement;
        EXECUTE format('SELECT string_agg(DISTINCT invariant, ''; '' ORDER BY invariant) FROM (%s) AS v',
        current_setting('test.invariants')) INTO found;
        RAISE EXCEPTION USING ERRCODE = 'TT000';
    EXCEPTION WHEN SQLSTATE 'TT000' THEN
        RETURN found;
    END;
END
$$;
CREATE FUNCTION pg_temp.outside(kind text, amount bigint) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO public.outside_money (provider, reference, kind, status, charge, amount, currency, payment_id)
                   VALUES (''test'', ''x'', %L, ''succeeded'', ''pi_x'', %s, ''VND'', %L);', kind, amount, pg_temp.id('p', 1))
$$;
SELECT pg_temp.hold(1, '{A1,A2}'), pg_temp.buy(1, '{A1,A2}'), pg_temp.settle('e1', 1, 200);
SELECT pg_temp.hold(2, '{B1,B2}'), pg_temp.buy(2, '{B1,B2}');
SELECT pg_temp.hold(3, '{C1,C2}');
SELECT pg_temp.hold(4, '{D1}'), pg_temp.buy(4, '{D1}'), public.cancel_order(pg_temp.id('o', 4), pg_temp.id('u', 1));
SELECT pg_temp.hold(5, '{E1}'), pg_temp.lapse_hold(5);
SELECT is_empty(:'invariants', 'all is well at first');

SELECT alike(pg_temp.damage(statement), '%' || invariant || '%', invariant || ': ' || statement) FROM (VALUES
    ('two live tickets on one seat',
    $$DROP INDEX public.tickets_live_seat; UPDATE public.tickets SET seat_id = 'A1' WHERE seat_id = 'A2'$$),
    ('a sold claim has its live ticket', $$UPDATE public.tickets SET status = 'void' WHERE seat_id = 'A1'$$),
    ('a sold claim has its live ticket', $$UPDATE public.seat_claims SET ticket_id = pg_temp.id('t', 12) WHERE seat_id = 'A1'$$),
    ('a live ticket has its sold claim', $$UPDATE public.seat_claims SET state = 'released' WHERE seat_id = 'A1'$$),
    ('a live ticket has its sold claim', $$DELETE FROM public.seat_claims WHERE seat_id = 'A1'$$),
    ('a live ticket''s seat is in its show''s map',
    $$UPDATE public.seatmaps SET template = '{"zones": [{"id": "Z", "rows": [{"id": "A", "from": 2, "to": 9}]}]}'$$),
    ('the seats of an unpaid order are held for it',
    $$UPDATE public.seat_claims SET state = 'released', expires_at = NULL WHERE seat_id = 'B1'$$),
    ('the seats of an unpaid order are held for it',
    $$UPDATE public.seat_claims SET expires_at = expires_at + interval '1 s' WHERE seat_id = 'B1'$$),
    ('the show of an order that waits takes place', $$UPDATE public.shows SET deleted_at = now() WHERE id = pg_temp.id('s', 1)$$),
    ('the show of an order that waits takes place', $$UPDATE public.events SET published = false WHERE id = pg_temp.id('e', 1)$$),
    ('tickets agree with the status of their order', $$UPDATE public.tickets SET status = 'valid' WHERE seat_id = 'B1'$$),
    ('tickets agree with the status of their order', $$UPDATE public.tickets SET status = 'reserved' WHERE seat_id = 'D1'$$),
    ('tickets agree with the status of their order',
    $$UPDATE public.orders SET status = 'partially_refunded' WHERE id = pg_temp.id('o', 1)$$),
    ('the total of an order is the sum of its tickets', $$UPDATE public.orders SET total = 199 WHERE id = pg_temp.id('o', 1)$$),
    ('the total of an order is the sum of its tickets', $$DELETE FROM public.tickets WHERE order_id = pg_temp.id('o', 4)$$),
    ('captured minus refunded is what the order says', $$UPDATE public.payments SET status = 'declined' WHERE id = pg_temp.id('p', 1)$$),
    ('captured minus refunded is what the order says', $$UPDATE public.payments SET status = 'succeeded' WHERE id = pg_temp.id('p', 4)$$),
    ('captured minus refunded is what the order says', $$UPDATE public.payments SET currency = 'USD' WHERE id = pg_temp.id('p', 1)$$),
    ('no more was given back than was captured', $$INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status)
        VALUES (gen_random_uuid(), pg_temp.id('p', 1), pg_temp.id('o', 1), 201, 'x', 'succeeded')$$),
    ('the status of a payment agrees with its refunds', $$UPDATE public.payments SET status = 'refunded' WHERE id = pg_temp.id('p', 1)$$),
    ('money outside belongs to the payment with its charge', $$UPDATE public.payments SET charge = 'pi_x' WHERE id = pg_temp.id('p', 1);
        INSERT INTO public.outside_money (provider, reference, kind, status, charge, amount, currency)
        VALUES ('test', 're_x', 'refund', 'succeeded', 'pi_x', 1, 'VND')$$),
    ('money outside that is a refund of ours is one of its payment',
    $$INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status)
        VALUES (pg_temp.id('r', 1), pg_temp.id('p', 1), pg_temp.id('o', 1), 1, 'x', 'succeeded');
        INSERT INTO public.outside_money (provider, reference, kind, status, charge, amount, currency, payment_id, refund_id)
        VALUES ('test', 're_x', 'refund', 'succeeded', 'pi_x', 1, 'VND', pg_temp.id('p', 2), pg_temp.id('r', 1))$$),
    ('refunds that went back outside are covered by money outside', pg_temp.outside('refund', 1) || $$
        INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status, outside)
        VALUES (gen_random_uuid(), pg_temp.id('p', 1), pg_temp.id('o', 1), 2, 'x', 'succeeded', true)$$),
    ('a refund that failed is not covered by money outside', pg_temp.outside('refund', 1) || $$
        INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status)
        VALUES (gen_random_uuid(), pg_temp.id('p', 1), pg_temp.id('o', 1), 1, 'x', 'failed')$$),
    ('tickets whose money is gone are judged by the policy of their show', pg_temp.outside('charge', 200)),
    ('only what was given back was given back outside',
    $$INSERT INTO public.refunds (id, payment_id, order_id, amount, reason, status, outside)
        VALUES (gen_random_uuid(), pg_temp.id('p', 1), pg_temp.id('o', 1), 2, 'x', 'succeeded', true)$$),
    ('a hold has all its seats or none', $$UPDATE public.seat_claims SET state = 'released', expires_at = NULL WHERE seat_id = 'C1'$$),
    ('a hold has all its seats or none', $$UPDATE public.seat_claims SET expires_at = expires_at + interval '1 s' WHERE seat_id = 'E1'$$),
    ('a hold has all its seats or none', $$DELETE FROM public.seat_claims WHERE hold_id = pg_temp.id('h', 3)$$),
    ('a hold has all its seats or none', $$UPDATE public.holds SET state = 'released' WHERE id = pg_temp.id('h', 3)$$),
    ('a held seat belongs to a hold', $$DELETE FROM public.holds WHERE id = pg_temp.id('h', 3)$$),
    ('the prices of a hold are amounts of a currency',
    $$UPDATE public.holds SET prices = array_fill(-1::bigint, ARRAY[cardinality(seats)]), currency = 'VND'$$),
    ('the prices of a hold are amounts of a currency',
    $$UPDATE public.holds SET prices = array_fill(1::bigint, ARRAY[cardinality(seats)]), currency = 'vnd'$$),
    ('a consumed hold has exactly one order', $$UPDATE public.holds SET state = 'consumed' WHERE id = pg_temp.id('h', 5)$$),
    ('a consumed hold has exactly one order', $$UPDATE public.holds SET state = 'live' WHERE id = pg_temp.id('h', 1)$$),
    ('a checked-in ticket has an accepted scan',
    $$UPDATE public.tickets SET status = 'checked_in', checked_in_at = now() WHERE seat_id = 'A1'$$),
    ('whether somebody is inside is what the last scan says',
    $$UPDATE public.tickets SET inside = true, checked_in_at = now() WHERE seat_id = 'A1'$$),
    ('whether somebody is inside is what the last scan says',
    $$UPDATE public.tickets SET last_scan = gen_random_uuid() WHERE seat_id = 'A1'$$),
    ('a ticket has one first entry', $$INSERT INTO public.checkins (id, ticket_id, by_user, outcome)
        SELECT gen_random_uuid(), id, id, 'accepted' FROM public.tickets, generate_series(1, 2) WHERE seat_id = 'A1'$$),
    ('a mailing is about a changed show',
    $$INSERT INTO public.show_mailings (outbox_id) SELECT min(id) FROM public.outbox$$),
    ('a ticket on its way belongs to its transfer',
    $$INSERT INTO public.ticket_transfers (id, ticket_id, show_id, from_user, to_email, code_hash)
        SELECT gen_random_uuid(), id, show_id, user_id, 'x@y', repeat('a', 64) FROM public.tickets WHERE seat_id = 'A1'$$)
) AS damage (invariant, statement);
SELECT is_empty(:'invariants', 'and all is well after');
SELECT * FROM finish();
ROLLBACK;
