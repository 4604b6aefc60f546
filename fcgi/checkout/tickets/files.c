/* files.c: tickets as files for print, screen and calendar. */
#include "common/clock.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/paper/calendar.h"
#include "fcgi/checkout/paper/image.h"
#include "fcgi/checkout/paper/pdf.h"
#include "fcgi/checkout/paper/qr.h"
#include "fcgi/checkout/tickets/files_db.h"
#include "fcgi/checkout/tickets/ticket_code.h"
#include "fcgi/checkout/tickets/tickets.h"
#include <string.h>

static const char PDF_TYPE[] = "application/pdf";

static void sign(const struct checkout *checkout, struct arena *arena, struct ticket_paper *paper)
{
    struct ticket_document *document = &paper->document;
    document->qr = ticket_code_text(checkout->ticket_keys, arena, paper->admits, document->ticket_id,
                                    paper->show_id, document->seat_id, paper->revision);
}

/* The ticket that the path names. Any problem but PROBLEM_NONE is the answer. */
static enum problem find_paper(struct request *request, struct response *response,
                               struct ticket_paper *ret_paper)
{
    const struct checkout *checkout = request_context(request);
    struct arena *arena = request_arena(request);
    bool any_owner = request_has_role(request, ROLE_STAFF) || request_has_role(request, ROLE_ADMIN);
    enum db_status status = ticket_files_db_ticket(checkout->pool, arena, request_param(request, "id"),
                                                   request_user(request)->user_id, any_owner, ret_paper);
    return status == DB_OK ? PROBLEM_NONE : response_database(response, status, PROBLEM_TICKET_NOT_FOUND);
}

/* The same, signed; PROBLEM_TICKET_NOT_VALID when it admits nobody. */
static enum problem find_ticket(struct request *request, struct response *response,
                                struct ticket_document *ret_ticket)
{
    struct ticket_paper paper;
    enum problem problem = find_paper(request, response, &paper);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    sign(request_context(request), request_arena(request), &paper);
    *ret_ticket = paper.document;
    return paper.document.qr != NULL ? PROBLEM_NONE : PROBLEM_TICKET_NOT_VALID;
}

static enum problem answer_file(struct response *response, const char *type, const char *disposition,
                                const struct ticket_bytes *bytes)
{
    response_header(response, "Content-Disposition", disposition);
    return response_bytes(response, 200, type, bytes->data, bytes->length);
}

enum problem ticket_svg_read(struct request *request, struct response *response)
{
    struct ticket_document ticket = {.qr = NULL};
    enum problem problem = find_ticket(request, response, &ticket);
    struct ticket_bytes svg TICKET_BYTES_AUTO = {0};
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (!ticket_image_svg(ticket.qr, &svg)) {
        return PROBLEM_INTERNAL;
    }
    return answer_file(response, "image/svg+xml", "inline; filename=\"qr.svg\"", &svg);
}

enum problem ticket_png_read(struct request *request, struct response *response)
{
    struct ticket_document ticket = {.qr = NULL};
    enum problem problem = find_ticket(request, response, &ticket);
    struct ticket_bytes png TICKET_BYTES_AUTO = {0};
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (!ticket_image_png(ticket.qr, &png)) {
        return PROBLEM_INTERNAL;
    }
    return answer_file(response, "image/png", "inline; filename=\"qr.png\"", &png);
}

enum problem ticket_calendar_read(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    struct ticket_paper paper;
    enum problem problem = find_paper(request, response, &paper);
    struct ticket_bytes bytes TICKET_BYTES_AUTO = {0};
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (!paper.admits && !paper.document.is_void) {
        return PROBLEM_TICKET_NOT_VALID; /* on its way to a new owner */
    }
    const struct ticket_calendar calendar = {
        .tickets = &paper.document,
        .count = 1,
        .organizer = checkout->config->mail_from,
        .public_url = checkout->config->public_url,
        .now = clock_seconds(),
    };
    if (!ticket_calendar_write(&calendar, &bytes)) {
        return PROBLEM_INTERNAL;
    }
    return answer_file(response, ticket_calendar_type(&paper.document), "attachment; filename=\"event.ics\"",
                       &bytes);
}

