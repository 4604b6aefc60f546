-- Deploy ticketing:ticket_revision to pg
-- Signed with the ticket's text (fcgi/checkout/ticket_qr.h): whoever gets the ticket from somebody else gets the next revision, and codes of
-- the ones before are void.
BEGIN;

ALTER TABLE public.tickets ADD COLUMN revision integer NOT NULL DEFAULT 0
    CONSTRAINT tickets_revision CHECK (revision BETWEEN 0 AND 4095);

COMMIT;
