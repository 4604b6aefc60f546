/* live_follow.c: files that tell which shows have listeners. */
#include "fcgi/events/live_follow.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { TOLD_SIZE = LIVE_VERSION_SIZE + 8, SHOWS_MAX = 10000 };

static void path_of(const char *folder, const char *show_id, const char *ending,
                    char ret_path[static LIVE_PATH_SIZE])
{
    snprintf(ret_path, LIVE_PATH_SIZE, "%s/%s%s", folder, show_id, ending);
}

/* Writes the whole file under another name first: a reader never sees a part of it. False: not written. */
static bool write_aside(const char *folder, const char *show_id, const struct live_told *told,
                        char ret_path[static LIVE_PATH_SIZE])
{
    char unique[UUID_SIZE];
    uuid_new(unique);
    snprintf(ret_path, LIVE_PATH_SIZE, "%s/.%.8s.%s", folder, show_id, unique);
    FILE *file = fopen(ret_path, "we");
    if (file == NULL) {
        return false;
    }
    bool written = fprintf(file, "%s %d\n", told->version, told->over) > 0;
    return fclose(file) == 0 && written;
}

bool live_follow(const char *folder, const char *show_id, const struct live_told *known)
{
    char marker[LIVE_PATH_SIZE];
    path_of(folder, show_id, "", marker);
    if (utimensat(AT_FDCWD, marker, NULL, 0) == 0) {
        return true; /* the show has a listener already, or had one a moment ago */
    }
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        return false;
    }
    char aside[LIVE_PATH_SIZE];
    char told[LIVE_PATH_SIZE];
    path_of(folder, show_id, ".told", told);
    if (!write_aside(folder, show_id, known, aside)) {
        return false;
    }
    /* When two listeners come at once, the file of the first one stays: its version is the older one. */
    bool linked = link(aside, told) == 0 || errno == EEXIST;
    unlink(aside);
    CLEANUP(close) int fd = linked ? open(marker, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    return fd >= 0 && futimens(fd, NULL) == 0;
}

char (*live_followed(const char *folder, size_t *ret_count))[UUID_SIZE]
{
    *ret_count = 0;
    DIR *directory = opendir(folder);
    if (directory == NULL) {
        return NULL;
    }
    char(*shows)[UUID_SIZE] = NULL;
    size_t capacity = 0;
    const struct dirent *entry = NULL;
    while (*ret_count < SHOWS_MAX && (entry = readdir(directory)) != NULL) {
        if (strlen(entry->d_name) != UUID_SIZE - 1 || !uuid_is_valid(entry->d_name)) {
            continue;
        }
        if (*ret_count == capacity) {
            capacity = capacity == 0 ? 16 : 2 * capacity;
            char(*larger)[UUID_SIZE] = memory_new(capacity, UUID_SIZE);
            memcpy(larger, shows != NULL ? shows : larger, *ret_count * UUID_SIZE);
            free(shows);
            shows = larger;
        }
        memcpy(shows[(*ret_count)++], entry->d_name, UUID_SIZE);
    }
    closedir(directory);
    return shows;
}

bool live_read_told(const char *folder, const char *show_id, struct live_told *ret_told)
{
    char path[LIVE_PATH_SIZE];
    char text[TOLD_SIZE] = "";
    path_of(folder, show_id, ".told", path);
    CLEANUP(close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0) {
        return false;
    }
    char over = '0';
    if (sscanf(text, "%63s %c", ret_told->version, &over) != 2) {
        return false;
    }
    ret_told->over = over == '1';
    return true;
}

void live_write_told(const char *folder, const char *show_id, const struct live_told *told)
{
    char aside[LIVE_PATH_SIZE];
    char path[LIVE_PATH_SIZE];
    path_of(folder, show_id, ".told", path);
    if (!write_aside(folder, show_id, told, aside) || rename(aside, path) != 0) {
        unlink(aside);
    }
}

void live_leave(const char *folder, const char *show_id, int seconds)
{
    char marker[LIVE_PATH_SIZE];
    char leaving[LIVE_PATH_SIZE];
    path_of(folder, show_id, "", marker);
    path_of(folder, show_id, ".leaving", leaving);
    struct stat status;
    /* After the new name, nobody's coming can be missed: who comes now finds no marker and makes a new one.
     */
    if (stat(marker, &status) != 0 || clock_seconds() - status.st_mtim.tv_sec < seconds ||
        rename(marker, leaving) != 0 || stat(leaving, &status) != 0) {
        return;
    }
    if (clock_seconds() - status.st_mtim.tv_sec < seconds) {
        /* A listener came in between, and may have made another file since. */
        if (link(leaving, marker) != 0 && errno != EEXIST) {
            log_message(LOG_LEVEL_WARN, "live", "%s: %s", marker, strerror(errno));
        }
    } else {
        char told[LIVE_PATH_SIZE];
        path_of(folder, show_id, ".told", told);
        unlink(told);
    }
    unlink(leaving);
}

int live_lock(const char *folder)
{
    char path[LIVE_PATH_SIZE];
    snprintf(path, sizeof(path), "%s/lock", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}
