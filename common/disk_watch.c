/* disk_watch.c: asks the file system of the database's folder now and then, by statvfs(3). */
#include "common/disk_watch.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/statvfs.h>

enum { FRESH_US = 500 * 1000 };

struct disk_watch {
    const char *folder;
    int64_t low_bytes;
    int64_t full_bytes;
    _Atomic int64_t look_at_us; /* clock_monotonic_us() from which on it is looked again */
    _Atomic int64_t free_bytes; /* -1: unknown */
    _Atomic int state;          /* enum disk_state that was logged last */
};

struct disk_watch *disk_watch_new(const char *folder, int64_t low_bytes, int64_t full_bytes)
{
    struct disk_watch *watch = memory_new(1, sizeof(*watch));
    watch->folder = folder;
    watch->low_bytes = low_bytes;
    watch->full_bytes = full_bytes;
    atomic_init(&watch->look_at_us, 0);
    atomic_init(&watch->free_bytes, -1);
    atomic_init(&watch->state, DISK_UNKNOWN);
    return watch;
}

void disk_watch_free(struct disk_watch *watch)
{
    free(watch);
}

const char *disk_state_word(enum disk_state state)
{
    static const char *const words[] = {
        [DISK_UNKNOWN] = "unknown", [DISK_OK] = "ok", [DISK_LOW] = "low", [DISK_FULL] = "full"};
    return words[state];
}

static int64_t free_bytes_of(const char *folder)
{
    struct statvfs about;
    return statvfs(folder, &about) == 0 ? (int64_t)(about.f_bavail * about.f_frsize) : -1;
}

/* Only the thread that moves `look_at_us` asks the file system; all others use the state found before. */
static int64_t free_bytes_now(struct disk_watch *watch)
{
    int64_t now = clock_monotonic_us();
    int64_t due = atomic_load(&watch->look_at_us);
    if (now >= due && atomic_compare_exchange_strong(&watch->look_at_us, &due, now + FRESH_US)) {
        atomic_store(&watch->free_bytes, free_bytes_of(watch->folder));
    }
    return atomic_load(&watch->free_bytes);
}

static enum disk_state judge(const struct disk_watch *watch, int64_t free_bytes)
{
    if (free_bytes < 0) {
        return DISK_UNKNOWN;
    }
    if (free_bytes < watch->full_bytes) {
        return DISK_FULL;
    }
    return free_bytes < watch->low_bytes ? DISK_LOW : DISK_OK;
}

static void log_change(enum disk_state state, int64_t free_bytes)
{
    bool well = state == DISK_OK;
    struct log_line line;
    log_line_open(&line, well ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "databaseDisk");
    log_line_text(&line, "state", disk_state_word(state));
    log_line_number(&line, "freeBytes", free_bytes);
    log_line_write(&line);
}

struct disk_space disk_watch_look(struct disk_watch *watch)
{
    if (watch == NULL || watch->folder == NULL) {
        return (struct disk_space){.state = DISK_UNKNOWN};
    }
    int64_t free_bytes = free_bytes_now(watch);
    enum disk_state state = judge(watch, free_bytes);
    if (atomic_exchange(&watch->state, (int)state) != (int)state) {
        log_change(state, free_bytes);
    }
    return (struct disk_space){.state = state,
                               .free_bytes = free_bytes >= 0 ? free_bytes : 0,
                               .low_bytes = watch->low_bytes,
                               .full_bytes = watch->full_bytes};
}
