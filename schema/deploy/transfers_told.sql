-- Deploy ticketing:transfers_told to pg
-- Both sides of a transfer are told of it, and answers follow the ticket's state. Events: ticket.transferred | ticket.claimed |
-- ticket.taken_back | ticket.refunded (it had been passed on, and its money went back). Two receivers send the mails: giver_mail to who
-- passed the ticket on, taker_mail to the other side. Kinds of their own, because the release before takes each event of `mail` for an order's.
BEGIN;

ALTER TABLE public.ticket_transfers
    ADD COLUMN from_email text CHECK (char_length(from_email) <= 254), -- null: begun by the release before
    -- The one spelling of to_email (common/email.h); null: begun by the release before, then ASCII letters in lower case stand for it.
    ADD COLUMN to_email_key text COLLATE "C" CHECK (char_length(to_email_key) <= 254);
ALTER TABLE public.webhook_endpoints DROP CONSTRAINT webhook_endpoints_kind_check;
ALTER TABLE public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_kind_check CHECK (kind IN ('webhook', 'mail', 'giver_mail', 'taker_mail'));
INSERT INTO public.webhook_endpoints (id, kind, url, events, secret)
VALUES ('00000000-0000-4000-8000-00000000a111', 'giver_mail', 'mail', '{ticket.transferred,ticket.claimed,ticket.taken_back,ticket.refunded}', ''),
       ('00000000-0000-4000-8000-00000000a112', 'taker_mail', 'mail', '{ticket.transferred,ticket.claimed,ticket.taken_back,ticket.refunded}', '');

-- An event of the ticket's order: the ticket, and which transfer it is about.
CREATE FUNCTION public.outbox_transfer(transfer uuid, event_type text) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO public.outbox (key, type, data)
    SELECT t.order_id, event_type, (public.ticket_json(t.id)::jsonb || jsonb_build_object('transferId', p.id))::json
    FROM public.ticket_transfers AS p JOIN public.tickets AS t ON t.id = p.ticket_id AND t.show_id = p.show_id
    WHERE p.id = transfer;
$$;

CREATE INDEX ticket_transfers_of_ticket ON public.ticket_transfers (ticket_id, created_at, id);
CREATE FUNCTION public.last_transfer(ticket uuid) RETURNS uuid
LANGUAGE sql STABLE
RETURN (SELECT p.id FROM public.ticket_transfers AS p WHERE p.ticket_id = ticket ORDER BY p.created_at DESC, p.id DESC LIMIT 1);

-- A refund ends a transfer that nobody has claimed: the void ticket goes back to who offered it. A trigger, because several functions void
-- tickets and all of them must tell both sides.
CREATE FUNCTION public.end_transfer() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    last record;
BEGIN
    SELECT p.id, p.state, p.from_user INTO last FROM public.ticket_transfers AS p WHERE p.id = public.last_transfer(NEW.id);
    IF last.state = 'pending' THEN
        UPDATE public.ticket_transfers AS p SET state = 'taken_back', ended_at = clock_timestamp() WHERE p.id = last.id;
        UPDATE public.tickets AS t SET user_id = last.from_user WHERE t.id = NEW.id AND t.show_id = NEW.show_id;
    END IF;
    IF last.state IN ('pending', 'claimed') THEN
        PERFORM public.outbox_transfer(last.id, 'ticket.refunded');
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tickets_end_transfer AFTER UPDATE ON public.tickets FOR EACH ROW
WHEN (NEW.status = 'void' AND OLD.status <> 'void' AND NEW.revision > 0) EXECUTE FUNCTION public.end_transfer();

-- started | changed (it was on its way already: new address and code) | not_found | not_valid | not_transferable
CREATE FUNCTION public.offer_ticket(transfer uuid, ticket uuid, owner uuid, owner_email text, email text, email_key text, hash text)
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
        INSERT INTO public.ticket_transfers (id, ticket_id, show_id, from_user, from_email, to_email, to_email_key, code_hash, created_at)
        VALUES (transfer, ticket, entry.show_id, owner, owner_email, email, email_key, hash, moment);
        UPDATE public.tickets AS t SET user_id = transfer, revision = t.revision + 1, updated_at = moment
        WHERE t.id = ticket AND t.show_id = entry.show_id;
    ELSIF outcome = 'changed' THEN
        UPDATE public.ticket_transfers AS p
        SET to_email = email, to_email_key = email_key, from_email = coalesce(owner_email, p.from_email), code_hash = hash
        WHERE p.id = entry.pending;
    END IF;
    IF outcome IN ('started', 'changed') THEN
        INSERT INTO public.audit_log (actor, action, subject, detail)
        VALUES (owner, 'ticket.transfer_' || outcome, ticket::text, jsonb_build_object('transferId', transfer_id, 'email', email));
        PERFORM public.outbox_transfer(transfer_id, 'ticket.transferred');
    END IF;
    RETURN NEXT;
