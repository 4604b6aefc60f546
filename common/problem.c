/* problem.c: the error table, spelled out from PROBLEM_LIST. */
#include "common/problem.h"

#include <assert.h>
#include <stddef.h>

static const struct problem_info problems[PROBLEM_COUNT] = {
#define PROBLEM_ROW(name, http_status, text)                                                                 \
    [PROBLEM_##name] = {.status = (http_status), .code = #name, .title = (text)},
    PROBLEM_LIST(PROBLEM_ROW)
#undef PROBLEM_ROW
};

const struct problem_info *problem_info(enum problem problem)
{
    assert(problem > PROBLEM_NONE && problem < PROBLEM_COUNT);
    return &problems[problem];
}
