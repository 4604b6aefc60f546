/* tickets.c: tickets as their owner sees them; staff may read those of all users. */
#include "fcgi/checkout/tickets/tickets.h"
#include "common/page.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/tickets/ticket_code.h"
#include "fcgi/checkout/tickets/tickets_db.h"

static json_t *ticket_json(const struct checkout *checkout, struct arena *arena, const struct ticket *ticket)
{
    const char *code = ticket_code_text(checkout->ticket_keys, arena, ticket->admits, ticket->id,
                                        ticket->show_id, ticket->seat_id, ticket->revision);
    json_t *show = json_pack("{s:s, s:s, s:s?}", "id", ticket->show_id, "startsAt", ticket->show_starts_at,
                             "endsAt", ticket->show_ends_at);
    json_t *event = json_pack("{s:s, s:s, s:s?}", "id", ticket->event_id, "title", ticket->event_title,
                              "venue", ticket->event_venue);
    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s?, s:s?, s:s?}", "id",
                     ticket->id, "orderId", ticket->order_id, "show", show, "event", event, "seatId",
                     ticket->seat_id, "zone", ticket->zone, "zoneName", ticket->zone_name, "row", ticket->row,
                     "number", (json_int_t)ticket->number, "price", (json_int_t)ticket->price, "currency",
                     ticket->currency, "status", ticket->status, "checkedInAt", ticket->checked_in_at, "gate",
                     ticket->gate, "qr", code);
}

enum problem ticket_list(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct page_values *query = request_query(request);
    struct arena *arena = request_arena(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct page page;
    if (!page_read(query->limit, query->cursor, arena, faults, &page)) {
        return response_faults(response, faults);
    }
    struct ticket *tickets = NULL;
    size_t count = 0;
    enum db_status status =
        tickets_db_list(checkout->pool, arena, request_user(request)->user_id, &page, &tickets, &count);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    const char *next = NULL;
    if (page_end((size_t)page.limit, &count)) {
        next = page_cursor(arena, tickets[count - 1].cursor_time, tickets[count - 1].id);
    }
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, ticket_json(checkout, arena, &tickets[i]));
    }
    return response_json(response, 200, page_json("tickets", array, next));
}

enum problem ticket_read(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    bool any_owner = request_has_role(request, ROLE_STAFF) || request_has_role(request, ROLE_ADMIN);
    struct ticket ticket;
    enum db_status status =
        tickets_db_read(checkout->pool, request_arena(request), request_param(request, "id"),
                        request_user(request)->user_id, any_owner, &ticket);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_TICKET_NOT_FOUND);
    }
    return response_json(response, 200, ticket_json(checkout, request_arena(request), &ticket));
}
