BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

-- Order n of two seats, 100 each, paid with the money 'pi_n' of provider test.
CREATE FUNCTION pg_temp.pay(n integer, show integer DEFAULT 1) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.hold(n, format('{S%sa,S%sb}', n, n), n, show), pg_temp.buy(n, ARRAY[format('S%sa', n), format('S%sb', n)], n);
    SELECT public.settle_payment('test', 'paid ' || n, 'payment.succeeded', pg_temp.id('p', n), 200, 'VND', '{}', NULL, NULL, 'pi_' || n);
$$;
-- An event about money outside.
CREATE FUNCTION pg_temp.tell(event text, what text, reference text, money text, amount bigint, currency text DEFAULT 'VND') RETURNS text
LANGUAGE sql AS
$$ SELECT public.settle_payment('test', event, 'x', NULL, amount, currency, '{}', 'outside.' || what, reference, money) $$;
CREATE FUNCTION pg_temp.refunds(n integer) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(amount || ' ' || status, ', ' ORDER BY created_at) FROM public.refunds WHERE order_id = pg_temp.id('o', n) $$;
CREATE FUNCTION pg_temp.told(n integer) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(*) FROM public.outbox WHERE key = pg_temp.id('o', n) AND type = 'order.refunded' $$;
-- What the provider says of refund n of ours, and the end of the transaction.
CREATE FUNCTION pg_temp.finish(n integer, result text, reference text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    outcome constant text := public.finish_refund(pg_temp.id('r', n), 'test', result, reference, 'as the provider says');
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    RETURN outcome;
END
$$;

-- The whole payment: the tickets are void, once.
SELECT is(pg_temp.pay(1), 'paid', 'an order is paid');
SELECT is(pg_temp.tell('e1', 'refund.succeeded', 're_1', 'pi_1', 200), 'outside_void', 'a refund of all, made outside');
SELECT is(pg_temp.order_state(1), 'refunded: void void: refunded', 'makes its tickets void');
SELECT is(pg_temp.refunds(1), '200 succeeded', 'is a refund that is done');
SELECT is(pg_temp.told(1), 1::bigint, 'and told of');
SELECT is((SELECT payment_id FROM public.payment_events WHERE event_id = 'e1'), pg_temp.id('p', 1), 'the event has its payment');
SELECT is(pg_temp.tell('e1', 'refund.succeeded', 're_1', 'pi_1', 200), 'duplicate', 'the same event again');
SELECT is(pg_temp.tell('e1b', 'refund.succeeded', 're_1', 'pi_1', 200), 'already_settled', 'another one of the same refund');
SELECT is(pg_temp.tell('e1c', 'charge.succeeded', 'ch_1', 'pi_1', 200), 'outside_kept', 'the charge''s own word of it');
SELECT is(pg_temp.refunds(1), '200 succeeded', 'changes nothing');
SELECT is(pg_temp.tell('e1d', 'refund.failed', 're_1', 'pi_1', 200), 'outside_failed', 'the bank sends it back');
SELECT is(pg_temp.refunds(1), '200 failed', 'so it is owed again');
SELECT is(pg_temp.tell('e1e', 'refund.succeeded', 're_1', 'pi_1', 200), 'already_settled', 'a late event does not change that');
SELECT is_empty(:'invariants', 'the invariants hold');

-- The charge first, then the refund: one refund all the same.
SELECT pg_temp.pay(2);
SELECT is(pg_temp.tell('e2', 'charge.succeeded', 'ch_2', 'pi_2', 200), 'outside_void', 'only the charge is told of');
SELECT is(pg_temp.order_state(2), 'refunded: void void: refunded', 'its tickets are void');
SELECT is(pg_temp.tell('e2b', 'refund.succeeded', 're_2', 'pi_2', 200), 'outside_kept', 'the refund comes after it');
SELECT is(pg_temp.refunds(2), '200 succeeded', 'and is the same');
SELECT is((SELECT count(*) FROM public.outside_money WHERE payment_id = pg_temp.id('p', 2) AND refund_id IS NOT NULL), 1::bigint,
          'as is written down');

-- A part decides nothing; two that are all do.
SELECT pg_temp.pay(3);
SELECT is(pg_temp.tell('e3', 'refund.succeeded', 're_3a', 'pi_3', 50), 'outside_kept', 'a part of the money');
SELECT is(pg_temp.order_state(3), 'paid: valid valid: succeeded', 'leaves the tickets');
SELECT is(pg_temp.tell('e3b', 'refund.pending', 're_3b', 'pi_3', 150), 'outside_kept', 'the rest is on its way');
SELECT is(pg_temp.tell('e3c', 'refund.succeeded', 're_3b', 'pi_3', 150), 'outside_void', 'and has come');
SELECT is(pg_temp.order_state(3), 'refunded: void void: refunded', 'all is void');
SELECT pg_temp.pay(4);
SELECT is((SELECT outcome FROM public.refund_order(pg_temp.id('r', 4), pg_temp.id('o', 4), ARRAY[pg_temp.id('t', 41)], false, NULL, 'x')),
          'refunded', 'one of two by us');
SELECT pg_temp.finish(4, 'succeeded', 're_4');
SELECT is(pg_temp.tell('e4', 'charge.succeeded', 'ch_4', 'pi_4', 100), 'outside_kept', 'the charge tells of our own refund');
SELECT is(pg_temp.order_state(4), 'partially_refunded: void valid: partially_refunded', 'which is none from outside');
SELECT is(pg_temp.tell('e4b', 'charge.succeeded', 'ch_4', 'pi_4', 200), 'outside_void', 'the other one outside');
SELECT is(pg_temp.refunds(4), '100 succeeded, 100 succeeded', 'two refunds');
SELECT is(pg_temp.order_state(4), 'refunded: void void: refunded', 'all is void');

-- The policy of the show.
UPDATE public.shows SET outside_refund = 'keep' WHERE id = pg_temp.id('s', 2);
SELECT pg_temp.pay(5, 2);
SELECT is(pg_temp.tell('e5', 'refund.succeeded', 're_5', 'pi_5', 200), 'outside_kept', 'a show that keeps its tickets');
SELECT is(pg_temp.order_state(5), 'paid: valid valid: succeeded', 'keeps them');
SELECT is((SELECT at_most FROM public.outside_sums(pg_temp.id('p', 5))), 200::bigint, 'and the money is known');

-- Disputes.
SELECT pg_temp.pay(6), pg_temp.pay(7);
SELECT is(pg_temp.tell('e6', 'dispute.open', 'dp_6', 'pi_6', 200), 'outside_kept', 'a dispute may be won');
SELECT is(pg_temp.tell('e6b', 'dispute.won', 'dp_6', 'pi_6', 200), 'outside_kept', 'and is');
SELECT is(pg_temp.tell('e6c', 'dispute.open', 'dp_6', 'pi_6', 200), 'already_settled', 'a late event does not open it again');
SELECT is(pg_temp.order_state(6), 'paid: valid valid: succeeded', 'the tickets stay');
SELECT is(pg_temp.tell('e7', 'dispute.lost', 'dp_7', 'pi_7', 200), 'outside_void', 'another one is lost');
SELECT is(pg_temp.order_state(7), 'refunded: void void: refunded', 'its tickets are void');

-- Before the payment's own event.
SELECT pg_temp.hold(8, '{X1}', 8), pg_temp.buy(8, '{X1}', 8);
SELECT is(pg_temp.tell('e8', 'refund.succeeded', 're_8', 'pi_8', 60), 'unknown_payment', 'a refund of money that we do not know yet');
SELECT is(pg_temp.tell('e8b', 'refund.succeeded', 're_8b', 'pi_8', 40), 'unknown_payment', 'and another one');
SELECT is(public.settle_payment('test', 'paid 8', 'payment.succeeded', pg_temp.id('p', 8), 100, 'VND', '{}', NULL, NULL, 'pi_8'),
          'paid', 'the money');
SELECT is(pg_temp.order_state(8), 'refunded: void: refunded', 'has gone back before');

-- Money that came a second time gets a payment of its own, and what was told of it before belongs to that.
SELECT pg_temp.pay(20);
SELECT is(pg_temp.tell('e20', 'charge.succeeded', 'ch_20', 'pi_20b', 200), 'unknown_payment', 'a second payment is not known yet');
SELECT is(public.settle_payment('test', 'paid 20b', 'payment.succeeded', pg_temp.id('p', 20), 200, 'VND', '{}', NULL, NULL, 'pi_20b'),
          'late_refund', 'it goes back');
SELECT is((SELECT p.charge FROM public.outside_money AS m JOIN public.payments AS p ON p.id = m.payment_id WHERE m.reference = 'ch_20'),
    'pi_20b',
          'and has what was told of it');

-- A refund of ours that the provider refused, made there by hand.
SELECT pg_temp.pay(9);
SELECT public.refund_order(pg_temp.id('r', 9), pg_temp.id('o', 9), NULL, false, NULL, 'x');
SELECT pg_temp.finish(9, 'failed');
SELECT is(pg_temp.tell('e9', 'refund.succeeded', 're_9', 'pi_9', 200), 'outside_kept', 'what was owed was sent by hand');
SELECT is(pg_temp.refunds(9), '200 succeeded', 'so it is owed no more');
SELECT is(pg_temp.told(9), 1::bigint, 'and told of');

-- The same, but made there before the provider refused ours.
SELECT pg_temp.pay(30);
SELECT public.refund_order(pg_temp.id('r', 30), pg_temp.id('o', 30), NULL, false, NULL, 'x');
SELECT is(pg_temp.tell('e30', 'refund.succeeded', 're_30', 'pi_30', 200), 'outside_kept', 'by hand, while ours is under way');
SELECT is(pg_temp.tell('e30b', 'charge.succeeded', 'ch_30', 'pi_30', 200), 'outside_kept', 'and so says the charge');
SELECT is(pg_temp.refunds(30), '200 pending', 'ours may still come true');
SELECT pg_temp.finish(30, 'failed');
SELECT is(pg_temp.refunds(30), '200 succeeded', 'it is refused: what was sent by hand is what was owed');
SELECT is(pg_temp.told(30), 1::bigint, 'and is told of once');
SELECT is((SELECT refund_id FROM public.outside_money WHERE reference = 're_30'), pg_temp.id('r', 30), 'as is written down');

-- The same, but only the charge tells of it.
SELECT pg_temp.pay(40);
SELECT public.refund_order(pg_temp.id('r', 40), pg_temp.id('o', 40), NULL, false, NULL, 'x');
SELECT is(pg_temp.tell('e40', 'charge.succeeded', 'ch_40', 'pi_40', 200), 'outside_kept', 'the charge: it may be ours');
SELECT is(pg_temp.refunds(40), '200 pending', 'ours may still come true');
SELECT pg_temp.finish(40, 'failed');
SELECT is(pg_temp.refunds(40), '200 succeeded', 'it is refused: so the charge told of another one');
SELECT is(pg_temp.told(40), 1::bigint, 'which is told of once');
SELECT is(pg_temp.tell('e40b', 'refund.succeeded', 're_40', 'pi_40', 200), 'outside_kept', 'and named late');
SELECT is((SELECT refund_id FROM public.outside_money WHERE reference = 're_40'), pg_temp.id('r', 40), 'is the same');
SELECT pg_temp.pay(41);
SELECT public.refund_order(pg_temp.id('r', 41), pg_temp.id('o', 41), NULL, false, NULL, 'x');
SELECT pg_temp.finish(41, 'failed');
SELECT is(pg_temp.tell('e41', 'charge.succeeded', 'ch_41', 'pi_41', 200), 'outside_kept', 'the charge after the refusal');
SELECT is(pg_temp.refunds(41), '200 succeeded', 'settles what was owed');

-- One ticket is given back by us, all of the money outside: whichever comes first, all is void, and nothing is owed.
SELECT pg_temp.pay(n) FROM generate_series(42, 45) AS n;
SELECT r.outcome FROM generate_series(42, 45) AS n
CROSS JOIN public.refund_order(pg_temp.id('r', n), pg_temp.id('o', n), ARRAY[pg_temp.id('t', 10 * n + 1)], false, NULL, 'x') AS r;
SELECT pg_temp.tell('e42', 'refund.succeeded', 're_42', 'pi_42', 200), pg_temp.finish(42, 'failed');
SELECT pg_temp.finish(43, 'failed'), pg_temp.tell('e43', 'refund.succeeded', 're_43', 'pi_43', 200);
SELECT is(pg_temp.refunds(n), '100 succeeded, 100 succeeded', 'nothing is owed, ' || n) FROM generate_series(42, 43) AS n;
SELECT is(pg_temp.order_state(n), 'refunded: void void: refunded', 'all is void, ' || n) FROM generate_series(42, 43) AS n;
SELECT is(pg_temp.told(n), 2::bigint, 'each is told of, ' || n) FROM generate_series(42, 43) AS n;
-- The money of one ticket: it is the one whose refund of ours is refused.
SELECT is(pg_temp.tell('e44', 'refund.succeeded', 're_44', 'pi_44', 100), 'outside_kept', 'ours is under way');
SELECT is(pg_temp.order_state(44), 'partially_refunded: void valid: partially_refunded', 'so the other ticket waits');
SELECT pg_temp.finish(44, 'failed'), pg_temp.finish(45, 'failed'), pg_temp.tell('e45', 'refund.succeeded', 're_45', 'pi_45', 100);
SELECT is(pg_temp.refunds(n), '100 succeeded', 'nothing is owed, ' || n) FROM generate_series(44, 45) AS n;
SELECT is(pg_temp.order_state(n), 'partially_refunded: void valid: partially_refunded', 'the other ticket stays, ' || n)
FROM generate_series(44, 45) AS n;
-- And when ours comes true, it was the other one's.
SELECT pg_temp.pay(46);
SELECT public.refund_order(pg_temp.id('r', 46), pg_temp.id('o', 46), ARRAY[pg_temp.id('t', 461)], false, NULL, 'x');
SELECT pg_temp.tell('e46', 'refund.succeeded', 're_46', 'pi_46', 100), pg_temp.finish(46, 'succeeded', 're_46_own');
SELECT is(pg_temp.order_state(46), 'refunded: void void: refunded', 'the other ticket is void');
SELECT is((SELECT string_agg((data -> 'refund' ->> 'id' = pg_temp.id('r', 46)::text) || ' ' || (data -> 'refund' ->> 'amount'), ', '
                             ORDER BY id)
           FROM public.outbox WHERE key = pg_temp.id('o', 46) AND type = 'order.refunded'),
          'true 100, false 100', 'each event tells of its own refund');
-- A part, and what is owed: the same again would be too much; the rest made there by hand settles it.
SELECT pg_temp.pay(47);
SELECT public.refund_order(pg_temp.id('r', 47), pg_temp.id('o', 47), NULL, false, NULL, 'x');
SELECT pg_temp.finish(47, 'failed'), pg_temp.tell('e47', 'refund.succeeded', 're_47', 'pi_47', 50);
SELECT is((SELECT outcome FROM public.refund_asked(gen_random_uuid(), pg_temp.id('o', 47), NULL, false, NULL, 'x', 1)), 'went_outside',
          'what failed is not tried again for money that is gone');
SELECT pg_temp.tell('e47b', 'refund.succeeded', 're_47b', 'pi_47', 150);
SELECT is(pg_temp.refunds(47), '200 succeeded', 'two that are all');
-- A lost dispute is no part of what the charge tells.
SELECT pg_temp.pay(48), pg_temp.tell('e48', 'charge.succeeded', 'ch_48', 'pi_48', 100);
SELECT is(pg_temp.tell('e48b', 'dispute.lost', 'dp_48', 'pi_48', 100), 'outside_void', 'a half by refund, a half by dispute');

-- Nor is the charge's word of a refund of ours that the bank has sent back, when a dispute has settled that since.
SELECT pg_temp.pay(49);
SELECT public.refund_order(pg_temp.id('r', 49), pg_temp.id('o', 49), ARRAY[pg_temp.id('t', 491)], false, NULL, 'x');
SELECT pg_temp.finish(49, 'failed', 're_49_own'), pg_temp.tell('e49', 'dispute.lost', 'dp_49', 'pi_49', 100);
SELECT is(pg_temp.tell('e49b', 'charge.succeeded', 'ch_49', 'pi_49', 100), 'outside_kept', 'the charge''s late word');
SELECT is(pg_temp.order_state(49), 'partially_refunded: void valid: partially_refunded', 'leaves the other ticket');
SELECT is(pg_temp.refunds(49), '100 succeeded', 'and what the dispute has settled');

-- Another policy is held against what is known; the way back makes nothing valid.
UPDATE public.shows SET outside_refund = 'void' WHERE id = pg_temp.id('s', 2);
SELECT is(pg_temp.order_state(5), 'refunded: void void: refunded', 'from keep to void: tickets of money that is gone are void');
SELECT is(pg_temp.told(5), 1::bigint, 'and their buyer is told');
UPDATE public.shows SET outside_refund = 'keep' WHERE id = pg_temp.id('s', 2);
SELECT is(pg_temp.order_state(5), 'refunded: void void: refunded', 'and stay so');

-- The charge tells of a refund that has failed, and only then does the refund itself.
SELECT pg_temp.pay(31);
SELECT is(pg_temp.tell('e31', 'charge.succeeded', 'ch_31', 'pi_31', 200), 'outside_void', 'the charge says that all went back');
SELECT is(pg_temp.tell('e31b', 'refund.failed', 're_31', 'pi_31', 200), 'outside_failed', 'the bank sends it back');
SELECT is(pg_temp.refunds(31), '200 failed', 'so it is owed');
SELECT is(pg_temp.tell('e31c', 'refund.succeeded', 're_31', 'pi_31', 200), 'already_settled', 'a late event');
SELECT is(pg_temp.refunds(31), '200 failed', 'does not change that');

-- An admin's refund is judged by what went back outside, or is in dispute: nobody gets more than was paid.
CREATE FUNCTION pg_temp.ask(n integer, wanted uuid[] DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT outcome FROM public.refund_asked(gen_random_uuid(), pg_temp.id('o', n), wanted, false, NULL, 'x', 1) $$;
SELECT pg_temp.pay(32), pg_temp.tell('e32', 'refund.succeeded', 're_32', 'pi_32', 80);
SELECT is(pg_temp.ask(32), 'went_outside', 'all of it, when a part has gone back');
SELECT is(pg_temp.order_state(32), 'paid: valid valid: succeeded', 'nothing is void');
SELECT is(pg_temp.ask(32, ARRAY[pg_temp.id('t', 321)]), 'refunded', 'one ticket, for which enough is left');
SELECT is(pg_temp.ask(32, ARRAY[pg_temp.id('t', 322)]), 'went_outside', 'but not the other one too');
SELECT pg_temp.pay(34, 2), pg_temp.tell('e34', 'refund.succeeded', 're_34', 'pi_34', 200);
SELECT is(pg_temp.ask(34), 'went_outside', 'a show that keeps its tickets: all has gone back');
SELECT pg_temp.pay(33), pg_temp.tell('e33', 'dispute.open', 'dp_33', 'pi_33', 200);
SELECT is(pg_temp.ask(33), 'went_outside', 'a dispute is open');
SELECT pg_temp.tell('e33b', 'dispute.won', 'dp_33', 'pi_33', 200);
SELECT is(pg_temp.ask(33), 'refunded', 'it was won');
SELECT is(pg_temp.ask(99), 'not_found', 'no such order');

-- Nonsense.
SELECT is(pg_temp.tell('e10', 'refund.succeeded', 're_10', 'pi_5', 5, 'EUR'), 'amount_mismatch', 'another currency');
SELECT is(pg_temp.tell('e11', 'refund.succeeded', 're_11', 'pi_5', -1), 'amount_mismatch', 'no amount');
SELECT is(pg_temp.tell('e12', 'refund.succeeded', NULL, 'pi_5', 1), 'amount_mismatch', 'no name');
SELECT is(pg_temp.tell('e12b', 'refund.succeeded', '', 'pi_5', 1), 'amount_mismatch', 'an empty name');
SELECT is(pg_temp.tell('e13b', 'refund.succeeded', 're_13', '', 1), 'amount_mismatch', 'money without a name');
SELECT is(pg_temp.tell('e13c', 'refund.succeeded', 're_13', 'pi_x', 1, 'v1d'), 'amount_mismatch', 'no currency');
SELECT is(pg_temp.tell('e13', 'refund.succeeded', 're_13', NULL, 1), 'amount_mismatch', 'no money');
SELECT is(pg_temp.tell('e14', 'refund.succeeded', 're_14', 'pi_of_others', 1), 'unknown_payment', 'somebody else''s');
SELECT is_empty(:'invariants', 'the invariants hold at last');
SELECT * FROM finish();
ROLLBACK;
