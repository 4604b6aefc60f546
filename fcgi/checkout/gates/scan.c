/* scan.c: reads the code of a scan. */
#include "fcgi/checkout/gates/scan.h"
#include <string.h>

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* Leaves out the characters that a scanner added before and behind a code. */
static void strip_additions(const char **text, size_t *length)
{
    static const char MARK[] = "\xef\xbb\xbf"; /* U+FEFF */
    bool more = true;
    while (more) {
        size_t added = 0;
        if (*length > 0 && is_blank(**text)) {
            added = 1;
        } else if (*length >= 3 && (memcmp(*text, MARK, 3) == 0 || memcmp(*text, "]Q", 2) == 0)) {
            added = 3;
        }
        *text += added;
        *length -= added;
        more = added > 0;
    }
    while (*length > 0 && is_blank((*text)[*length - 1])) {
        (*length)--;
    }
}

struct key_swap {
    const char *typed;
    char meant;
};

/* A scanner sends the keys of an American keyboard by default. This is what a host with another layout makes
 * of them. */
static const struct key_swap german[] = {{"z", 'y'}, {"y", 'z'}, {"Z", 'Y'}, {"Y", 'Z'},
                                         {"ß", '-'}, {"?", '_'}, {NULL, 0}};
static const struct key_swap french[] = {
    {"q", 'a'}, {"a", 'q'}, {"w", 'z'}, {"z", 'w'}, {"Q", 'A'},  {"A", 'Q'}, {"W", 'Z'}, {"Z", 'W'},
    {",", 'm'}, {"?", 'M'}, {"&", '1'}, {"é", '2'}, {"\"", '3'}, {"'", '4'}, {"(", '5'}, {"-", '6'},
    {"è", '7'}, {"_", '8'}, {"ç", '9'}, {"à", '0'}, {")", '-'},  {"°", '_'}, {NULL, 0}};

/* Writes the text that the scanner meant and returns its length; 0 when it is longer than a ticket's text. */
static size_t swap_back(const struct key_swap *swaps, const char *text, size_t length, char *ret_meant)
{
    size_t written = 0;
    for (size_t at = 0; at < length; written++) {
        if (written == TICKET_QR_LENGTH_MAX) {
            return 0;
        }
        const struct key_swap *swap = swaps;
        while (swap->typed != NULL && (length - at < strlen(swap->typed) ||
                                       memcmp(text + at, swap->typed, strlen(swap->typed)) != 0)) {
            swap++;
        }
        ret_meant[written] = swap->typed == NULL ? text[at] : swap->meant;
        at += swap->typed == NULL ? 1 : strlen(swap->typed);
    }
    return written;
}

/* True when the text would be genuine had the host another keyboard layout. */
static bool is_swapped(const struct ticket_ring *ring, const char *text, size_t length)
{
    static const struct key_swap *const layouts[] = {german, french};
    for (size_t i = 0; i < ARRAY_LENGTH(layouts); i++) {
        char meant[TICKET_QR_SIZE];
        struct ticket_qr qr;
        size_t size = swap_back(layouts[i], text, length, meant);
        if (ticket_qr_read(ring, meant, size, &qr) == TICKET_QR_GENUINE) {
            return true;
        }
    }
    return false;
}

void scan_read_text(struct scan *scan, struct arena *arena, const struct ticket_ring *ring, const char *text,
                    size_t length)
{
    static const char *const problems[] = {
        [TICKET_QR_GENUINE] = NULL,
        [TICKET_QR_MALFORMED] = "qr_malformed",
        [TICKET_QR_UNKNOWN_KEY] = "qr_unknown_key",
        [TICKET_QR_FORGED] = "qr_forged",
    };
    strip_additions(&text, &length);
    char digest[65];
    sha256_hex(text, length, digest);
    scan->digest = arena_text(arena, digest);
    enum ticket_qr_verdict verdict = ticket_qr_read(ring, text, length, &scan->qr);
    bool swapped = verdict != TICKET_QR_GENUINE && is_swapped(ring, text, length);
    scan->problem = swapped ? "qr_layout" : problems[verdict];
    scan->ticket_id = verdict == TICKET_QR_GENUINE ? scan->qr.ticket_id : NULL;
}
