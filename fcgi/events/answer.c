/* answer.c: tags of answers, and how a DELETE ends. */
#include "fcgi/events/answer.h"
#include "common/identifier.h"
#include <string.h>

void answer_tag(const char *body, size_t length, char ret_tag[ANSWER_TAG_SIZE])
{
    char hash[65];
    sha256_hex(body, length, hash);
    memcpy(ret_tag, hash, ANSWER_TAG_SIZE - 1);
    ret_tag[ANSWER_TAG_SIZE - 1] = '\0';
}

enum problem answer_deletion(struct response *response, const struct deletion *deletion, enum problem missing)
{
    switch (deletion->state) {
    case DELETION_DONE:
        return response_empty(response, 204);
    case DELETION_STALE:
        return PROBLEM_PRECONDITION_FAILED;
    case DELETION_HAS_ORDERS:
        response_problem_member(response, "ticketsSold", json_integer(deletion->sold));
        response_problem_member(response, "ordersPending", json_integer(deletion->pending));
        return response_problem(response, PROBLEM_SHOW_HAS_ORDERS,
                                "%lld tickets are sold and %lld orders wait for their payment.",
                                (long long)deletion->sold, (long long)deletion->pending);
    case DELETION_MISSING:
        break;
    }
    return missing;
}
