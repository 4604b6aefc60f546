/* qr.h: the text in a ticket's QR code: who may sit where, signed so that a gate needs no network.
 *
 *     T1 7QK AA AZ9iR… A12 Xk0c…          (written without the spaces)
 *     |  |   |  |      |   `- 86 characters: the Ed25519 signature over all characters before it
 *     |  |   |  |      `----- 1 to 14 characters: the seat
 *     |  |   |  `------------ 43 characters: ticket id and show id, 16 bytes each
 *     |  |   `--------------- 2 characters: the revision, 0 to 4095: how often the ticket has been passed on
 *     |  `------------------- 3 characters: the id of the key, see key.h
 *     `---------------------- 2 characters: kind and version of the text
 *
 * Ids and signature are base64url without padding (RFC 4648 §5); the revision is two digits of the same
 * alphabet, the higher one first. A seat id of more than 14 characters is written as `~` and its last 13. All
 * is ASCII, 137 to 150 characters: a QR code of version 8 at level M.
 *
 * Nobody but the holder of the key can make a text, or change one into another that is accepted: ids in
 * capitals, stray bits behind base64url, padding, spaces and a signature with S >= L (RFC 8032 §5.1.7) are
 * all refused. nginx/html/docs/qr.html has the same for builders of scanners, with an example. */
#ifndef TICKETING_PAPER_QR_H
#define TICKETING_PAPER_QR_H

#include "common/identifier.h"
#include "fcgi/checkout/paper/key.h"

enum {
    TICKET_QR_SEAT_LENGTH = 14, /* characters of the seat in the text, at the most */
    TICKET_QR_LENGTH_MIN = 137,
    TICKET_QR_LENGTH_MAX = 150,
    TICKET_QR_SIZE = TICKET_QR_LENGTH_MAX + 1,
    TICKET_REVISION_MAX = 4095,
};

/* What a text says. */
struct ticket_qr {
    char ticket_id[UUID_SIZE];
    char show_id[UUID_SIZE];
    /* As written: of an id that is longer only the end, behind a "~". */
    char seat[TICKET_QR_SEAT_LENGTH + 1];
    unsigned revision;
    char key_id[TICKET_KEY_ID_SIZE];
};

enum ticket_qr_verdict {
    TICKET_QR_GENUINE,
    TICKET_QR_MALFORMED,   /* not one of our texts at all */
    TICKET_QR_UNKNOWN_KEY, /* of our shape, but the ring does not have the key (any more) */
    TICKET_QR_FORGED,      /* of our shape, but the signature is not that key's */
};

/* Writes and signs the text of a ticket, NUL-terminated, with the ring's active key. The ids are UUIDs in
 * either case. The same arguments give the same text. False when an id is not a UUID, the revision is too
 * high or the seat id has other characters than [A-Za-z0-9_-]. */
bool ticket_qr_write(const struct ticket_ring *ring, const char *ticket_id, const char *show_id,
                     const char *seat_id, unsigned revision, char ret_text[static TICKET_QR_SIZE]) MUST_CHECK;

/* Judges `length` bytes as they came from the scanner; they may be anything. `*ret_qr` is filled only when
 * they are genuine. Whether the ticket is paid, has been passed on (another revision) or is for another show,
 * the caller has to look up. Thread-safe. */
enum ticket_qr_verdict ticket_qr_read(const struct ticket_ring *ring, const char *text, size_t length,
                                      struct ticket_qr *ret_qr) MUST_CHECK;

#endif
