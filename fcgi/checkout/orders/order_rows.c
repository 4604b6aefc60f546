/* order_rows.c: an order from its row. */
#include "fcgi/checkout/orders/order_rows.h"

/* The columns of ORDER_SELECT. */
enum {
    ORDER_ID,
    ORDER_STATUS,
    ORDER_SHOW,
    ORDER_TOTAL,
    ORDER_CURRENCY,
    ORDER_CREATED_AT,
    ORDER_EXPIRES_AT,
    ORDER_PAID_AT,
    ORDER_NOTE,
    ORDER_TICKETS,
    ORDER_PAYMENT,
    ORDER_PROVIDER,
    ORDER_PAYMENT_STATUS,
    ORDER_CURSOR_TIME,
    ORDER_REFUNDS,
    ORDER_ADMIN_NOTE,
    ORDER_OUTSIDE,
    ORDER_BUYER,
    ORDER_BUYER_EMAIL,
    ORDER_BUYER_NAME,
};

struct order order_row(struct arena *arena, const struct db_result *rows, size_t row)
{
    const char *tickets = db_text(rows, row, ORDER_TICKETS);
    return (struct order){
        .id = arena_text(arena, db_text(rows, row, ORDER_ID)),
        .status = arena_text(arena, db_text(rows, row, ORDER_STATUS)),
        .show_id = arena_text(arena, db_text(rows, row, ORDER_SHOW)),
        .total = db_int(rows, row, ORDER_TOTAL),
        .currency = arena_text(arena, db_text(rows, row, ORDER_CURRENCY)),
        .created_at = arena_text(arena, db_text(rows, row, ORDER_CREATED_AT)),
        .expires_at = db_copy(arena, rows, row, ORDER_EXPIRES_AT),
        .paid_at = db_copy(arena, rows, row, ORDER_PAID_AT),
        .note = db_copy(arena, rows, row, ORDER_NOTE),
        .admin_note = db_copy(arena, rows, row, ORDER_ADMIN_NOTE),
        .outside = db_copy(arena, rows, row, ORDER_OUTSIDE),
        .buyer_id = arena_text(arena, db_text(rows, row, ORDER_BUYER)),
        .buyer_email = arena_text(arena, db_text(rows, row, ORDER_BUYER_EMAIL)),
        .buyer_name = arena_text(arena, db_text(rows, row, ORDER_BUYER_NAME)),
        .tickets = arena_text(arena, tickets == NULL ? "[]" : tickets),
        .payment_id = db_copy(arena, rows, row, ORDER_PAYMENT),
        .payment_provider = db_copy(arena, rows, row, ORDER_PROVIDER),
        .payment_status = db_copy(arena, rows, row, ORDER_PAYMENT_STATUS),
        .cursor_time = arena_text(arena, db_text(rows, row, ORDER_CURSOR_TIME)),
        .refunds = db_text(rows, row, ORDER_REFUNDS) == NULL
                       ? "[]"
                       : arena_text(arena, db_text(rows, row, ORDER_REFUNDS)),
    };
}
