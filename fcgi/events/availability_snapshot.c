/* availability_snapshot.c: all seats of one show, kept current by what changed. */
#include "fcgi/events/availability_snapshot.h"
#include "common/identifier.h"
#include "common/memory.h"
#include "common/turn.h"
#include "fcgi/events/change_log.h"
#include <stdio.h>
#include <string.h>

enum {
    ORIGIN_SIZE = 17,
    VERSION_SIZE = 3 * 16 + 2 + 1, /* "origin-xmin-now", 16 hex digits each */
    COMPACT_CHUNK = 8 * 1024,
    FULL_CHUNK = 16 * 1024,
};

struct snapshot {
    char show_id[UUID_SIZE];
    const struct seatmap *map;
    int64_t seatmap_version;
    char *database;           /* claims_head.origin */
    char origin[ORIGIN_SIZE]; /* database, show and seat map in 16 hex digits: what a version is good for */
    uint64_t xmin;
    int64_t now;
    int64_t next_expiry; /* no held seat ends before; INT64_MAX: none ends */
    size_t count;
    uint64_t fingerprint;
    uint64_t newest; /* the highest `changed` of any claim seen */

    /* What the answers say: xmin and now of the last read that brought a change. An older version asks for
     * more, never for less, so it stays while nothing changes, and the answers with it. */
    uint64_t version_xmin;
    char version[VERSION_SIZE];

    char *letters;     /* per seat: 'a', 'h' or 's' as of `now`; NUL-terminated */
    char *claim_state; /* per seat, as in the table: 'r', 'h' or 's' */
    int64_t *expires;  /* per seat, of a held one */
    uint64_t *changed; /* per seat: 0 when it never had a claim */
    struct change_log *log;

    struct shared_text *full;    /* NULL until asked for, as is `compact` */
    uint32_t *full_slot;         /* per seat: where its state's slot starts in `full` */
    struct shared_text *compact; /* version and letters stand at fixed places */
    size_t compact_version, compact_letters;
};

/* A number without pattern for a seat in a state (the finalizer of SplitMix64, Steele, Lea and Flood 2014).
 */
