/* qr.c: writes and reads the text of a code. */
#include "fcgi/checkout/paper/qr.h"
#include <stdint.h>
#include <string.h>

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum {
    MAGIC_LENGTH = 2,
    KEY_AT = MAGIC_LENGTH,
    REVISION_AT = KEY_AT + TICKET_KEY_ID_LENGTH,
    REVISION_LENGTH = 2,
    IDS_AT = REVISION_AT + REVISION_LENGTH,
    IDS_LENGTH = 43,
    SEAT_AT = IDS_AT + IDS_LENGTH,
    SIGNATURE_LENGTH = 86,
    UUID_BYTES = 16,
};
_Static_assert(SEAT_AT + 1 + SIGNATURE_LENGTH == TICKET_QR_LENGTH_MIN, "the shortest text has a seat of 1");
_Static_assert(SEAT_AT + TICKET_QR_SEAT_LENGTH + SIGNATURE_LENGTH == TICKET_QR_LENGTH_MAX, "the longest");

static const char MAGIC[] = "T1";

static int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = strchr(digits, digit >= 'A' && digit <= 'F' ? digit - 'A' + 'a' : digit);
    return (int)(found - digits); /* the UUID has been checked */
}

static void uuid_bytes(const char *uuid, unsigned char ret_bytes[static UUID_BYTES])
{
    size_t written = 0;
    for (const char *digit = uuid; *digit != '\0'; digit++) {
        if (*digit != '-') {
            ret_bytes[written++] = (unsigned char)(hex_value(digit[0]) * 16 + hex_value(digit[1]));
            digit++;
        }
    }
}

static void uuid_text(const unsigned char bytes[static UUID_BYTES], char ret_uuid[static UUID_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    char *next = ret_uuid;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *next++ = '-';
        }
        *next++ = digits[bytes[i] >> 4];
        *next++ = digits[bytes[i] & 0x0f];
    }
    *next = '\0';
}

/* The seat as the text has it. False when it is empty or has characters that no seat map gives. */
static bool shorten_seat(const char *seat_id, char ret_seat[static TICKET_QR_SEAT_LENGTH + 1])
{
    size_t length = strlen(seat_id);
    if (length == 0 || strspn(seat_id, DIGITS) != length) {
        return false;
    }
    if (length <= TICKET_QR_SEAT_LENGTH) {
        memcpy(ret_seat, seat_id, length + 1);
    } else {
        /* The end of a long one says most: row and number stand there. */
        ret_seat[0] = '~';
        memcpy(ret_seat + 1, seat_id + length - (TICKET_QR_SEAT_LENGTH - 1), TICKET_QR_SEAT_LENGTH);
    }
    return true;
}

static bool is_seat(const char *seat, size_t length)
{
    if (length == 0 || length > TICKET_QR_SEAT_LENGTH) {
        return false;
    }
    bool shortened = seat[0] == '~';
    if (shortened && length != TICKET_QR_SEAT_LENGTH) {
        return false;
    }
    for (size_t i = shortened ? 1 : 0; i < length; i++) {
        if (seat[i] == '\0' || strchr(DIGITS, seat[i]) == NULL) {
            return false;
        }
    }
    return true;
}

bool ticket_qr_write(const struct ticket_ring *ring, const char *ticket_id, const char *show_id,
                     const char *seat_id, unsigned revision, char ret_text[static TICKET_QR_SIZE])
{
    char seat[TICKET_QR_SEAT_LENGTH + 1];
    if (!uuid_is_valid(ticket_id) || !uuid_is_valid(show_id) || revision > TICKET_REVISION_MAX ||
        !shorten_seat(seat_id, seat)) {
        return false;
    }
    unsigned char ids[2 * UUID_BYTES];
    uuid_bytes(ticket_id, ids);
    uuid_bytes(show_id, ids + UUID_BYTES);
    char text[TICKET_QR_SIZE];
    memcpy(text, MAGIC, MAGIC_LENGTH);
    memcpy(text + KEY_AT, ticket_ring_active(ring), TICKET_KEY_ID_LENGTH);
    text[REVISION_AT] = DIGITS[revision >> 6];
    text[REVISION_AT + 1] = DIGITS[revision & 0x3f];
    base64url_encode(ids, sizeof(ids), text + IDS_AT, sizeof(text) - IDS_AT);
    size_t length = (size_t)(stpcpy(text + SEAT_AT, seat) - text);
    unsigned char signature[TICKET_SIGNATURE_BYTES];
    ticket_ring_sign(ring, text, length, signature);
    base64url_encode(signature, sizeof(signature), text + length, sizeof(text) - length);
    memcpy(ret_text, text, length + SIGNATURE_LENGTH + 1);
    return true;
}

/* The value of a digit of base64url; -1 when it is none. */
static int digit_value(char digit)
{
    const char *found = digit == '\0' ? NULL : strchr(DIGITS, digit);
    return found == NULL ? -1 : (int)(found - DIGITS);
}

static bool decode_exactly(const char *text, size_t length, unsigned char *ret_bytes, size_t size)
{
    size_t written = 0;
    return base64url_decode(text, length, ret_bytes, size, &written) && written == size;
}

enum ticket_qr_verdict ticket_qr_read(const struct ticket_ring *ring, const char *text, size_t length,
                                      struct ticket_qr *ret_qr)
{
    if (length < TICKET_QR_LENGTH_MIN || length > TICKET_QR_LENGTH_MAX ||
        memcmp(text, MAGIC, MAGIC_LENGTH) != 0) {
        return TICKET_QR_MALFORMED;
    }
    size_t signed_length = length - SIGNATURE_LENGTH;
    size_t seat_length = signed_length - SEAT_AT;
    int high = digit_value(text[REVISION_AT]);
    int low = digit_value(text[REVISION_AT + 1]);
    unsigned char ids[2 * UUID_BYTES];
    unsigned char signature[TICKET_SIGNATURE_BYTES];
    if (high < 0 || low < 0 || !is_seat(text + SEAT_AT, seat_length) ||
        !decode_exactly(text + IDS_AT, IDS_LENGTH, ids, sizeof(ids)) ||
        !decode_exactly(text + signed_length, SIGNATURE_LENGTH, signature, sizeof(signature))) {
        return TICKET_QR_MALFORMED;
    }
    struct ticket_qr qr = {.revision = (unsigned)high * 64 + (unsigned)low};
    memcpy(qr.key_id, text + KEY_AT, TICKET_KEY_ID_LENGTH);
    memcpy(qr.seat, text + SEAT_AT, seat_length);
    uuid_text(ids, qr.ticket_id);
    uuid_text(ids + UUID_BYTES, qr.show_id);
    if (!ticket_ring_has(ring, qr.key_id)) {
        return TICKET_QR_UNKNOWN_KEY;
    }
    if (!ticket_ring_verify(ring, qr.key_id, text, signed_length, signature)) {
        return TICKET_QR_FORGED;
    }
    *ret_qr = qr;
    return TICKET_QR_GENUINE;
}
