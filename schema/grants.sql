-- Who may do what: the whole matrix, each responder what its statements need and nothing else. To be run after each deployment, as
-- `ticketctl migrate` and the tests do, and again whenever an administrator has created the roles later; repeating it changes nothing.
--
-- A new table, sequence or function gets a line here, in order. A role that does not exist is passed over with a notice: then every responder
-- connects as the owner. Functions are taken from everybody else.
BEGIN;

DO $$
DECLARE
    line record;
    missing text;
BEGIN
    FOR line IN SELECT * FROM (VALUES
        ('ticketing_auth', 'USAGE', 'SCHEMA auth'),
        ('ticketing_auth', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE auth.guesses'),
        ('ticketing_auth', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE auth.password_resets'),
        ('ticketing_auth', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE auth.refresh_tokens'),
        ('ticketing_auth', 'SELECT', 'TABLE auth.roles'),
        ('ticketing_auth', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE auth.sessions'),
        ('ticketing_auth', 'SELECT, INSERT, DELETE', 'TABLE auth.user_roles'),
        ('ticketing_auth', 'SELECT, INSERT, UPDATE', 'TABLE auth.users'),
        ('ticketing_auth', 'INSERT', 'TABLE public.audit_log'),
        ('ticketing_auth', 'USAGE', 'SEQUENCE public.audit_log_id_seq'),
        ('ticketing_auth', 'EXECUTE', 'FUNCTION auth.guess_begin'),
        ('ticketing_auth', 'EXECUTE', 'FUNCTION auth.guess_clean'),
        ('ticketing_auth', 'EXECUTE', 'FUNCTION auth.guess_network'),
        ('ticketing_auth', 'EXECUTE', 'FUNCTION auth.guess_right'),
        ('ticketing_auth', 'EXECUTE', 'FUNCTION public.rfc3339'),
        ('ticketing_auth', 'EXECUTE', 'FUNCTION public.search_patterns'),
        ('ticketing_auth', 'EXECUTE', 'FUNCTION public.search_text'),

        ('ticketing_checkout', 'USAGE', 'SCHEMA auth'),
        ('ticketing_checkout', 'INSERT', 'TABLE public.audit_log'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.checkins'),
        ('ticketing_checkout', 'SELECT', 'TABLE public.events'),
        ('ticketing_checkout', 'SELECT, UPDATE', 'TABLE public.holds'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE public.idempotency_keys'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.orders'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE public.outbox'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.payment_events'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.payments'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.refunds'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.seat_claims'),
        ('ticketing_checkout', 'SELECT', 'TABLE public.seatmaps'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE public.show_mailings'),
        ('ticketing_checkout', 'SELECT', 'TABLE public.shows'),
        ('ticketing_checkout', 'SELECT', 'TABLE public.status_changes'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.ticket_transfers'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE', 'TABLE public.tickets'),
        ('ticketing_checkout', 'SELECT, INSERT, DELETE', 'TABLE public.webhook_attempts'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE public.webhook_deliveries'),
        ('ticketing_checkout', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE public.webhook_endpoints'),
        ('ticketing_checkout', 'USAGE', 'SEQUENCE public.audit_log_id_seq'),
        ('ticketing_checkout', 'USAGE', 'SEQUENCE public.outbox_id_seq'),
        ('ticketing_checkout', 'USAGE', 'SEQUENCE public.webhook_attempts_id_seq'),
        ('ticketing_checkout', 'USAGE', 'SEQUENCE public.webhook_deliveries_id_seq'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION auth.session_standing'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.apply_payment'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.cancel_order'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.check_status_change'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.claim_checks'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.claim_deliveries'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.claim_refunds'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.claim_ticket'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.claim_transfer'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.clean_deliveries'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.close_orders'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.create_order'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.dispatch_outbox'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.end_attempt'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.expire_orders'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.finish_delivery'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.finish_refund'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.mark_paid'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.mark_refunded'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.order_misfit'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.open_payment'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.order_json'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.offer_ticket'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.outbox_order'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.outbox_ticket'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.outbox_transfer'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.last_transfer'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.postpone_check'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.queue_show_mails'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.record_attempt'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.record_scans'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.refund_json'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.refund_order'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.refund_payable'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.replay_deliveries'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.retry_delay'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.return_second_payment'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.rfc3339'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.show_refusal'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.settle_payment'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.sold_of_map'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.start_transfer'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.take_back_transfer'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.ticket_json'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.undo_checkin'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.venue_time'),
        ('ticketing_checkout', 'EXECUTE', 'FUNCTION public.who_and_why'),

        ('ticketing_events', 'USAGE', 'SCHEMA auth'),
        ('ticketing_events', 'INSERT', 'TABLE public.audit_log'),
        ('ticketing_events', 'SELECT, INSERT, UPDATE', 'TABLE public.events'),
        ('ticketing_events', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE public.idempotency_keys'),
        ('ticketing_events', 'SELECT (id, show_id, status)', 'TABLE public.orders'),
        ('ticketing_events', 'INSERT', 'TABLE public.outbox'),
        ('ticketing_events', 'SELECT', 'TABLE public.seat_claims'),
        ('ticketing_events', 'SELECT, INSERT', 'TABLE public.seatmaps'),
        ('ticketing_events', 'SELECT, INSERT, UPDATE', 'TABLE public.shows'),
        ('ticketing_events', 'USAGE', 'SEQUENCE public.audit_log_id_seq'),
        ('ticketing_events', 'USAGE', 'SEQUENCE public.outbox_id_seq'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION auth.session_standing'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.audit_edit'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.begin_edit'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.close_after_event_edit'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.close_after_show_edit'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.close_orders_of_show'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.delete_event'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.delete_show'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.json_difference'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.outbox_show_changed'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.put_seatmap'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.rfc3339'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.search_patterns'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.search_text'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.show_as_told'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.tell_event_changed'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.tell_show_changed'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.update_show'),
        ('ticketing_events', 'EXECUTE', 'FUNCTION public.who_and_why'),

        ('ticketing_holds', 'SELECT', 'TABLE public.events'),
        ('ticketing_holds', 'SELECT, INSERT, UPDATE', 'TABLE public.holds'),
        ('ticketing_holds', 'SELECT, INSERT, UPDATE, DELETE', 'TABLE public.idempotency_keys'),
        ('ticketing_holds', 'SELECT (expires_at, user_id, id, hold_id, show_id, status)', 'TABLE public.orders'),
        ('ticketing_holds', 'SELECT, INSERT, UPDATE', 'TABLE public.seat_claims'),
        ('ticketing_holds', 'SELECT', 'TABLE public.seatmaps'),
        ('ticketing_holds', 'SELECT', 'TABLE public.shows'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.extend_hold'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.hold_seats'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.release_hold'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.release_holds'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.rfc3339'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.show_refusal'),
        ('ticketing_holds', 'EXECUTE', 'FUNCTION public.take_seats')
    ) AS matrix (role, privileges, object) LOOP
        IF line.object LIKE 'FUNCTION %' THEN
            EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', line.object);
        END IF;
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = line.role) THEN
            EXECUTE format('GRANT %s ON %s TO %I', line.privileges, line.object, line.role);
        ELSIF missing IS DISTINCT FROM line.role THEN
            missing := line.role;
            RAISE NOTICE 'role % does not exist: its responder has to connect as the owner', missing;
        END IF;
    END LOOP;
END
$$;

COMMIT;
