/* edit.h: what PUT and PATCH of events and shows have in common: the state that the client has seen, and the
 * whole object that it wants in its place.
 *
 * An edit reads the object, judges the request against it and writes it only if nobody else has written
 * meanwhile (begin_edit); else it begins again, at most EDIT_TRIES times. */
#ifndef TICKETING_EVENTS_EDIT_H
#define TICKETING_EVENTS_EDIT_H

#include "common/field.h"
#include "common/request.h"
#include "common/response.h"

enum { EDIT_TRIES = 5 };

/* The body of an edit: any JSON object; edit_body() makes of it what the resource's spec then judges. */
extern const struct field_spec edit_any_body;

/* True when the request has an If-Match header. */
bool edit_is_conditional(const struct request *request) MUST_CHECK;
/* Does If-Match (RFC 9110 §13.1.1) allow to change what GET answers with `current`? True without the header.
 * The weak tags that GET gives are compared by their text: they are made of every byte of the answer. */
bool edit_is_allowed(const struct request *request, const json_t *current) MUST_CHECK;

/* The object that the request wants: its body; for a PATCH the members of `current` that `spec` names, merged
 * with the body (RFC 7396). `stored` has the members whose stored form is not the one that GET shows; NULL:
 * none. Members that only the service sets are left out when they are as in `current` (or change by time
 * alone), else they are faults. A new reference; NULL without memory. */
json_t *edit_body(const struct request *request, const struct field_spec *spec, const json_t *current,
                  const json_t *stored, struct fault_list *faults) MUST_CHECK;

#endif
