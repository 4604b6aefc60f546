/* seatmap_names.c: the names in a template that is stored anew are lines of visible characters. */
#include "common/seatmap_names.h"

#include "common/seatmap_member.h"
#include "common/unicode.h"
#include <stdio.h>

static void check_name(struct arena *arena, const json_t *object, const char *parent,
                       struct fault_list *faults)
{
    const char *name = json_string_value(json_object_get(object, "name"));
    const char *problem = name != NULL ? unicode_line_problem(arena, name) : NULL;
    if (problem != NULL) {
        char path[MEMBER_PATH_SIZE];
        member_path(parent, "name", path);
        fault_add(faults, path, "%s", problem);
    }
}

void seatmap_names_check(struct arena *arena, const json_t *template, struct fault_list *faults)
{
    check_name(arena, template, "", faults);
    check_name(arena, json_object_get(template, "stage"), "stage", faults);
    check_name(arena, json_object_get(template, "pitch"), "pitch", faults);
    const json_t *zones = json_object_get(template, "zones");
    for (size_t i = 0; i < json_array_size(zones); i++) {
        char parent[MEMBER_PATH_SIZE];
        snprintf(parent, sizeof(parent), "zones[%zu]", i);
        check_name(arena, json_array_get(zones, i), parent, faults);
    }
}
