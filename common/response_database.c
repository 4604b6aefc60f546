/* response_database.c: a database status as the answer to a request. */
#include "common/response_database.h"

enum { RETRY_AFTER_SECONDS = 1 };

enum problem response_database(struct response *response, enum db_status status, enum problem missing)
{
    switch (status) {
    case DB_NONE:
        return missing;
    case DB_UNAVAILABLE:
    case DB_RETRY:
        return response_unavailable(response, RETRY_AFTER_SECONDS);
    case DB_INVALID:
        return response_problem(response, PROBLEM_VALIDATION_FAILED, "The database refuses these values.");
    case DB_OK:
    case DB_CONFLICT:
    case DB_FAILED:
        break;
    }
    return PROBLEM_INTERNAL;
}
