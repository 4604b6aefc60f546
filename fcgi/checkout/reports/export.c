/* export.c: GET /shows/:id/attendees.csv and /shows/:id/orders.csv, written while they are read. */
#include "fcgi/checkout/reports/export.h"
#include "common/clock.h"
#include "common/csv.h"
#include "common/log.h"
#include "common/money.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/reports/export_db.h"
#include "fcgi/checkout/reports/reports.h"
#include <stdatomic.h>
#include <string.h>

enum {
    EXPORTS_MAX = 4,       /* of a process at once */
    ROWS_A_PIECE = 500,    /* some 100 KB */
    EXPORT_SECONDS = 3600, /* one that is read slower is cut off */
};
static const char RETRY_AFTER_SECONDS[] = "10";

struct export_places {
    atomic_int taken;
};

struct export;

/* What can be exported. */
struct export_kind {
    const char *name;           /* of the file, too */
    const char *const *columns; /* NULL-terminated */
    enum db_status (*read)(struct db_pool *pool, struct arena *arena, const struct export_rows *which,
                           const struct export_place *place, int limit, struct db_result **ret_rows);
    void (*write)(struct export *export, const struct db_result *rows, size_t row);
    int key_column, id_column; /* of the place behind a row */
};

/* One that is being sent. */
struct export
{
    const struct export_kind *kind;
    const struct checkout *checkout;
    struct export_places *places;
    struct arena *arena;  /* lives as long as the export */
    struct arena *pieces; /* of one piece */
    struct export_rows which;
    struct export_place place;
    const char *time_zone;
    const char *request;
    struct csv csv;
    int64_t began_us;
    int64_t rows, bytes;
    enum stream_step step; /* how far it has come */
};

struct export_values {
    const char *bom;
    const char *separator;
    const char *not_arrived;
};

static const char *const flags[] = {"0", "1", NULL};
static const char *const separators[] = {",", ";", NULL};
static const struct field export_fields[] = {
    {.name = "bom", .type = FIELD_CHOICE, .choices = flags, .offset = offsetof(struct export_values, bom)},
    {.name = "separator",
     .type = FIELD_CHOICE,
     .choices = separators,
     .offset = offsetof(struct export_values, separator)},
    {.name = "notArrived",
     .type = FIELD_CHOICE,
     .choices = flags,
     .offset = offsetof(struct export_values, not_arrived)},
};
const struct field_spec attendees_query = FIELD_SPEC(struct export_values, export_fields);
/* The same without notArrived, which is last. */
const struct field_spec orders_query = {
    .fields = export_fields, .count = ARRAY_LENGTH(export_fields) - 1, .size = sizeof(struct export_values)};

struct export_places *export_places_new(void)
{
    return memory_new(1, sizeof(struct export_places));
}

void export_places_free(struct export_places *places)
{
    free(places);
}

static bool take_place(struct export_places *places)
{
    bool taken = atomic_fetch_add(&places->taken, 1) < EXPORTS_MAX;
    if (!taken) {
        atomic_fetch_sub(&places->taken, 1);
    }
    return taken;
}

static void write_amount(struct csv *csv, const struct db_result *rows, size_t row, size_t amount,
                         size_t currency)
{
    char decimal[MONEY_TEXT_SIZE];
    money_decimal(db_int(rows, row, amount), db_text(rows, row, currency), decimal);
    csv_plain(csv, decimal);
    csv_plain(csv, db_text(rows, row, amount));
}

static const char *const attendee_columns[] = {
    "ticket_id", "order_id",      "seat",        "zone",     "zone_name",  "row",         "number",
    "status",    "price",         "price_minor", "currency", "buyer_name", "buyer_email", "passed_on",
    "paid_at",   "checked_in_at", "gate",        "inside",   "time_zone",  NULL};

