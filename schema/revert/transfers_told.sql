-- Revert ticketing:transfers_told from pg
BEGIN;

DROP TRIGGER tickets_end_transfer ON public.tickets;
DROP FUNCTION public.end_transfer();
DROP FUNCTION public.offer_ticket(uuid, uuid, uuid, text, text, text, text);
DROP FUNCTION public.claim_ticket(text, uuid, text, text);
DROP FUNCTION public.outbox_transfer(uuid, text);
DELETE FROM public.webhook_endpoints WHERE kind IN ('giver_mail', 'taker_mail');
ALTER TABLE public.webhook_endpoints DROP CONSTRAINT webhook_endpoints_kind_check;
ALTER TABLE public.webhook_endpoints ADD CONSTRAINT webhook_endpoints_kind_check CHECK (kind IN ('webhook', 'mail'));

-- started | changed (it was on its way already: new address and code) | not_found | not_valid | not_transferable
CREATE OR REPLACE FUNCTION public.start_transfer(transfer uuid, ticket uuid, owner uuid, email text, hash text)
RETURNS TABLE (outcome text, transfer_id uuid)
LANGUAGE plpgsql
AS $$
DECLARE
    entry record;
    moment timestamptz;
BEGIN
    SELECT t.show_id, t.user_id, t.status, t.revision, e.transferable, NULL::uuid AS pending INTO entry
    FROM public.tickets AS t JOIN public.shows AS s ON s.id = t.show_id JOIN public.events AS e ON e.id = s.event_id
    WHERE t.id = ticket FOR NO KEY UPDATE OF t;
    -- A statement of its own, so that it sees what the last holder of the lock has committed.
    SELECT p.id INTO entry.pending
    FROM public.ticket_transfers AS p WHERE p.ticket_id = ticket AND p.state = 'pending' AND p.from_user = owner;
    moment := clock_timestamp();
    outcome := CASE
        WHEN entry.user_id IS DISTINCT FROM coalesce(entry.pending, owner) OR entry.status = 'reserved' THEN 'not_found'
        WHEN entry.status <> 'valid' THEN 'not_valid'
        WHEN NOT entry.transferable OR entry.revision >= 4095 THEN 'not_transferable'
        WHEN entry.pending IS NOT NULL THEN 'changed'
        ELSE 'started'
    END;
    transfer_id := coalesce(entry.pending, transfer);
    IF outcome = 'started' THEN
        INSERT INTO public.ticket_transfers (id, ticket_id, show_id, from_user, to_email, code_hash, created_at)
        VALUES (transfer, ticket, entry.show_id, owner, email, hash, moment);
        UPDATE public.tickets AS t SET user_id = transfer, revision = t.revision + 1, updated_at = moment
        WHERE t.id = ticket AND t.show_id = entry.show_id;
    ELSIF outcome = 'changed' THEN
        UPDATE public.ticket_transfers AS p SET to_email = email, code_hash = hash WHERE p.id = entry.pending;
    END IF;
    IF outcome IN ('started', 'changed') THEN
        INSERT INTO public.audit_log (actor, action, subject, detail)
        VALUES (owner, 'ticket.transfer_' || outcome, ticket::text, jsonb_build_object('transferId', transfer_id, 'email', email));
    END IF;
    RETURN NEXT;
END
$$;

-- taken_back | not_found
CREATE OR REPLACE FUNCTION public.take_back_transfer(ticket uuid, owner uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    pending uuid;
    moment timestamptz;
BEGIN
    PERFORM FROM public.tickets AS t WHERE t.id = ticket FOR NO KEY UPDATE;
    moment := clock_timestamp();
    UPDATE public.ticket_transfers AS p SET state = 'taken_back', ended_at = moment
    WHERE p.ticket_id = ticket AND p.from_user = owner AND p.state = 'pending'
    RETURNING p.id INTO pending;
    IF NOT FOUND THEN
        RETURN 'not_found';
    END IF;
    UPDATE public.tickets AS t SET user_id = owner, updated_at = moment WHERE t.id = ticket AND t.user_id = pending;
    INSERT INTO public.audit_log (actor, action, subject, detail)
    VALUES (owner, 'ticket.transfer_taken_back', ticket::text, jsonb_build_object('transferId', pending));
    RETURN 'taken_back';
END
$$;

-- claimed (also when it was this user before: a lost answer) | not_found (also for another address) | not_valid (refunded meanwhile)
CREATE OR REPLACE FUNCTION public.claim_transfer(hash text, claimant uuid, email text)
RETURNS TABLE (outcome text, ticket_id uuid)
LANGUAGE plpgsql
AS $$
DECLARE
    entry record;
    moment timestamptz;
BEGIN
    PERFORM FROM public.tickets AS t
    WHERE (t.id, t.show_id) = (SELECT p.ticket_id, p.show_id FROM public.ticket_transfers AS p WHERE p.code_hash = hash)
    FOR NO KEY UPDATE;
    SELECT p.id, p.state, p.ticket_id, p.show_id, p.from_user, p.to_user, t.status, t.user_id INTO entry
    FROM public.ticket_transfers AS p JOIN public.tickets AS t ON t.id = p.ticket_id AND t.show_id = p.show_id
    WHERE p.code_hash = hash AND lower(p.to_email) = lower(email) AND p.state <> 'taken_back';
    moment := clock_timestamp();
    outcome := CASE
        WHEN entry.id IS NULL OR (entry.state = 'claimed' AND entry.user_id <> claimant) THEN 'not_found'
        WHEN entry.state = 'claimed' THEN 'claimed'
        WHEN entry.status <> 'valid' THEN 'not_valid'
        ELSE 'claimed'
    END;
    ticket_id := entry.ticket_id;
    IF outcome = 'claimed' AND entry.state = 'pending' THEN
        UPDATE public.ticket_transfers AS p SET state = 'claimed', to_user = claimant, ended_at = moment WHERE p.id = entry.id;
        UPDATE public.tickets AS t SET user_id = claimant, updated_at = moment WHERE t.id = entry.ticket_id AND t.show_id = entry.show_id;
        INSERT INTO public.audit_log (actor, action, subject, detail)
        VALUES (claimant, 'ticket.transfer_claimed', entry.ticket_id::text,
                jsonb_build_object('transferId', entry.id, 'from', entry.from_user, 'email', email));
    END IF;
    RETURN NEXT;
END
$$;

DROP FUNCTION public.last_transfer(uuid);
DROP INDEX public.ticket_transfers_of_ticket;
ALTER TABLE public.ticket_transfers DROP COLUMN from_email, DROP COLUMN to_email_key;

COMMIT;
