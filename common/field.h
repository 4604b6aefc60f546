/* field.h: declarative validation of JSON bodies and query strings: an array of (name → struct member,
 * rules).
 *
 * A responder declares what it takes; one call checks everything, reports all faults at once and fills the
 * struct. Members of optional fields that are absent keep the zero value; `present_offset` names a bool that
 * tells. */
#ifndef TICKETING_FIELD_H
#define TICKETING_FIELD_H

#include "common/fault.h"
#include "common/field_spec.h"
#include "common/memory.h"
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Fills `ret_struct` (of spec->size bytes, zeroed by the callee) from a JSON object. Strings are copied into
 * `arena`; borrowed json_t members live as long as `body`. Unknown members, wrong types and ranges each add a
 * fault; true when there was none. */
bool field_parse_json(const struct field_spec *spec, const json_t *body, struct arena *arena,
                      struct fault_list *faults, void *ret_struct) MUST_CHECK;

/* The same from decoded query parameters; unknown names are ignored and empty values count as absent. A list
 * is written with commas; FIELD_PRICES and FIELD_VALUES have no such form (assertion). `value_of(name,
 * context)` gives the text or NULL. */
bool field_parse_query(const struct field_spec *spec,
                       const char *(*value_of)(const char *name, void *context), void *context,
                       struct arena *arena, struct fault_list *faults, void *ret_struct) MUST_CHECK;

#endif
