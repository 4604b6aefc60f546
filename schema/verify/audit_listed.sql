-- Verify ticketing:audit_listed on pg
SELECT 'public.audit_log_actor'::regclass, 'public.audit_log_at'::regclass;
