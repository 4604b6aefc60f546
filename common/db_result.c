/* db_result.c: the rows of a result. */
#include "common/db_internal.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

void db_result_free(struct db_result *result)
{
    if (result != NULL) {
        PQclear(result->rows);
        free(result);
    }
}

size_t db_rows(const struct db_result *result)
{
    return (size_t)PQntuples(result->rows);
}

const char *db_text(const struct db_result *result, size_t row, size_t column)
{
    assert(row < db_rows(result) && column < (size_t)PQnfields(result->rows));
    if (PQgetisnull(result->rows, (int)row, (int)column)) {
        return NULL;
    }
    return PQgetvalue(result->rows, (int)row, (int)column);
}

const char *db_copy(struct arena *arena, const struct db_result *result, size_t row, size_t column)
{
    const char *text = db_text(result, row, column);
    return text != NULL ? arena_text(arena, text) : NULL;
}

int64_t db_int(const struct db_result *result, size_t row, size_t column)
{
    const char *text = db_text(result, row, column);
    return text == NULL ? 0 : strtoll(text, NULL, 10);
}

bool db_bool(const struct db_result *result, size_t row, size_t column)
{
    const char *text = db_text(result, row, column);
    return text != NULL && text[0] == 't';
}