static void write_attendee(struct export *export, const struct db_result *rows, size_t row)
{
    struct csv *csv = &export->csv;
    csv_plain(csv, db_text(rows, row, ATTENDEE_TICKET));
    csv_plain(csv, db_text(rows, row, ATTENDEE_ORDER));
    csv_text(csv, db_text(rows, row, ATTENDEE_SEAT));
    csv_text(csv, db_text(rows, row, ATTENDEE_ZONE));
    csv_text(csv, db_text(rows, row, ATTENDEE_ZONE_NAME));
    csv_text(csv, db_text(rows, row, ATTENDEE_ROW));
    csv_plain(csv, db_text(rows, row, ATTENDEE_NUMBER));
    csv_plain(csv, db_text(rows, row, ATTENDEE_STATUS));
    write_amount(csv, rows, row, ATTENDEE_PRICE, ATTENDEE_CURRENCY);
    csv_plain(csv, db_text(rows, row, ATTENDEE_CURRENCY));
    csv_text(csv, db_text(rows, row, ATTENDEE_BUYER_NAME));
    csv_text(csv, db_text(rows, row, ATTENDEE_BUYER_EMAIL));
    csv_plain(csv, db_bool(rows, row, ATTENDEE_PASSED_ON) ? "yes" : "no");
    csv_plain(csv, db_text(rows, row, ATTENDEE_PAID_AT));
    csv_plain(csv, db_text(rows, row, ATTENDEE_CHECKED_IN_AT));
    csv_text(csv, db_text(rows, row, ATTENDEE_GATE));
    csv_plain(csv, db_bool(rows, row, ATTENDEE_INSIDE) ? "yes" : "no");
    csv_plain(csv, export->time_zone);
    csv_end_row(csv);
}

static const char *const order_columns[] = {"order_id",   "status",           "created_at", "paid_at",
                                            "buyer_name", "buyer_email",      "tickets",    "seats",
                                            "total",      "total_minor",      "refunded",   "refunded_minor",
                                            "currency",   "payment_provider", "payment_id", "payment_status",
                                            "note",       "admin_note",       "time_zone",  NULL};

static void write_order(struct export *export, const struct db_result *rows, size_t row)
{
    struct csv *csv = &export->csv;
    csv_plain(csv, db_text(rows, row, EXPORTED_ORDER));
    csv_plain(csv, db_text(rows, row, EXPORTED_STATUS));
    csv_plain(csv, db_text(rows, row, EXPORTED_CREATED_AT));
    csv_plain(csv, db_text(rows, row, EXPORTED_PAID_AT));
    csv_text(csv, db_text(rows, row, EXPORTED_BUYER_NAME));
    csv_text(csv, db_text(rows, row, EXPORTED_BUYER_EMAIL));
    csv_plain(csv, db_text(rows, row, EXPORTED_TICKETS));
    csv_text(csv, db_text(rows, row, EXPORTED_SEATS));
    write_amount(csv, rows, row, EXPORTED_TOTAL, EXPORTED_CURRENCY);
    write_amount(csv, rows, row, EXPORTED_REFUNDED, EXPORTED_CURRENCY);
    csv_plain(csv, db_text(rows, row, EXPORTED_CURRENCY));
    csv_plain(csv, db_text(rows, row, EXPORTED_PROVIDER));
    csv_plain(csv, db_text(rows, row, EXPORTED_PAYMENT));
    csv_plain(csv, db_text(rows, row, EXPORTED_PAYMENT_STATUS));
    csv_text(csv, db_text(rows, row, EXPORTED_NOTE));
    csv_text(csv, db_text(rows, row, EXPORTED_ADMIN_NOTE));
    csv_plain(csv, export->time_zone);
    csv_end_row(csv);
}

static const struct export_kind attendees = {.name = "attendees",
                                             .columns = attendee_columns,
                                             .read = export_db_attendees,
                                             .write = write_attendee,
                                             .key_column = ATTENDEE_SEAT,
                                             .id_column = ATTENDEE_TICKET};
static const struct export_kind orders = {.name = "orders",
                                          .columns = order_columns,
                                          .read = export_db_orders,
                                          .write = write_order,
                                          .key_column = EXPORTED_PLACE,
                                          .id_column = EXPORTED_ORDER};

static void remember_place(struct export *export, const struct db_result *rows, size_t row)
{
    free(export->place.key);
    free(export->place.id);
    export->place.key = memory_text(db_text(rows, row, (size_t) export->kind->key_column));
    export->place.id = memory_text(db_text(rows, row, (size_t) export->kind->id_column));
}

/* Writes the next rows. A short piece is the last one. */
static enum stream_step write_rows(struct export *export)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    if (export->kind->read(export->checkout->pool, export->pieces, &export->which, &export->place,
                           ROWS_A_PIECE, &rows) != DB_OK) {
        return STREAM_BROKEN; /* logged by db.c */
    }
    size_t count = db_rows(rows);
    for (size_t row = 0; row < count; row++) {
        export->kind->write(export, rows, row);
    }
    if (count > 0) {
        remember_place(export, rows, count - 1);
    }
    export->rows += (int64_t)count;
    return count == ROWS_A_PIECE ? STREAM_PIECE : STREAM_END;
}

