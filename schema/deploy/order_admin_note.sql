-- Deploy ticketing:order_admin_note to pg
-- What the desk writes down about an order; for admins only. orders.note is what became of a late payment.
BEGIN;

ALTER TABLE public.orders ADD COLUMN admin_note text CHECK (char_length(admin_note) BETWEEN 1 AND 500);

COMMIT;
