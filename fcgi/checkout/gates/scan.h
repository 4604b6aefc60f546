/* scan.h: one scan at a gate on its way to the database. */
#ifndef TICKETING_GATES_SCAN_H
#define TICKETING_GATES_SCAN_H

#include "common/memory.h"
#include "fcgi/checkout/paper/qr.h"

enum {
    SCAN_ID_LENGTH = 64,
    SCAN_GATE_LENGTH = 64,
    SCAN_TEXT_LENGTH = 4296, /* what a QR code can hold */
};

struct scan {
    const char *scan_id;    /* given by the gate; NULL: none */
    const char *direction;  /* "in" or "out"; NULL: in */
    const char *gate;       /* NULL: not said */
    const char *show_id;    /* the show that this gate admits; NULL: any */
    const char *scanned_at; /* RFC 3339, the device's clock; NULL: now */
    const char *sent_at;    /* the same clock when the upload was sent; NULL: it is taken to be right */
    const char *ticket_id;  /* NULL: the scanned text names none */
    const char *digest;     /* SHA-256 of the scanned text; NULL: the ticket was named by its id */
    const char *problem;    /* why the text names no ticket, as a code of record_scans(); else NULL */
    struct ticket_qr qr;    /* what the text says, when there is one and it names a ticket */
};

/* Fills ticket_id, digest, problem and qr from a scanned text, which may be anything. Characters that hand
 * scanners add around a code are left out: blanks, tabs, line breaks, a byte order mark, and the name of the
 * symbology ("]Q1", ISO/IEC 15424). */
void scan_read_text(struct scan *scan, struct arena *arena, const struct ticket_ring *ring, const char *text,
                    size_t length);

#endif
