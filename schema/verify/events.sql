-- Verify ticketing:events on pg
SELECT id, title, description, venue, image_url, published, created_at, updated_at, deleted_at FROM public.events WHERE false;
