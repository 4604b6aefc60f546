-- Verify ticketing:ticket_transfers on pg
SELECT id, ticket_id, show_id, from_user, to_email, to_user, code_hash, state, created_at, ended_at FROM public.ticket_transfers WHERE false;
SELECT transferable FROM public.events WHERE false;
SELECT 'public.start_transfer(uuid, uuid, uuid, text, text)'::regprocedure, 'public.take_back_transfer(uuid, uuid)'::regprocedure,
       'public.claim_transfer(text, uuid, text)'::regprocedure;
