-- Revert ticketing:ticket_transfers from pg
-- Tickets that are on their way go back to whom they came from.
BEGIN;

UPDATE public.tickets AS t SET user_id = p.from_user
FROM public.ticket_transfers AS p WHERE p.id = t.user_id AND p.ticket_id = t.id AND p.state = 'pending';
DROP FUNCTION public.start_transfer(uuid, uuid, uuid, text, text);
DROP FUNCTION public.take_back_transfer(uuid, uuid);
DROP FUNCTION public.claim_transfer(text, uuid, text);
DROP TABLE public.ticket_transfers;
ALTER TABLE public.events DROP COLUMN transferable;

COMMIT;
