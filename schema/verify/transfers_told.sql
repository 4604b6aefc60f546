-- Verify ticketing:transfers_told on pg
SELECT from_email, to_email_key FROM public.ticket_transfers WHERE false;
SELECT 'public.offer_ticket(uuid, uuid, uuid, text, text, text, text)'::regprocedure,
       'public.claim_ticket(text, uuid, text, text)'::regprocedure, 'public.outbox_transfer(uuid, text)'::regprocedure,
       'public.last_transfer(uuid)'::regprocedure, 'public.end_transfer()'::regprocedure;
SELECT 1 / (count(*) = 2)::integer FROM public.webhook_endpoints WHERE kind IN ('giver_mail', 'taker_mail');