END
$$;

-- Of responders of the release before, which do not say the owner's address.
CREATE OR REPLACE FUNCTION public.start_transfer(transfer uuid, ticket uuid, owner uuid, email text, hash text)
RETURNS TABLE (outcome text, transfer_id uuid)
LANGUAGE sql
AS $$
    SELECT o.outcome, o.transfer_id FROM public.offer_ticket(transfer, ticket, owner, NULL, email, NULL, hash) AS o;
$$;

-- taken_back | not_found | not_valid (refunded meanwhile: it went back to this owner then)
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
        RETURN CASE
            WHEN EXISTS (SELECT FROM public.tickets AS t JOIN public.ticket_transfers AS p ON p.id = public.last_transfer(t.id)
                         WHERE t.id = ticket AND t.status = 'void' AND p.from_user = owner AND p.state = 'taken_back') THEN 'not_valid'
            ELSE 'not_found' END;
    END IF;
    UPDATE public.tickets AS t SET user_id = owner, updated_at = moment WHERE t.id = ticket AND t.user_id = pending;
    INSERT INTO public.audit_log (actor, action, subject, detail)
    VALUES (owner, 'ticket.transfer_taken_back', ticket::text, jsonb_build_object('transferId', pending));
    PERFORM public.outbox_transfer(pending, 'ticket.taken_back');
    RETURN 'taken_back';
END
$$;

-- claimed (also when it was this user before: a lost answer) | not_found (also for another address) | not_valid (used or refunded meanwhile, also
-- when this user had claimed it before). `email_key` is the one spelling of the account's address: lower() in the locale of the database would
-- fold other letters into ASCII, and one domain has two spellings.
CREATE FUNCTION public.claim_ticket(hash text, claimant uuid, email text, email_key text)
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
    WHERE p.code_hash = hash AND coalesce(p.to_email_key, lower(p.to_email COLLATE "C")) = lower(email_key COLLATE "C")
      AND (p.state <> 'taken_back' OR (t.status = 'void' AND p.id = public.last_transfer(t.id)));
    moment := clock_timestamp();
    outcome := CASE
        WHEN entry.id IS NULL OR (entry.state = 'claimed' AND entry.user_id <> claimant) THEN 'not_found'
        WHEN entry.status = 'void' OR (entry.state = 'pending' AND entry.status <> 'valid') THEN 'not_valid'
        ELSE 'claimed'
    END;
    ticket_id := entry.ticket_id;
    IF outcome = 'claimed' AND entry.state = 'pending' THEN
        UPDATE public.ticket_transfers AS p SET state = 'claimed', to_user = claimant, ended_at = moment WHERE p.id = entry.id;
        UPDATE public.tickets AS t SET user_id = claimant, updated_at = moment WHERE t.id = entry.ticket_id AND t.show_id = entry.show_id;
        INSERT INTO public.audit_log (actor, action, subject, detail)
        VALUES (claimant, 'ticket.transfer_claimed', entry.ticket_id::text,
                jsonb_build_object('transferId', entry.id, 'from', entry.from_user, 'email', email));
        PERFORM public.outbox_transfer(entry.id, 'ticket.claimed');
    END IF;
    RETURN NEXT;
END
$$;

-- Of responders of the release before, which do not say the one spelling of the address.
CREATE OR REPLACE FUNCTION public.claim_transfer(hash text, claimant uuid, email text)
RETURNS TABLE (outcome text, ticket_id uuid)
LANGUAGE sql
AS $$
    SELECT c.outcome, c.ticket_id FROM public.claim_ticket(hash, claimant, email, email) AS c;
$$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['public.offer_ticket', 'public.claim_ticket', 'public.outbox_transfer', 'public.last_transfer', 'public.end_transfer'] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
        IF name <> 'public.end_transfer' AND EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ticketing_checkout') THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO ticketing_checkout', name);
        END IF;
    END LOOP;
END
$$;

COMMIT;
