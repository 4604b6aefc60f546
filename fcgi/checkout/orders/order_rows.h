/* order_rows.h: how an order is selected and read; only orders_db.c includes this. */
#ifndef TICKETING_ORDERS_ORDER_ROWS_H
#define TICKETING_ORDERS_ORDER_ROWS_H

#include "common/db.h"
#include "fcgi/checkout/orders/order.h"

/* An overdue order counts as expired before the task has come round to it. */
#define ORDER_SELECT                                                                                         \
    "SELECT o.id, CASE WHEN late.is THEN 'expired' ELSE o.status END, o.show_id, o.total, o.currency, "      \
    "rfc3339(o.created_at), rfc3339(o.expires_at), rfc3339(o.paid_at), o.note, "                             \
    "(SELECT json_agg(json_build_object('id', t.id, 'seatId', t.seat_id, 'zone', t.zone, "                   \
    "'zoneName', coalesce(t.zone_name, t.zone), 'price', t.price, 'status', CASE WHEN t.status <> "          \
    "'reserved' THEN t.status "                                                                              \
    "WHEN late.is THEN 'void' ELSE 'pending' END) ORDER BY t.place, t.zone, t.row_label, t.number, "         \
    "t.seat_id) "                                                                                            \
    "FROM tickets t WHERE t.order_id = o.id), p.id, p.provider, p.status, o.created_at, "                    \
    "(SELECT json_agg(json_build_object('id', r.id, 'status', CASE r.status WHEN 'succeeded' THEN 'done' "   \
    "ELSE r.status END, 'amount', r.amount, 'tickets', r.tickets, 'createdAt', rfc3339(r.created_at), "      \
    "'doneAt', CASE WHEN r.status = 'succeeded' THEN rfc3339(r.settled_at) END) ORDER BY r.created_at, "     \
    "r.id) FROM refunds r WHERE r.order_id = o.id), o.admin_note, "                                          \
    "(SELECT json_agg(json_build_object('id', m.id, 'kind', m.kind, 'reference', m.reference, 'status', "    \
    "m.status, 'amount', m.amount, 'currency', m.currency, 'refundId', m.refund_id, 'createdAt', "           \
    "rfc3339(m.created_at), 'updatedAt', rfc3339(m.updated_at)) ORDER BY m.created_at, m.id) "               \
    "FROM payments q JOIN outside_money m ON m.payment_id = q.id WHERE q.order_id = o.id), o.user_id, "      \
    "o.buyer_email, o.buyer_name "                                                                           \
    "FROM orders o "                                                                                         \
    "CROSS JOIN LATERAL (SELECT o.status = 'pending' AND o.expires_at <= clock_timestamp() AS is) late "     \
    "LEFT JOIN LATERAL (SELECT id, provider, status FROM payments WHERE order_id = o.id "                    \
    "ORDER BY created_at DESC, id LIMIT 1) p ON true "

/* A row of ORDER_SELECT; its texts are in the arena. */
struct order order_row(struct arena *arena, const struct db_result *rows, size_t row);

#endif
