/* GET /shows/:id/gate-pack: all that a gate needs to judge tickets without a network: the keys, which tickets
 * are void, passed on or already used, and what the show allows. The pack is signed with the key that signs
 * tickets: over "G1" and the very characters of the member `pack`, from its { to its }. "G1" keeps it apart
 * from tickets, whose texts begin with "T1". nginx/html/docs/gates.html has the same for builders of gates.
 */
#include "common/identifier.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/gates/gate_db.h"
#include "fcgi/checkout/gates/gates.h"
#include "fcgi/checkout/paper/key_file.h"
#include <stdlib.h>
#include <string.h>

static const char MESSAGE_KIND[] = "G1";
enum { SIGNATURE_TEXT_SIZE = 88 };

struct pack_query {
    const char *since;
};

static const struct field pack_fields[] = {
    {.name = "since", .type = FIELD_TEXT, .min = 1, .max = 64, .offset = offsetof(struct pack_query, since)},
};
const struct field_spec gate_pack_read_query = FIELD_SPEC(struct pack_query, pack_fields);

static json_t *show_json(const struct gate_show *show)
{
    return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s, s:s?, s:s?, s:s?, s:b, s:b}", "id", show->id, "eventId",
                     show->event_id, "title", show->title, "venue", show->venue, "timeZone", show->time_zone,
                     "startsAt", show->starts_at, "endsAt", show->ends_at, "admissionStartAt",
                     show->admission_start_at, "admissionEndAt", show->admission_end_at, "reentry",
                     show->reentry, "deleted", show->is_deleted);
}

/* Each ticket goes to exactly one of void, checkedIn and valid; besides, one that was passed on to
 * `revisions`. */
static void add_tickets(json_t *pack, const struct gate_ticket *tickets, size_t count)
{
    json_t *void_ones = json_array();
    json_t *checked_in = json_array();
    json_t *valid = json_array();
    json_t *revisions = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct gate_ticket *ticket = &tickets[i];
        if (strcmp(ticket->status, "void") == 0) {
            json_array_append_new(void_ones, json_string(ticket->id));
        } else if (strcmp(ticket->status, "checked_in") == 0) {
            json_array_append_new(checked_in, json_pack("{s:s, s:s, s:s?, s:b}", "ticketId", ticket->id,
                                                        "checkedInAt", ticket->checked_in_at, "gate",
                                                        ticket->gate, "inside", ticket->inside));
        } else {
            json_array_append_new(valid, json_string(ticket->id));
        }
        if (ticket->revision > 0) {
            json_array_append_new(revisions, json_pack("{s:s, s:I}", "ticketId", ticket->id, "revision",
                                                       (json_int_t)ticket->revision));
        }
    }
    json_object_set_new(pack, "void", void_ones);
    json_object_set_new(pack, "checkedIn", checked_in);
    json_object_set_new(pack, "valid", valid);
    json_object_set_new(pack, "revisions", revisions);
}

/* The answer's body, free with free(): the pack and its signature. NULL when memory ran out. */
static char *sign_pack(const struct ticket_ring *ring, const json_t *pack)
{
    CLEANUP(free) char *text = json_dumps(pack, JSON_COMPACT);
    CLEANUP(free) char *message = NULL;
    char *body = NULL;
    if (text == NULL || asprintf(&message, "%s%s", MESSAGE_KIND, text) < 0) {
        return NULL;
    }
    unsigned char signature[TICKET_SIGNATURE_BYTES];
    char signature_text[SIGNATURE_TEXT_SIZE];
    ticket_ring_sign(ring, message, strlen(message), signature);
    base64url_encode(signature, sizeof(signature), signature_text, sizeof(signature_text));
    if (asprintf(&body, "{\"pack\":%s,\"keyId\":\"%s\",\"signature\":\"%s\"}", text, ticket_ring_active(ring),
                 signature_text) < 0) {
        return NULL;
    }
    return body;
}

enum problem gate_pack_read(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    struct arena *arena = request_arena(request);
    const char *since = ((const struct pack_query *)request_query(request))->since;
    struct gate_show show;
    struct gate_ticket *tickets = NULL;
    size_t count = 0;
    enum db_status status = gate_db_show(checkout->pool, arena, request_param(request, "id"), since, &show);
    if (status == DB_OK) {
        since = show.since == NULL ? NULL : since;
        status = gate_db_tickets(checkout->pool, arena, show.id, show.since, &tickets, &count);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    json_auto_t *pack = json_pack("{s:s, s:s?, s:s, s:o}", "version", show.version, "since", since,
                                  "generatedAt", show.now, "show", show_json(&show));
    add_tickets(pack, tickets, count);
    const struct ticket_ring *ring = ticket_keys_borrow(checkout->ticket_keys);
    json_object_update_new(pack, ticket_ring_public(ring)); /* `keys` */
    CLEANUP(free) char *body = sign_pack(ring, pack);
    ticket_keys_return(checkout->ticket_keys, ring);
    return body == NULL ? PROBLEM_INTERNAL
                        : response_bytes(response, 200, "application/json", body, strlen(body));
}
