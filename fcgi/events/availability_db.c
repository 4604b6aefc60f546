/* availability_db.c: the statement that reads what changed. */
#include "fcgi/events/availability_db.h"
#include "common/cleanup.h"
#include <stdio.h>
#include <stdlib.h>

/* One row for the head (its seat_id is null), one for each claim; both halves see the same snapshot. The rows
 * of a show that is gone are not even looked at. A transaction that is not visible has an xid >= xmin, and
 * every write sets `changed` to its transaction's id: so nothing that this statement misses is missed by the
 * next one that asks for changed >= xmin. A promoted standby, a restarted server and a restored database each
 * have another start time or table oid (known when the statement is planned; looking up the database's took
 * 22 of 51 µs). */
static const struct db_statement READ = {
    .name = "availability_read",
    .repeatable = true,
    .sql =
        "WITH show AS MATERIALIZED ("
        " SELECT s.seatmap_id, s.seatmap_version, e.published,"
        "  coalesce(s.ends_at, s.starts_at) <= clock_timestamp() AS over"
        " FROM shows s JOIN events e ON e.id = s.event_id"
        " WHERE s.id = $1::uuid AND s.deleted_at IS NULL AND e.deleted_at IS NULL)"
        " SELECT NULL AS seat_id, seatmap_id AS state, seatmap_version::text AS expires,"
        "  pg_snapshot_xmin(pg_current_snapshot())::text AS changed,"
        "  (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now,"
        "  concat('public.seat_claims'::regclass::oid, '/', extract(epoch FROM pg_postmaster_start_time()))"
        "   AS origin, published, over"
        " FROM show"
        " UNION ALL"
        " SELECT seat_id, left(state, 1), ((extract(epoch FROM expires_at) * 1000000)::bigint)::text,"
        "  changed::text, NULL, NULL, NULL, NULL"
        " FROM seat_claims"
        " WHERE show_id = $1::uuid AND changed >= $2::xid8 AND EXISTS (SELECT FROM show)",
};

/* Both halves have the same columns; the head's row has other things in three of them. */
enum column {
    SEAT_ID,
    STATE,
    HEAD_SEATMAP = STATE,
    EXPIRES,
    HEAD_SEATMAP_VERSION = EXPIRES,
    CHANGED,
    HEAD_XMIN = CHANGED,
    NOW,
    ORIGIN,
    PUBLISHED,
    OVER
};

struct claims {
    struct db_result *result;
    size_t head_row;
    struct claims_head head;
};

static uint64_t number(const struct db_result *result, size_t row, enum column column)
{
    const char *text = db_text(result, row, column);
    return text != NULL ? strtoull(text, NULL, 10) : 0;
}

/* The row of the head: first as a rule, but SQL promises no order. */
static bool find_head(const struct db_result *result, size_t *ret_row)
{
    for (size_t row = 0; row < db_rows(result); row++) {
        if (db_text(result, row, SEAT_ID) == NULL) {
            *ret_row = row;
            return true;
        }
    }
    return false;
}

enum db_status availability_db_read(struct db_pool *pool, const char *show_id, uint64_t since,
                                    struct claims **ret_claims)
{
    char since_text[24];
    snprintf(since_text, sizeof(since_text), "%llu", (unsigned long long)since);
    const char *params[] = {show_id, since_text};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_run(pool, &READ, ARRAY_LENGTH(params), params, &result);
    if (status != DB_OK) {
        return status;
    }
    size_t row = 0;
    if (!find_head(result, &row)) {
        return DB_NONE;
    }
    struct claims *claims = memory_new(1, sizeof(*claims));
    *claims = (struct claims){
        .result = result,
        .head_row = row,
        .head =
            {
                .origin = db_text(result, row, ORIGIN),
                .xmin = number(result, row, HEAD_XMIN),
                .now = db_int(result, row, NOW),
                .seatmap_id = db_text(result, row, HEAD_SEATMAP),
                .seatmap_version = (int64_t)number(result, row, HEAD_SEATMAP_VERSION),
                .published = db_bool(result, row, PUBLISHED),
                .over = db_bool(result, row, OVER),
            },
    };
    result = NULL; /* the claims' own now */
    *ret_claims = claims;
    return DB_OK;
}

void claims_free(struct claims *claims)
{
    if (claims != NULL) {
        db_result_free(claims->result);
        free(claims);
    }
}

const struct claims_head *claims_head(const struct claims *claims)
{
    return &claims->head;
}

size_t claims_count(const struct claims *claims)
{
    return db_rows(claims->result) - 1;
}

struct claim claims_get(const struct claims *claims, size_t index)
{
    size_t row = index < claims->head_row ? index : index + 1;
    return (struct claim){
        .seat_id = db_text(claims->result, row, SEAT_ID),
        .state = db_text(claims->result, row, STATE)[0],
        .expires = (int64_t)number(claims->result, row, EXPIRES),
        .changed = number(claims->result, row, CHANGED),
    };
}
