BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.hash(code text) RETURNS text LANGUAGE sql AS $$ SELECT encode(sha256(code::bytea), 'hex') $$;
CREATE FUNCTION pg_temp.start(ticket integer, owner integer, email text, code text, transfer integer DEFAULT 1) RETURNS text LANGUAGE sql AS
$$ SELECT outcome FROM public.offer_ticket(pg_temp.id('x', transfer), pg_temp.id('t', ticket), pg_temp.id('u', owner), 'owner@example.com',
    email,
                                         lower(email), pg_temp.hash(code)) $$;
CREATE FUNCTION pg_temp.claim(code text, who integer, email text) RETURNS text LANGUAGE sql AS
$$ SELECT outcome FROM public.claim_ticket(pg_temp.hash(code), pg_temp.id('u', who), email, email) $$;
CREATE FUNCTION pg_temp.owner(ticket integer) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', CASE user_id WHEN pg_temp.id('u', 1) THEN 'one' WHEN pg_temp.id('u', 2) THEN 'two' ELSE 'nobody' END, revision)
   FROM public.tickets WHERE id = pg_temp.id('t', ticket) $$;

SELECT pg_temp.hold(1, '{A1,A2,A3}'), pg_temp.buy(1, '{A1,A2,A3}');
SELECT is(pg_temp.start(11, 1, 'b@example.com', 'c'), 'not_found', 'an unpaid ticket');
SELECT pg_temp.settle('e1', 1, 300);
SELECT is(pg_temp.start(11, 2, 'b@example.com', 'c'), 'not_found', 'somebody else''s');
SELECT is(pg_temp.start(99, 1, 'b@example.com', 'c'), 'not_found', 'none');
SELECT is(pg_temp.start(11, 1, 'b@example.com', 'c'), 'started', 'one''s own');
SELECT is(pg_temp.owner(11), 'nobody 1', 'is nobody''s on its way, and the old code is void');
SELECT is(pg_temp.claim('c', 2, 'a@example.com'), 'not_found', 'another address');
SELECT is(pg_temp.claim('d', 2, 'b@example.com'), 'not_found', 'another code');
SELECT is(pg_temp.start(11, 1, 'b2@example.com', 'c2', 2), 'changed', 'another address and code while it waits');
SELECT is(pg_temp.owner(11), 'nobody 1', 'nothing else changes');
SELECT is(pg_temp.claim('c', 2, 'b@example.com'), 'not_found', 'the first code is void');
SELECT is(pg_temp.claim('c2', 2, 'B2@Example.com'), 'claimed', 'code and address, in any case');
SELECT is(pg_temp.claim('c2', 2, 'b2@example.com'), 'claimed', 'again after a lost answer');
SELECT is(pg_temp.claim('c2', 1, 'b2@example.com'), 'not_found', 'but by nobody else');
SELECT is(pg_temp.owner(11), 'two 1', 'the new owner');
SELECT is(public.take_back_transfer(pg_temp.id('t', 11), pg_temp.id('u', 1)), 'not_found', 'it cannot be taken back any more');
SELECT is(pg_temp.start(11, 2, 'a@example.com', 'back', 3), 'started', 'it can be passed on again');
SELECT is(pg_temp.claim('back', 1, 'a@example.com'), 'claimed', 'also to who had it first');
SELECT is(pg_temp.owner(11), 'one 2', 'with yet another code');
SELECT is(pg_temp.claim('c2', 2, 'b2@example.com'), 'not_found', 'the old code does not bring it back');

SELECT is(pg_temp.start(12, 1, 'b@example.com', 'e', 4), 'started', 'another one');
SELECT is(public.take_back_transfer(pg_temp.id('t', 12), pg_temp.id('u', 2)), 'not_found', 'not taken back by others');
SELECT is(public.take_back_transfer(pg_temp.id('t', 12), pg_temp.id('u', 1)), 'taken_back', 'taken back');
SELECT is(pg_temp.owner(12), 'one 1', 'with a code nobody has seen');
SELECT is(pg_temp.claim('e', 2, 'b@example.com'), 'not_found', 'too late to claim');
SELECT is((SELECT string_agg(replace(action, 'ticket.transfer_', ''), ' ' ORDER BY id) FROM public.audit_log
    WHERE subject = pg_temp.id('t', 12)::text),
          'started taken_back', 'audited');
SELECT is_empty($$SELECT * FROM public.audit_log WHERE detail::text LIKE '%' || pg_temp.hash('e') || '%'$$, 'without the code');

