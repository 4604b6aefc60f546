/* db_result.c: the rows of a result. */
#include "common/db_internal.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

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

static bool same_value(const PGresult *one, const PGresult *other, int row, int column)
{
    int length = PQgetlength(one, row, column);
    return length == PQgetlength(other, row, column) &&
           PQgetisnull(one, row, column) == PQgetisnull(other, row, column) &&
           memcmp(PQgetvalue(one, row, column), PQgetvalue(other, row, column), (size_t)length) == 0;
}

bool db_same(const struct db_result *one, const struct db_result *other)
{
    int rows = PQntuples(one->rows);
    int columns = PQnfields(one->rows);
    if (rows != PQntuples(other->rows) || columns != PQnfields(other->rows)) {
        return false;
    }
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            if (!same_value(one->rows, other->rows, row, column)) {
                return false;
            }
        }
    }
    return true;
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