/* A stream_fn. The last rows are a piece, too, so the end comes with the call behind them. */
static enum stream_step export_next(void *owner, struct response_piece *ret_piece)
{
    struct export *export = owner;
    if (export->step != STREAM_PIECE) {
        return export->step;
    }
    if (export->rows > 0) {
        csv_reset(&export->csv);
    }
    arena_reset(export->pieces);
    bool late = clock_monotonic_us() - export->began_us > (int64_t)EXPORT_SECONDS * 1000 * 1000;
    export->step = late ? STREAM_BROKEN : write_rows(export);
    if (export->step == STREAM_BROKEN) {
        return STREAM_BROKEN;
    }
    export->bytes += (int64_t) export->csv.length;
    *ret_piece = (struct response_piece){export->csv.text, export->csv.length};
    return STREAM_PIECE;
}

static void export_end(void *owner)
{
    struct export *export = owner;
    log_event(LOG_LEVEL_INFO, "export.end",
              json_pack("{s:s, s:s, s:I, s:I, s:b, s:I}", "requestId", export->request, "what",
                        export->kind->name, "rows", (json_int_t) export->rows, "bytes",
                        (json_int_t) export->bytes, "complete", export->step == STREAM_END, "microseconds",
                        (json_int_t)(clock_monotonic_us() - export->began_us)));
    atomic_fetch_sub(&export->places->taken, 1);
    csv_close(&export->csv);
    free(export->place.key);
    free(export->place.id);
    arena_free(export->pieces);
    arena_free(export->arena);
    free(export);
}

/* What the export needs of the request outlives it in the export's own arena. */
static struct export *open_export(struct request *request, const struct export_kind *kind,
                                  const struct export_show *show)
{
    const struct export_values *query = request_query(request);
    struct export *export = memory_new(1, sizeof(*export));
    struct arena *arena = arena_new();
    const struct checkout *checkout = request_context(request);
    *export = (struct export){
        .kind = kind,
        .checkout = checkout,
        .places = checkout->exports,
        .arena = arena,
        .pieces = arena_new(),
        .which = {.show_id = arena_text(arena, request_param(request, "id")),
                  .until = arena_text(arena, show->until),
                  .not_arrived = query->not_arrived != NULL && query->not_arrived[0] == '1'},
        .time_zone = arena_text(arena, show->time_zone),
        .request = arena_text(arena, request_id(request)),
        .csv = csv_open(query->separator != NULL ? query->separator[0] : ','),
        .began_us = clock_monotonic_us(),
        .step = STREAM_PIECE,
    };
    if (query->bom != NULL && query->bom[0] == '1') {
        csv_byte_order_mark(&export->csv);
    }
    for (size_t i = 0; kind->columns[i] != NULL; i++) {
        csv_plain(&export->csv, kind->columns[i]);
    }
    csv_end_row(&export->csv);
    return export;
}

static enum problem answer_export(struct request *request, struct response *response,
                                  const struct export_kind *kind)
{
    const struct checkout *checkout = request_context(request);
    struct arena *arena = request_arena(request);
    if (!take_place(checkout->exports)) {
        response_header(response, "Retry-After", RETRY_AFTER_SECONDS);
        return response_problem(response, PROBLEM_UNAVAILABLE, "%d exports run already: try again in %s s.",
                                EXPORTS_MAX, RETRY_AFTER_SECONDS);
    }
    const char *show_id = request_param(request, "id");
    struct export_show show;
    enum db_status status =
        export_db_begin(checkout->pool, arena, show_id, request_user(request)->user_id, kind->name, &show);
    if (status != DB_OK) {
        atomic_fetch_sub(&checkout->exports->taken, 1);
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    response_header(
        response, "Content-Disposition",
        arena_printf(arena, "attachment; filename=\"%s-%s-%.8s.csv\"", kind->name, show.day, show_id));
    return response_stream(response, "text/csv; charset=utf-8; header=present", export_next, export_end,
                           open_export(request, kind, &show));
}

enum problem attendees_export(struct request *request, struct response *response)
{
    return answer_export(request, response, &attendees);
}

enum problem orders_export(struct request *request, struct response *response)
{
    return answer_export(request, response, &orders);
}