SELECT is((SELECT outcome FROM public.start_transfer(pg_temp.id('x', 8), pg_temp.id('t', 12), pg_temp.id('u', 1), 'Kai@example.com',
    pg_temp.hash('k'))),
          'started', 'begun by a responder of the release before');
SELECT is(pg_temp.claim('k', 2, U&'\212Aai@example.com'), 'not_found', 'the Kelvin sign is no k');
SELECT is((SELECT outcome FROM public.claim_transfer(pg_temp.hash('k'), pg_temp.id('u', 2), 'kai@EXAMPLE.com')), 'claimed',
    'and claimed there');
SELECT is(pg_temp.start(12, 2, 'owner@example.com', 'l', 9), 'started', 'back again');
SELECT is(pg_temp.claim('l', 1, 'owner@example.com'), 'claimed', 'to the first owner');

UPDATE public.events SET transferable = false WHERE id = pg_temp.id('e', 1);
SELECT is(pg_temp.start(12, 1, 'b@example.com', 'f', 5), 'not_transferable', 'switched off for the event');
UPDATE public.events SET transferable = true WHERE id = pg_temp.id('e', 1);
UPDATE public.tickets SET revision = 4095 WHERE id = pg_temp.id('t', 12);
SELECT is(pg_temp.start(12, 1, 'b@example.com', 'f', 5), 'not_transferable', 'passed on too often');
SELECT is((SELECT outcome FROM public.record_scans(pg_temp.id('u', 9),
    json_build_array(json_build_object('n', 0, 'id', gen_random_uuid(), 'direction', 'in',
           'ticket', pg_temp.id('t', 13))))), 'accepted', 'a used one');
SELECT is(pg_temp.start(13, 1, 'b@example.com', 'f', 5), 'not_valid', 'cannot be passed on');

SELECT pg_temp.hold(2, '{B1,B2}'), pg_temp.buy(2, '{B1,B2}'), pg_temp.settle('e2', 2, 200);
CREATE FUNCTION pg_temp.scan(ticket integer) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', outcome, code) FROM public.record_scans(pg_temp.id('u', 9), json_build_array(json_build_object('n', 0,
   'id', gen_random_uuid(), 'direction', 'in', 'ticket', pg_temp.id('t', ticket)))) $$;
CREATE FUNCTION pg_temp.events(ticket integer) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(replace(type, 'ticket.', ''), ' ' ORDER BY id) FROM public.outbox
   WHERE data ->> 'id' = pg_temp.id('t', ticket)::text AND data ->> 'transferId' IS NOT NULL $$;
SELECT is(pg_temp.start(21, 1, 'b@example.com', 'g', 6), 'started', 'a ticket on its way');
SELECT is(pg_temp.scan(21), 'refused on_its_way', 'admits nobody, not by its id either');
SELECT is(pg_temp.start(22, 1, 'b@example.com', 'h', 7), 'started', 'one that is claimed');
SELECT is(pg_temp.claim('h', 2, 'b@example.com'), 'claimed', 'in time');
SELECT is((SELECT outcome FROM public.refund_order(gen_random_uuid(), pg_temp.id('o', 2), NULL, false, pg_temp.id('u', 9), 'a test')),
    'refunded', 'both go back');
SELECT is(pg_temp.owner(21), 'one 1', 'refunded on its way, it goes back, void');
SELECT is(pg_temp.claim('g', 2, 'b@example.com'), 'not_valid', 'nobody can claim it then');
SELECT is(public.take_back_transfer(pg_temp.id('t', 21), pg_temp.id('u', 1)), 'not_valid', 'nor take it back');
SELECT is(public.take_back_transfer(pg_temp.id('t', 21), pg_temp.id('u', 2)), 'not_found', 'others are told nothing of it');
SELECT is(pg_temp.events(21), 'transferred refunded', 'both are told of the offer and the refund');
SELECT is(pg_temp.claim('h', 2, 'b@example.com'), 'not_valid', 'is not claimed once more after its refund');
SELECT is(public.take_back_transfer(pg_temp.id('t', 22), pg_temp.id('u', 1)), 'not_found', 'and was never taken back');
SELECT is(pg_temp.events(22), 'transferred claimed refunded', 'both are told of all three');
SELECT is(pg_temp.events(12), 'transferred taken_back transferred claimed transferred claimed', 'and of what was taken back');
SELECT is_empty(:'invariants', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