static uint64_t scatter(uint64_t index, char letter)
{
    uint64_t mixed = (index << 8 | (unsigned char)letter) + UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

/* The first 16 hex digits of a hash of what the parts say together. */
static void fold(const char *first, const char *second, const char *third, int64_t number,
                 char ret_digits[static ORIGIN_SIZE])
{
    struct text text TEXT_AUTO = {0};
    text_add_json(&text, first);
    text_add_json(&text, second);
    text_add_json(&text, third);
    text_add_number(&text, number);
    char hash[65];
    sha256_hex(text.data, text.length, hash);
    memcpy(ret_digits, hash, ORIGIN_SIZE - 1);
    ret_digits[ORIGIN_SIZE - 1] = '\0';
}

/* A version says which transactions and which moment of the database's clock its reader has seen. It is made
 * of nothing that one host alone knows. */
static void set_version(struct snapshot *snapshot)
{
    snapshot->version_xmin = snapshot->xmin;
    snprintf(snapshot->version, sizeof(snapshot->version), "%s-%016llx-%016llx", snapshot->origin,
             (unsigned long long)snapshot->xmin, (unsigned long long)snapshot->now);
    if (snapshot->compact != NULL) {
        shared_text_write(snapshot->compact, snapshot->compact_version, snapshot->version, VERSION_SIZE - 1);
    }
}

struct snapshot *snapshot_new(const char *show_id, const struct seatmap *map, const struct claims_head *head)
{
    struct snapshot *snapshot = memory_new(1, sizeof(*snapshot));
    size_t count = seatmap_seat_count(map);
    snapshot->map = map;
    snapshot->seatmap_version = head->seatmap_version;
    snapshot->database = memory_text(head->origin);
    snapshot->next_expiry = INT64_MAX;
    snapshot->count = count;
    snapshot->letters = memory_new(count + 1, 1);
    snapshot->claim_state = memory_new(count, 1);
    snapshot->expires = memory_new(count, sizeof(*snapshot->expires));
    snapshot->changed = memory_new(count, sizeof(*snapshot->changed));
    snprintf(snapshot->show_id, sizeof(snapshot->show_id), "%s", show_id);
    memset(snapshot->letters, 'a', count);
    memset(snapshot->claim_state, 'r', count);
    fold(head->origin, show_id, head->seatmap_id, head->seatmap_version, snapshot->origin);
    char seed[ORIGIN_SIZE];
    fold("", show_id, head->seatmap_id, head->seatmap_version, seed);
    snapshot->fingerprint = strtoull(seed, NULL, 16);
    snapshot->log = change_log_new(count);
    snapshot->now = head->now;
    snapshot->xmin = head->xmin;
    set_version(snapshot);
    return snapshot;
}

void snapshot_free(struct snapshot *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    free(snapshot->database);
    free(snapshot->letters);
    free(snapshot->claim_state);
    free(snapshot->expires);
    free(snapshot->changed);
    free(snapshot->full_slot);
    change_log_free(snapshot->log);
    shared_text_free(snapshot->full);
    shared_text_free(snapshot->compact);
    free(snapshot);
}

bool snapshot_fits(const struct snapshot *snapshot, const struct claims_head *head)
{
    return head->xmin >= snapshot->xmin && strcmp(head->origin, snapshot->database) == 0 &&
           head->seatmap_version == snapshot->seatmap_version &&
           strcmp(head->seatmap_id, seatmap_id(snapshot->map)) == 0;
}

/* Every slot has the same width, and starts and ends with a byte that JSON wants there. */
static const char *slot_of(char letter)
{
    switch (letter) {
    case 'h':
        return "\"held\"     ";
    case 's':
        return "\"sold\"     ";
    default:
        return "\"available\"";
    }
}

enum { SLOT_WIDTH = sizeof("\"available\"") - 1 };

/* True when the seat had another letter before. */
static bool set_letter(struct snapshot *snapshot, size_t index, char letter)
{
    char old = snapshot->letters[index];
    if (old == letter) {
        return false;
    }
    /* An available seat adds nothing to the fingerprint: a new snapshot needs no pass over all seats. */
    snapshot->fingerprint ^= old != 'a' ? scatter(index, old) : 0;
    snapshot->fingerprint ^= letter != 'a' ? scatter(index, letter) : 0;
    snapshot->letters[index] = letter;
    if (snapshot->full != NULL) {
        shared_text_write(snapshot->full, snapshot->full_slot[index], slot_of(letter), SLOT_WIDTH);
    }
    if (snapshot->compact != NULL) {
        shared_text_write(snapshot->compact, snapshot->compact_letters + index, &letter, 1);
    }
    return true;
}

/* Sets the seat's letter as of snapshot->now, and remembers when its hold will end by itself. True when the
 * letter has changed. */
static bool settle(struct snapshot *snapshot, size_t index)
{
    char letter = snapshot->claim_state[index];
    if (letter != 's') {
        bool held = letter == 'h' && snapshot->expires[index] > snapshot->now;
        letter = held ? 'h' : 'a';
        if (held && snapshot->expires[index] < snapshot->next_expiry) {
            snapshot->next_expiry = snapshot->expires[index];
        }
    }
    return set_letter(snapshot, index, letter);
}

/* True when the claim says something new. The same claim comes again and again while an older transaction is
 * open. */
static bool take_claim(struct snapshot *snapshot, size_t index, const struct claim *claim)
{
    if (snapshot->changed[index] == claim->changed && snapshot->claim_state[index] == claim->state &&
        snapshot->expires[index] == claim->expires) {
        return false;
    }
    snapshot->claim_state[index] = claim->state;
    snapshot->expires[index] = claim->expires;
    snapshot->changed[index] = claim->changed;
    if (claim->changed > snapshot->newest) {
        snapshot->newest = claim->changed;
    }
    settle(snapshot, index);
    change_log_add(snapshot->log, index, snapshot->newest, snapshot->now);
    return true;
}

/* Holds have ended, or the clock has stepped back. */
static bool settle_all(struct snapshot *snapshot)
{
    bool any = false;
    snapshot->next_expiry = INT64_MAX;
    for (size_t i = 0; i < snapshot->count; i++) {
        if (settle(snapshot, i)) {
            change_log_add(snapshot->log, i, snapshot->newest, snapshot->now);
            any = true;
        }
    }
    return any;
}

void snapshot_apply(struct snapshot *snapshot, const struct claims *claims)
{
    const struct claims_head *head = claims_head(claims);
    bool stepped_back = head->now < snapshot->now; /* holds that had ended by the later time have not ended */
    bool any = false;
    snapshot->now = head->now;
    snapshot->xmin = head->xmin;
    for (size_t i = 0; i < claims_count(claims); i++) {
        struct claim claim = claims_get(claims, i);
        int64_t found = seatmap_find(snapshot->map, claim.seat_id);
        if (found >= 0 && take_claim(snapshot, (size_t)found, &claim)) {
            any = true;
        }
    }
    if (stepped_back || head->now >= snapshot->next_expiry) {
        any = settle_all(snapshot) || any;
    }
    /* The clock has moved on without a change: without a new version, a reader with the old one would be sent
     * the last changes at every request. */
    if (any || (snapshot->version_xmin <= snapshot->newest && snapshot->newest < snapshot->xmin)) {
        set_version(snapshot);
    }
}

size_t snapshot_seats(const struct snapshot *snapshot)
{
    return snapshot->count;
}

uint64_t snapshot_xmin(const struct snapshot *snapshot)
{
    return snapshot->xmin;
}

uint64_t snapshot_fingerprint(const struct snapshot *snapshot)
{
    return snapshot->fingerprint;
}

size_t snapshot_size(const struct snapshot *snapshot)
{
    size_t size = sizeof(*snapshot) + change_log_size(snapshot->log) +
                  snapshot->count * (2 + sizeof(*snapshot->expires) + sizeof(*snapshot->changed));
    if (snapshot->full != NULL) {
        size += shared_text_size(snapshot->full) + snapshot->count * sizeof(*snapshot->full_slot);
    }
    if (snapshot->compact != NULL) {
        size += shared_text_size(snapshot->compact);
    }
    return size;
}

static void make_full(struct snapshot *snapshot)
{
    turn_will_wait(); /* so many seats take as long as some waiting does */
    struct text text TEXT_AUTO = {0};
    snapshot->full_slot = memory_new(snapshot->count, sizeof(*snapshot->full_slot));
    text_add(&text, "{\"showId\":");
    text_add_json(&text, snapshot->show_id);
    text_add(&text, ",\"availability\":[");
    size_t head = text.length;
    for (size_t i = 0; i < snapshot->count; i++) {
        text_add(&text, i == 0 ? "{\"seatId\":" : ",{\"seatId\":");
        text_add_json(&text, seatmap_seat(snapshot->map, i)->id);
        text_add(&text, ",\"state\":");
        snapshot->full_slot[i] = (uint32_t)text.length;
        text_add(&text, slot_of(snapshot->letters[i]));
        text_add(&text, "}");
    }
    text_add(&text, "]}");
    snapshot->full = shared_text_new(text.data, text.length, head, FULL_CHUNK);
}

struct shared_body *snapshot_full(struct snapshot *snapshot)
{
    if (snapshot->full == NULL) {
        make_full(snapshot);
    }
    return shared_text_body(snapshot->full);
}

static void add_head(const struct snapshot *snapshot, struct text *text)
{
    text_add(text, "{\"showId\":");
    text_add_json(text, snapshot->show_id);
    text_add(text, ",\"version\":");
    text_add_json(text, snapshot->version);
}

struct shared_body *snapshot_compact(struct snapshot *snapshot)
{
    if (snapshot->compact == NULL) {
        struct text text TEXT_AUTO = {0};
        add_head(snapshot, &text);
        snapshot->compact_version = text.length - VERSION_SIZE; /* before the closing quote */
        text_add(&text, ",\"states\":\"");
        snapshot->compact_letters = text.length;
        text_add_bytes(&text, snapshot->letters, snapshot->count);
        text_add(&text, "\"}");
        snapshot->compact = shared_text_new(text.data, text.length, snapshot->compact_letters, COMPACT_CHUNK);
    }
    return shared_text_body(snapshot->compact);
}

const char *snapshot_version(const struct snapshot *snapshot)
{
    return snapshot->version;
}

/* Hex digits up to `end`, and nothing else. */
static bool read_hex(const char **at, char end, uint64_t *ret_number)
{
    size_t digits = strspn(*at, "0123456789abcdef");
    if (digits == 0 || digits > 16 || (*at)[digits] != end) {
        return false;
    }
    *ret_number = strtoull(*at, NULL, 16);
    *at += digits + (end != '\0' ? 1 : 0);
    return true;
}

static bool read_version(const struct snapshot *snapshot, const char *version, uint64_t *ret_xmin,
                         int64_t *ret_now)
{
    size_t length = ORIGIN_SIZE - 1;
    uint64_t now = 0;
    if (strncmp(version, snapshot->origin, length) != 0 || version[length] != '-') {
        return false;
    }
    const char *at = version + length + 1;
    if (!read_hex(&at, '-', ret_xmin) || !read_hex(&at, '\0', &now) || now > INT64_MAX) {
        return false;
    }
    *ret_now = (int64_t)now;
    return *ret_xmin <= snapshot->xmin; /* a later one was not given out by this database */
}

static void free_seats(uint32_t *seats)
{
    free(seats);
}
DEFINE_CLEANUP(uint32_t *, free_seats)

/* Adds the seat when it may differ from what a reader with this version knows; true when it was added. */
static bool add_change(const struct snapshot *snapshot, size_t index, uint64_t xmin, int64_t now, bool first,
                       struct text *text)
{
    bool was_live = snapshot->expires[index] > now;
    bool is_live = snapshot->expires[index] > snapshot->now;
    bool ended = snapshot->claim_state[index] == 'h' && was_live != is_live;
    if (!ended && (snapshot->changed[index] == 0 || snapshot->changed[index] < xmin)) {
        return false;
    }
    text_add(text, first ? "[" : ",[");
    text_add_number(text, (int64_t)index);
    text_add(text, ",\"");
    text_add_bytes(text, &snapshot->letters[index], 1);
    text_add(text, "\"]");
    return true;
}

bool snapshot_add_changes(const struct snapshot *snapshot, const char *version, struct text *text)
{
    uint64_t xmin = 0;
    int64_t now = 0;
    if (!read_version(snapshot, version, &xmin, &now)) {
        return false;
    }
    add_head(snapshot, text);
    text_add(text, ",\"changes\":[");
    CLEANUP(free_seats) uint32_t *seats = NULL;
    size_t count = snapshot->count;
    /* A version from after a step back of the clock: any hold may have come back since. */
    if (now <= snapshot->now && !change_log_since(snapshot->log, xmin, now, &seats, &count)) {
        count = snapshot->count;
    }
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        first = !add_change(snapshot, seats != NULL ? seats[i] : i, xmin, now, first, text) && first;
    }
    text_add(text, "]}");
    return true;
}
