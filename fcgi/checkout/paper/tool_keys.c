/* ticketing-keys: makes, changes and lists the keys that sign tickets (see key.h). Running responders
 * take the changed file up by themselves within a second.
 *
 *     ticketing-keys FILE init          makes the first key unless the file exists
 *     ticketing-keys FILE rotate        a new key signs from now on; the others only verify
 *     ticketing-keys FILE list
 *     ticketing-keys FILE remove ID     all that this key signed is refused from now on */
#include "common/clock.h"
#include "fcgi/checkout/paper/key_file.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int fail(const char *path, const char *problem)
{
    fprintf(stderr, "%s: %s\n", path, problem);
    return EXIT_FAILURE;
}

/* Checks before it writes: responders never meet a file they cannot use. */
static int replace(const char *path, const json_t *set)
{
    const char *problem = NULL;
    CLEANUP(ticket_ring_free) struct ticket_ring *ring = ticket_ring_parse(set, &problem);
    if (ring == NULL) {
        return fail(path, problem);
    }
    if (!ticket_key_file_write(path, set)) {
        return fail(path, strerror(errno));
    }
    printf("Key %s signs now.\n", ticket_ring_active(ring));
    return EXIT_SUCCESS;
}

static int rotate(const char *path, const json_t *set)
{
    json_auto_t *rotated = ticket_keys_rotate(set);
    return rotated == NULL ? fail(path, "there are too many keys; remove old ones first")
                           : replace(path, rotated);
}

static int list(const json_t *set)
{
    size_t index;
    const json_t *key;
    json_array_foreach(json_object_get(set, "keys"), index, key)
    {
        char made[RFC3339_SIZE];
        clock_format(json_integer_value(json_object_get(key, "iat")), made);
        printf("%s  made %s  %s\n", json_string_value(json_object_get(key, "kid")), made,
               json_object_get(key, "d") != NULL ? "signs" : "verifies only");
    }
    return EXIT_SUCCESS;
}

static int remove_key(const char *path, json_t *set, const char *key_id)
{
    json_t *keys = json_object_get(set, "keys");
    size_t index;
    json_t *key;
    json_array_foreach(keys, index, key)
    {
        const char *id = json_string_value(json_object_get(key, "kid"));
        if (id == NULL || strcmp(id, key_id) != 0) {
            continue;
        }
        if (json_object_get(key, "d") != NULL) {
            return fail(path, "this key signs: rotate first, then remove it");
        }
        json_array_remove(keys, index);
        return replace(path, set);
    }
    return fail(path, "there is no such key");
}

int main(int count, char *arguments[])
{
    const char *path = count > 2 ? arguments[1] : "";
    const char *verb = count > 2 ? arguments[2] : "";
    bool missing = false;
    CLEANUP(free) char *problem = NULL;
    json_auto_t *set = count > 2 ? ticket_key_file_read(path, &missing, &problem) : NULL;
    if (strcmp(verb, "init") == 0 && count == 3 && missing) {
        return rotate(path, NULL);
    }
    if (set == NULL && count > 2) {
        return fail(path, problem);
    }
    const char *fault = NULL;
    CLEANUP(ticket_ring_free) struct ticket_ring *ring = set == NULL ? NULL : ticket_ring_parse(set, &fault);
    if (set != NULL && ring == NULL) {
        return fail(path, fault);
    }
    if (strcmp(verb, "init") == 0 && count == 3) {
        return EXIT_SUCCESS;
    }
    if (strcmp(verb, "rotate") == 0 && count == 3) {
        return rotate(path, set);
    }
    if (strcmp(verb, "list") == 0 && count == 3) {
        return list(set);
    }
    if (strcmp(verb, "remove") == 0 && count == 4) {
        return remove_key(path, set, arguments[3]);
    }
    fprintf(stderr, "usage: ticketing-keys FILE init | rotate | list | remove ID\n");
    return 2;
}