static enum problem answer_pdf(const struct checkout *checkout, struct response *response,
                               const char *disposition, const struct ticket_document *tickets, size_t count,
                               enum ticket_layout layout)
{
    struct ticket_bytes pdf TICKET_BYTES_AUTO = {0};
    struct typeset_fonts *fonts = ticket_press_enter(checkout->press);
    if (fonts == NULL) {
        return response_unavailable(response, 1);
    }
    bool drawn = ticket_pdf_draw(tickets, count, layout, &pdf);
    ticket_press_leave(checkout->press, fonts);
    return drawn ? answer_file(response, PDF_TYPE, disposition, &pdf) : PROBLEM_INTERNAL;
}

enum problem ticket_pdf_read(struct request *request, struct response *response)
{
    struct ticket_document ticket = {.qr = NULL};
    enum problem problem = find_ticket(request, response, &ticket);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    const char *disposition =
        arena_printf(request_arena(request), "inline; filename=\"ticket-%s.pdf\"", ticket.seat_id);
    return answer_pdf(request_context(request), response, disposition, &ticket, 1, TICKET_LAYOUT_PAGE);
}

struct order_pdf_values {
    const char *layout;
};

static const char *const layouts[] = {"page", "sheet", NULL};
static const struct field order_pdf_fields[] = {
    {.name = "layout",
     .type = FIELD_CHOICE,
     .choices = layouts,
     .offset = offsetof(struct order_pdf_values, layout)},
};
const struct field_spec order_pdf_read_query = FIELD_SPEC(struct order_pdf_values, order_pdf_fields);

static enum ticket_layout wanted_layout(const struct request *request)
{
    const struct order_pdf_values *query = request_query(request);
    return query->layout != NULL && strcmp(query->layout, "sheet") == 0 ? TICKET_LAYOUT_SHEET
                                                                        : TICKET_LAYOUT_PAGE;
}

enum problem order_pdf_read(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    struct arena *arena = request_arena(request);
    struct ticket_papers papers;
    enum db_status status = ticket_files_db_order(checkout->pool, arena, request_param(request, "id"),
                                                  request_user(request)->user_id, &papers);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_ORDER_NOT_FOUND);
    }
    static const char *const unpaid[] = {"pending", "cancelled", "expired"};
    for (size_t i = 0; i < ARRAY_LENGTH(unpaid); i++) {
        if (strcmp(papers.order_status, unpaid[i]) == 0) {
            return PROBLEM_ORDER_NOT_PAID;
        }
    }
    struct ticket_document *tickets = arena_alloc(arena, (papers.count + 1) * sizeof(*tickets));
    for (size_t i = 0; i < papers.count; i++) {
        sign(checkout, arena, &papers.items[i]);
        tickets[i] = papers.items[i].document;
        if (tickets[i].qr == NULL) {
            return PROBLEM_INTERNAL;
        }
    }
    if (papers.count == 0) {
        return PROBLEM_TICKET_NOT_VALID; /* refunded or passed on, all of them */
    }
    return answer_pdf(checkout, response, "inline; filename=\"tickets.pdf\"", tickets, papers.count,
                      wanted_layout(request));
}

enum problem ticket_key_list(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct ticket_ring *ring = ticket_keys_borrow(checkout->ticket_keys);
    json_t *set = ticket_ring_public(ring);
    ticket_keys_return(checkout->ticket_keys, ring);
    CLEANUP(free) char *text = json_dumps(set, JSON_COMPACT);
    if (text != NULL) {
        char hash[65];
        sha256_hex(text, strlen(text), hash);
        response_etag(response, "%.16s", hash);
    }
    return response_json(response, 200, set);
}
