/* password.c: yescrypt by libxcrypt, on a bounded number of threads. */
#include "common/password.h"

#include "common/identifier.h"
#include "common/memory.h"
#include "common/turn.h"
#include "common/unicode.h"
#include <crypt.h>
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>

static const char prefix[] = "$y$"; /* yescrypt */

struct password_hasher {
    unsigned long cost;
    sem_t slots;
    atomic_int places;       /* that are free */
    char *dummy;             /* the hash of a password nobody knows */
    struct metrics *metrics; /* NULL: nobody counts */
};

/* Makes what crypt(3) is given for a password. libxcrypt takes at most 511 bytes, and 128 characters may be
 * more. A longer password is replaced by its SHA-256, so that each of its bytes counts. */
static void make_phrase(const char *password, char ret_phrase[static CRYPT_MAX_PASSPHRASE_SIZE])
{
    size_t length = strlen(password);
    if (length < CRYPT_MAX_PASSPHRASE_SIZE) {
        memcpy(ret_phrase, password, length + 1);
    } else {
        sha256_hex(password, length, ret_phrase);
    }
}

/* Waits for a slot and runs crypt(3). False when libxcrypt refuses the setting. */
static bool run_crypt(struct password_hasher *hasher, const char *password, const char *setting,
                      char ret_hash[static CRYPT_OUTPUT_SIZE])
{
    turn_will_wait();
    while (sem_wait(&hasher->slots) != 0 && errno == EINTR) {
    }
    struct crypt_data *data = memory_new(1, sizeof(*data));
    metrics_add(hasher->metrics, METRIC_PASSWORDS_HASHED, 1);
    char phrase[CRYPT_MAX_PASSPHRASE_SIZE];
    make_phrase(password, phrase);
    const char *hash = crypt_rn(phrase, setting, data, sizeof(*data));
    explicit_bzero(phrase, sizeof(phrase));
    if (hash != NULL) {
        memcpy(ret_hash, data->output, CRYPT_OUTPUT_SIZE);
    }
    explicit_bzero(data, sizeof(*data));
    free(data);
    sem_post(&hasher->slots);
    return hash != NULL;
}

struct password_hasher *password_hasher_new(unsigned cost, unsigned concurrency, unsigned places)
{
    if (cost < 1 || cost > 11 || concurrency < 1 || places < 1) {
        return NULL;
    }
    struct password_hasher *hasher = memory_new(1, sizeof(*hasher));
    hasher->cost = cost;
    atomic_init(&hasher->places, (int)places);
    if (sem_init(&hasher->slots, 0, concurrency) != 0) {
        free(hasher);
        return NULL;
    }
    char unknown[48];
    secret_new(32, unknown, sizeof(unknown));
    hasher->dummy = password_hash(hasher, unknown);
    if (hasher->dummy == NULL) {
        password_hasher_free(hasher);
        return NULL;
    }
    return hasher;
}

void password_hasher_free(struct password_hasher *hasher)
{
    if (hasher == NULL) {
        return;
    }
    sem_destroy(&hasher->slots);
    free(hasher->dummy);
    free(hasher);
}

void password_hasher_count(struct password_hasher *hasher, struct metrics *metrics)
{
    hasher->metrics = metrics;
}

struct password_hasher *password_enter(struct password_hasher *hasher)
{
    int free_places = atomic_load(&hasher->places);
    while (free_places > 0) {
        if (atomic_compare_exchange_weak(&hasher->places, &free_places, free_places - 1)) {
            return hasher;
        }
    }
    return NULL;
}

void password_leave(struct password_hasher *entered)
{
    if (entered != NULL) {
        atomic_fetch_add(&entered->places, 1);
    }
}

char *password_hash(struct password_hasher *hasher, const char *password)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    char hash[CRYPT_OUTPUT_SIZE];
    char *prepared = unicode_opaque(arena, password);
    /* No random bytes given: libxcrypt takes them from the system. */
    const bool hashed = crypt_gensalt_rn(prefix, hasher->cost, NULL, 0, setting, sizeof(setting)) != NULL &&
                        run_crypt(hasher, prepared, setting, hash);
    explicit_bzero(prepared, strlen(prepared));
    return hashed ? memory_text(hash) : NULL;
}

static bool matches(struct password_hasher *hasher, const char *password, const char *hash)
{
    char computed[CRYPT_OUTPUT_SIZE];
    if (!run_crypt(hasher, password, hash != NULL ? hash : hasher->dummy, computed)) {
        return false;
    }
    return hash != NULL && secret_equal(computed, hash);
}

bool password_verify(struct password_hasher *hasher, const char *password, const char *hash)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    char *prepared = unicode_opaque(arena, password);
    /* Hashes of earlier releases were made of the password as it was typed. */
    const bool right = matches(hasher, prepared, hash) ||
                       (strcmp(prepared, password) != 0 && matches(hasher, password, hash));
    explicit_bzero(prepared, strlen(prepared));
    return right;
}
