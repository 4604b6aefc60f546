-- Revert ticketing:order_admin_note from pg
BEGIN;

ALTER TABLE public.orders DROP COLUMN admin_note;

COMMIT;
