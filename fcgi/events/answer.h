/* answer.h: the few ways in which handlers of this responder end, so that each reads as parse → database →
 * render. */
#ifndef TICKETING_EVENTS_ANSWER_H
#define TICKETING_EVENTS_ANSWER_H

#include "common/db.h"
#include "common/request.h"
#include "common/response.h"
#include "fcgi/events/edit_db.h"

enum { ANSWER_TAG_SIZE = 33 };

/* The text between the quotes of an answer's ETag: made of the answer's bytes, so that it differs whenever
 * the answer does. */
void answer_tag(const char *body, size_t length, char ret_tag[ANSWER_TAG_SIZE]);

/* Answers a DELETE: 204, or why nothing was deleted; `missing` when there was nothing to delete. */
enum problem answer_deletion(struct response *response, const struct deletion *deletion,
                             enum problem missing) MUST_CHECK;

#endif
