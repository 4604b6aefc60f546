/* fuzz_ticket_qr.c: an input is tried as the text of a code, and as the signed part of one that gets the
 * right signature: a fuzzer cannot guess it. What is accepted can be written in one way only: as it was. */
#include "common/cleanup.h"
#include "common/memory.h"
#include "fcgi/checkout/paper/qr.h"
#include <assert.h>
#include <stdint.h>
#include <string.h>

/* RFC 8032 §7.1, TEST 1 */
static const char SET[] = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"7QK\","
                          "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"d\":\"nWGxne_"
                          "9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}]}";

static void check(const struct ticket_ring *ring, const char *text, size_t length)
{
    struct ticket_qr qr;
    if (ticket_qr_read(ring, text, length, &qr) != TICKET_QR_GENUINE) {
        return;
    }
    assert(uuid_is_valid(qr.ticket_id) && uuid_is_valid(qr.show_id));
    assert(qr.revision <= TICKET_REVISION_MAX && strlen(qr.seat) >= 1);
    /* A shortened seat stands for any that ends so. */
    char seat[TICKET_QR_SEAT_LENGTH + 2];
    size_t seat_length = strlen(qr.seat);
    memcpy(seat, "XX", 2);
    memcpy(seat + (qr.seat[0] == '~' ? 1 : 0), qr.seat, seat_length + 1);
    if (qr.seat[0] == '~') {
        seat[1] = 'X';
    }
    char again[TICKET_QR_SIZE];
    assert(ticket_qr_write(ring, qr.ticket_id, qr.show_id, seat, qr.revision, again));
    assert(strlen(again) == length && memcmp(again, text, length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ticket_ring *ring = NULL;
    if (ring == NULL) {
        const char *problem = NULL;
        json_auto_t *set = json_loads(SET, 0, NULL);
        ring = ticket_ring_parse(set, &problem);
        assert(ring != NULL);
    }
    CLEANUP(free) char *text = memory_new(size + 100, 1);
    memcpy(text, data, size);
    check(ring, text, size);
    unsigned char signature[TICKET_SIGNATURE_BYTES];
    ticket_ring_sign(ring, data, size, signature);
    base64url_encode(signature, sizeof(signature), text + size, 100);
    check(ring, text, strlen(text));
    return 0;
}
