/* scan.c: reads the code of a scan. */
#include "fcgi/checkout/gates/scan.h"

void scan_read_text(struct scan *scan, struct arena *arena, const struct ticket_ring *ring, const char *text,
                    size_t length)
{
    static const char *const problems[] = {
        [TICKET_QR_GENUINE] = NULL,
        [TICKET_QR_MALFORMED] = "qr_malformed",
        [TICKET_QR_UNKNOWN_KEY] = "qr_unknown_key",
        [TICKET_QR_FORGED] = "qr_forged",
    };
    char digest[65];
    sha256_hex(text, length, digest);
    scan->digest = arena_text(arena, digest);
    enum ticket_qr_verdict verdict = ticket_qr_read(ring, text, length, &scan->qr);
    scan->problem = problems[verdict];
    scan->ticket_id = verdict == TICKET_QR_GENUINE ? scan->qr.ticket_id : NULL;
}
