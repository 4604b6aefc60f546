-- Verify ticketing:hold_prices on pg
SELECT prices, currency FROM public.holds WHERE false;
