BEGIN;
\ir fixture/box_office.psql
SELECT * FROM no_plan();

-- What a statement leads to when a role runs it: its first value, "done" without one, or the SQLSTATE.
CREATE FUNCTION pg_temp.attempt(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    BEGIN
        EXECUTE format('SET LOCAL ROLE %I', role);
        IF statement ~* '^\s*(select|insert.*returning)' THEN
            EXECUTE statement INTO answer;
        ELSE
            EXECUTE statement;
            answer := 'done';
        END IF;
    EXCEPTION WHEN OTHERS THEN
        answer := SQLSTATE;
    END;
    RESET ROLE;
    RETURN answer;
END
$$;
CREATE FUNCTION pg_temp.refused(role text, statement text) RETURNS text LANGUAGE sql AS
$$ SELECT is(pg_temp.attempt(role, statement), '42501', format('%s may not: %s', role, statement)) $$;

SELECT has_role(r) FROM unnest('{ticketing_auth,ticketing_events,ticketing_holds,ticketing_checkout}'::text[]) AS r;
SELECT is((SELECT bool_or(rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication) FROM pg_roles
    WHERE rolname LIKE 'ticketing\_%'), false,
          'no responder role has special powers');

-- what they must not do
SELECT pg_temp.refused(role, statement)
FROM unnest('{ticketing_events,ticketing_holds,ticketing_checkout}'::text[]) AS role,
     unnest(ARRAY['SELECT password_hash FROM auth.users', 'SELECT * FROM auth.sessions', 'SELECT * FROM auth.refresh_tokens',
                  'SELECT * FROM auth.guest_keys', 'SELECT * FROM auth.email_verifications',
                  'SELECT auth.verify_by_code(pg_temp.id(''u'', 1), ''123456'')',
                  'INSERT INTO auth.user_roles (user_id, role) SELECT pg_temp.id(''u'', 1), ''admin''',
                  'DELETE FROM auth.users']) AS statement;
SELECT pg_temp.refused(role, format('DELETE FROM public.%I', name))
FROM unnest('{ticketing_auth,ticketing_events,ticketing_holds,ticketing_checkout}'::text[]) AS role,
     unnest('{events,seatmaps,shows,holds,seat_claims,orders,tickets,payments,payment_events,refunds,checkins,audit_log}'::text[]) AS name;
SELECT pg_temp.refused(role, format('TRUNCATE public.%I', name))
FROM unnest('{ticketing_auth,ticketing_events,ticketing_holds,ticketing_checkout}'::text[]) AS role,
    unnest('{orders,tickets,seat_claims,outbox}'::text[]) AS name;
SELECT pg_temp.refused(role, 'CREATE TABLE public.mine (x int)')
    FROM unnest('{ticketing_auth,ticketing_events,ticketing_holds,ticketing_checkout}'::text[]) AS role;
SELECT pg_temp.refused(role, 'UPDATE public.audit_log SET action = ''x''')
    FROM unnest('{ticketing_auth,ticketing_events,ticketing_holds,ticketing_checkout}'::text[]) AS role;
SELECT pg_temp.refused('ticketing_auth', 'SELECT * FROM public.' || name)
    FROM unnest('{events,shows,holds,seat_claims,orders,tickets,payments,checkins,audit_log}'::text[]) AS name;
SELECT pg_temp.refused('ticketing_auth', 'INSERT INTO auth.roles VALUES (''root'')');
SELECT pg_temp.refused('ticketing_events', statement)
    FROM unnest(ARRAY['UPDATE public.orders SET status = ''paid''', 'SELECT * FROM public.orders',
    'SELECT * FROM public.tickets', 'UPDATE public.seat_claims SET state = ''sold''', 'INSERT INTO public.holds DEFAULT VALUES',
    'UPDATE public.seatmaps SET name = ''x''',
    'SELECT public.settle_payment(''test'', ''e'', ''payment.succeeded'', pg_temp.id(''p'', 1), 1, ''VND'', ''{}'')',
    'SELECT public.expire_orders(1)']) AS statement;
SELECT pg_temp.refused('ticketing_holds', statement)
    FROM unnest(ARRAY['UPDATE public.orders SET status = ''paid''', 'SELECT buyer_email FROM public.orders',
    'SELECT * FROM public.tickets', 'UPDATE public.shows SET sales_end_at = NULL', 'SELECT * FROM public.payments',
    'SELECT public.settle_payment(''test'', ''e'', ''payment.succeeded'', pg_temp.id(''p'', 1), 1, ''VND'', ''{}'')']) AS statement;
SELECT pg_temp.refused('ticketing_checkout', statement)
    FROM unnest(ARRAY['UPDATE public.events SET title = ''x''', 'UPDATE public.shows SET price_tiers = NULL',
    'INSERT INTO public.holds (id) SELECT NULL', 'UPDATE public.seatmaps SET template = ''{}''',
    'SELECT public.put_seatmap(''m'', ''m'', ''{}'', 1)']) AS statement;

-- what they must be able to do: the calls themselves, each by its role
SELECT is(pg_temp.attempt('ticketing_auth',
    format('INSERT INTO auth.users (id, email, password_hash, full_name) VALUES (%L, ''a@b'', ''$y$'', ''A'') RETURNING email',
    pg_temp.id('u', 1))), 'a@b', 'auth registers');
SELECT is(pg_temp.attempt('ticketing_auth',
    format('INSERT INTO auth.user_roles (user_id, role) VALUES (%L, ''user'') RETURNING role', pg_temp.id('u', 1))), 'user',
    'auth grants roles');
SELECT is(pg_temp.attempt('ticketing_auth', 'DELETE FROM auth.guest_keys WHERE key_hash IN (
    SELECT key_hash FROM auth.guest_keys LIMIT 1 FOR UPDATE SKIP LOCKED)'), 'done', 'auth removes keys of guests');
SELECT is(pg_temp.attempt('ticketing_auth', 'DELETE FROM auth.users WHERE guest'), 'done', 'auth removes guests');
SELECT is(pg_temp.attempt('ticketing_auth', 'SELECT auth.verification_ask(pg_temp.id(''v'', 1), pg_temp.id(''u'', 99))'), NULL,
    'auth asks for proofs');
SELECT is(pg_temp.attempt('ticketing_auth', 'SELECT auth.verify_by_token(pg_temp.id(''u'', 99), ''x'')'), 'false', 'and takes tokens');
SELECT is(pg_temp.attempt('ticketing_auth', 'SELECT auth.verify_by_code(pg_temp.id(''u'', 99), ''123456'')'), 'over', 'and codes');
SELECT is(pg_temp.attempt('ticketing_auth', 'SELECT auth.verification_done(pg_temp.id(''u'', 99))'), NULL, 'whose outcome it writes');
SELECT is(pg_temp.attempt('ticketing_auth', 'DELETE FROM auth.email_verifications WHERE id IN (
    SELECT id FROM auth.email_verifications LIMIT 500 FOR UPDATE SKIP LOCKED)'), 'done', 'auth clears old proofs');
SELECT is(pg_temp.attempt('ticketing_checkout',
    format('SELECT auth.guest_key_add(%L, %L, now())', pg_temp.id('u', 1), repeat('a', 64))), 'false',
    'checkout asks for a key: an account gets none');
SELECT is(pg_temp.attempt('ticketing_auth', 'INSERT INTO public.audit_log (action, subject) VALUES (''x'', ''y'')'), 'done', 'auth audits');
SELECT is(pg_temp.attempt('ticketing_events', 'SELECT public.put_seatmap(''map-x'', ''X'', ''{"a":1}'', 5)'), '1',
    'events stores a seat map');
SELECT is(pg_temp.attempt('ticketing_events', 'SELECT pg_temp.sold_out()'), '42883', 'an unknown function is another error');
SELECT is(pg_temp.attempt('ticketing_events',
    format('SELECT public.update_show(%L, now() + interval ''9 days'', NULL, NULL, NULL, ''test-hall'', 2, ''VND'', NULL)',
    pg_temp.id('s', 2))), 'updated', 'events changes a show');
SELECT is(pg_temp.attempt('ticketing_events', 'SELECT count(*) FROM public.seat_claims'), '0', 'events reads claims');
SELECT is(pg_temp.attempt('ticketing_holds', 'SELECT pg_temp.hold(1, ''{A1}'')'), 'granted', 'holds holds');
SELECT is(pg_temp.attempt('ticketing_holds', 'SELECT pg_temp.hold(2, ''{A1}'', 2)'), 'seats_unavailable {A1}', 'holds refuses');
SELECT is(pg_temp.attempt('ticketing_holds',
    'SELECT outcome FROM public.extend_hold(pg_temp.id(''h'', 1), pg_temp.id(''u'', 1), 500, 900)'), 'extended', 'holds extends');
SELECT is(pg_temp.attempt('ticketing_holds', 'SELECT public.release_hold(pg_temp.id(''h'', 1), pg_temp.id(''u'', 1))'), 'true',
    'holds releases');
SELECT is(pg_temp.attempt('ticketing_holds',
    'SELECT outcome FROM public.release_holds(''{1}'', ARRAY[pg_temp.id(''h'', 1)], ARRAY[pg_temp.id(''u'', 1)])'), 'not_found',
    'also in a batch');
SELECT is(pg_temp.attempt('ticketing_holds', format('SELECT pg_temp.hold(%s, ''{B%s}'')', n, n)), 'granted', 'holds holds')
    FROM generate_series(3, 5) AS n;
SELECT is(pg_temp.attempt('ticketing_checkout', format('SELECT pg_temp.buy(%s, ''{B%s}'')', n, n)), 'created', 'checkout makes an order')
    FROM generate_series(3, 5) AS n;
SELECT is(pg_temp.attempt('ticketing_checkout', 'SELECT pg_temp.settle(''e1'', 3, 100)'), 'paid', 'checkout takes a payment');
SELECT is(pg_temp.attempt('ticketing_checkout', 'SELECT public.cancel_order(pg_temp.id(''o'', 4), pg_temp.id(''u'', 1))'), 'cancelled',
    'checkout cancels');
SELECT pg_temp.lapse_order(5);
SELECT is(pg_temp.attempt('ticketing_checkout', 'SELECT public.expire_orders(5)'), '1', 'checkout expires');
SELECT is(pg_temp.attempt('ticketing_checkout', 'SELECT pg_temp.settle(''e2'', 5, 100)'), 'late_paid', 'checkout takes a late payment');
SELECT is(pg_temp.attempt('ticketing_checkout',
    'SELECT outcome FROM public.record_scans(pg_temp.id(''u'', 9), json_build_array(json_build_object(''n'', 0, ''id'', gen_random_uuid(),
        ''direction'', ''in'', ''scan'', ''s'', ''ticket'', pg_temp.id(''t'', 31))))'), 'accepted', 'checkout checks in');
SELECT is(pg_temp.attempt('ticketing_checkout', 'SELECT public.undo_checkin(pg_temp.id(''t'', 31), pg_temp.id(''u'', 9))'), 'undone',
    'checkout takes an entry back');
SELECT is(pg_temp.attempt('ticketing_checkout',
    'SELECT outcome FROM public.start_transfer(gen_random_uuid(), pg_temp.id(''t'', 31), pg_temp.id(''u'', 1), ''b@c'',
        repeat(''a'', 64))'),
    'started', 'checkout passes a ticket on');
SELECT is(pg_temp.attempt('ticketing_checkout',
    'SELECT outcome FROM public.claim_transfer(repeat(''a'', 64), pg_temp.id(''u'', 2), ''b@c'')'), 'claimed', 'checkout hands it over');
SELECT is(pg_temp.attempt('ticketing_checkout',
    format('INSERT INTO public.outbox (key, type, data) VALUES (%L, ''x'', ''{}'')', pg_temp.id('o', 3))), 'done',
    'checkout writes the outbox');
SELECT is(pg_temp.attempt(r, format(
    'INSERT INTO public.idempotency_keys (user_id, key, fingerprint, status) VALUES (%L, %L, repeat(''a'', 64), 200)',
    pg_temp.id('u', 1), r)), 'done', r || ' keeps answers')
FROM unnest('{ticketing_holds,ticketing_checkout}'::text[]) AS r;

-- nothing for everybody
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace IN ('public'::regnamespace, 'auth'::regnamespace) AND has_function_privilege('public', p.oid, 'EXECUTE')
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')$$, 'no function of ours is open to PUBLIC');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c
    WHERE c.relnamespace IN ('public'::regnamespace, 'auth'::regnamespace) AND c.relkind IN ('r', 'S')
      AND has_table_privilege('public', c.oid, 'SELECT')$$, 'no table is open to PUBLIC');
SELECT * FROM finish();
ROLLBACK;
