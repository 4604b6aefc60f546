/* key_file.c: the file of keys, and threads that borrow what was last read of it. */
#include "fcgi/checkout/paper/key_file.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LOOK_INTERVAL_US = 1000000, FILE_SIZE_MAX = 64 * 1024 };

/* What tells one content of the file from the next; rename(2) gives it a new inode. */
struct stamp {
    ino_t inode;
    off_t size;
    struct timespec changed;
};

/* A ring with its readers; freed when the last one has given it back and it is not the current one. */
struct shelf {
    struct ticket_ring *ring;
    size_t readers;
    struct shelf *older;
};

struct ticket_keys {
    const char *path;
    pthread_mutex_t mutex;
    struct shelf *newest; /* the current one, then those still being read */
    struct stamp stamp;
    int64_t next_look_us;
};

static char *describe(const char *what, const char *why)
{
    char *text = NULL;
    if (asprintf(&text, "%s: %s", what, why) < 0) {
        abort();
    }
    return text;
}

json_t *ticket_key_file_read(const char *path, bool *ret_missing, char **ret_problem)
{
    CLEANUP(close) int file = open(path, O_RDONLY | O_CLOEXEC);
    *ret_missing = file < 0 && errno == ENOENT;
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) {
        *ret_problem = describe("cannot be opened", strerror(errno));
        return NULL;
    }
    if (!S_ISREG(status.st_mode) || status.st_size > FILE_SIZE_MAX) {
        *ret_problem = describe("cannot be read", "it is not a file of at most 64 KiB");
        return NULL;
    }
    json_error_t error;
    json_t *set = json_loadfd(file, JSON_REJECT_DUPLICATES, &error);
    if (set == NULL) {
        *ret_problem = describe("is not JSON", error.text);
    }
    return set;
}

/* Makes the rename last: the folder's entry has to reach the disk too. */
static bool sync_folder(const char *path)
{
    CLEANUP(free) char *folder = memory_text(path);
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        slash[1] = '\0';
    }
    CLEANUP(close) int directory = open(slash == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory >= 0 && fsync(directory) == 0;
}

bool ticket_key_file_write(const char *path, const json_t *set)
{
    CLEANUP(free) char *next = NULL;
    if (asprintf(&next, "%s.XXXXXX", path) < 0) {
        abort();
    }
    CLEANUP(close) int file = mkostemp(next, O_CLOEXEC); /* mode 0600 */
    if (file < 0) {
        return false;
    }
    bool written = json_dumpfd(set, file, JSON_INDENT(2)) == 0 && fsync(file) == 0 && rename(next, path) == 0;
    if (!written) {
        int error = errno;
        unlink(next);
        errno = error;
        return false;
    }
    return sync_folder(path);
}

static bool read_stamp(const char *path, struct stamp *ret_stamp)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return false;
    }
    *ret_stamp = (struct stamp){status.st_ino, status.st_size, status.st_mtim};
    return true;
}

static bool same_stamp(const struct stamp *one, const struct stamp *other)
{
    return one->inode == other->inode && one->size == other->size &&
           one->changed.tv_sec == other->changed.tv_sec && one->changed.tv_nsec == other->changed.tv_nsec;
}

static struct ticket_ring *load(const char *path)
{
    bool missing = false;
    CLEANUP(free) char *problem = NULL;
    json_auto_t *set = ticket_key_file_read(path, &missing, &problem);
    const char *fault = problem;
    struct ticket_ring *ring = set == NULL ? NULL : ticket_ring_parse(set, &fault);
    if (ring == NULL) {
        log_message(LOG_LEVEL_ERROR, "ticket_keys.unusable", "TICKET_KEYS_FILE %s: %s", path, fault);
    }
    return ring;
}

static void shelve(struct ticket_keys *keys, struct ticket_ring *ring)
{
    struct shelf *shelf = memory_new(1, sizeof(*shelf));
    *shelf = (struct shelf){.ring = ring, .older = keys->newest};
    keys->newest = shelf;
}

/* Frees the rings that nobody reads any more, but for the newest. */
static void sweep(struct ticket_keys *keys)
{
    struct shelf *kept = keys->newest;
    while (kept != NULL && kept->older != NULL) {
        struct shelf *shelf = kept->older;
        if (shelf->readers > 0) {
            kept = shelf;
            continue;
        }
        kept->older = shelf->older;
        ticket_ring_free(shelf->ring);
        free(shelf);
    }
}

struct ticket_keys *ticket_keys_open(const char *path)
{
    struct stamp stamp = {0};
    (void)read_stamp(path, &stamp); /* before reading: what changes in between is read again */
    struct ticket_ring *ring = load(path);
    if (ring == NULL) {
        return NULL;
    }
    struct ticket_keys *keys = memory_new(1, sizeof(*keys));
    keys->path = path;
    keys->stamp = stamp;
    pthread_mutex_init(&keys->mutex, NULL);
    shelve(keys, ring);
    return keys;
}

void ticket_keys_free(struct ticket_keys *keys)
{
    if (keys == NULL) {
        return;
    }
    sweep(keys);
    assert(keys->newest->older == NULL && keys->newest->readers == 0);
    ticket_ring_free(keys->newest->ring);
    free(keys->newest);
    pthread_mutex_destroy(&keys->mutex);
    free(keys);
}

static void follow(struct ticket_keys *keys)
{
    int64_t now = clock_monotonic_us();
    if (now < keys->next_look_us) {
        return;
    }
    keys->next_look_us = now + LOOK_INTERVAL_US;
    struct stamp stamp;
    if (!read_stamp(keys->path, &stamp) || same_stamp(&stamp, &keys->stamp)) {
        return;
    }
    keys->stamp = stamp; /* also when it is unusable: it is said once, not every second */
    struct ticket_ring *ring = load(keys->path);
    if (ring != NULL) {
        log_message(LOG_LEVEL_INFO, "ticket_keys.loaded", "Key %s signs now.", ticket_ring_active(ring));
        shelve(keys, ring);
        sweep(keys);
    }
}

const struct ticket_ring *ticket_keys_borrow(struct ticket_keys *keys)
{
    pthread_mutex_lock(&keys->mutex);
    follow(keys);
    struct shelf *shelf = keys->newest;
    shelf->readers++;
    pthread_mutex_unlock(&keys->mutex);
    return shelf->ring;
}

void ticket_keys_return(struct ticket_keys *keys, const struct ticket_ring *ring)
{
    if (ring == NULL) {
        return;
    }
    pthread_mutex_lock(&keys->mutex);
    for (struct shelf *shelf = keys->newest; shelf != NULL; shelf = shelf->older) {
        if (shelf->ring == ring) {
            shelf->readers--;
            break;
        }
    }
    sweep(keys);
    pthread_mutex_unlock(&keys->mutex);
}
