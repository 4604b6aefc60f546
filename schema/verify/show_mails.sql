-- Verify ticketing:show_mails on pg
SELECT outbox_id, last_holder FROM public.show_mailings WHERE false;
SELECT 'public.queue_show_mails(integer)'::regprocedure;
SELECT 1 / (count(*) = 1)::integer FROM public.webhook_endpoints WHERE kind = 'show_mail';
SELECT 1 / (count(*) = 2)::integer FROM pg_catalog.pg_proc
WHERE oid IN ('public.dispatch_outbox(integer)'::regprocedure, 'public.replay_deliveries(uuid, uuid)'::regprocedure)
  AND position('(endpoint_id, outbox_id, key)' IN prosrc) > 0;
