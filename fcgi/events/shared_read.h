/* shared_read.h: one read of the database for all requests that ask the same at the same time.
 *
 * Requests for the same answer (same path, query and role) wait on one list. When all requests that have just
 * arrived are on their lists (turn_defer()), the database is asked once, and every request on the list is
 * answered. Requests that arrive meanwhile are the next list: every answer comes from a question that began
 * after its request had arrived, so a client that was told of a change sees it, on every host. The body and
 * its ETag are kept as long as the database gives the same rows; nothing is invalidated and nothing is sent
 * between processes. What is kept is bounded, in bytes and entries; what was asked for longest ago goes
 * first. */
#ifndef TICKETING_EVENTS_SHARED_READ_H
#define TICKETING_EVENTS_SHARED_READ_H

#include "common/db.h"
#include "common/request.h"
#include "common/response.h"

struct shared_reads; /* opaque; shared between threads */

/* What is asked, and how its rows become an answer. Both run on any thread, with one of the requests that
 * wait. */
struct shared_question {
    /* The rows: all that the answer is made of, but for what never changes. DB_NONE: there is no such thing.
     */
    enum db_status (*ask)(struct request *request, struct db_result **ret_rows);
    /* The body as JSON; a new reference. Called only when the rows are not those of the body that is kept. */
    enum db_status (*render)(struct request *request, const struct db_result *rows, json_t **ret_body);
    /* Instead of `render`, for bodies too large for a JSON tree: the text, which the caller frees. */
    enum db_status (*write)(struct request *request, const struct db_result *rows, char **ret_text);
    enum problem missing; /* what DB_NONE is answered with */
};

enum {
    SHARED_READS_WAITING_MAX = 4096, /* requests; more are told 503 at once */
    SHARED_READS_KEPT_MAX = 1024,    /* entries */
};

/* Keeps at most about `bytes` of bodies. */
struct shared_reads *shared_reads_new(size_t bytes) __attribute__((returns_nonnull));
void shared_reads_free(struct shared_reads *reads);

/* Answers the request, which has passed all checks, later. `query` tells apart what the path and the role do
 * not; NULL: nothing. */
enum problem shared_read(struct shared_reads *reads, const struct shared_question *question,
                         const char *query, struct request *request, struct response *response) MUST_CHECK;

#endif
