/* Allocation and arenas: zeroed, aligned, reusable; exhaustion ends the process. */
#include "common/memory.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static bool is_zero(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void memory_is_zeroed(void **state)
{
    (void)state;
    unsigned char *bytes = memory_new(100, 7);
    assert_true(is_zero(bytes, 700));
    free(bytes);
    free(memory_new(0, 8));
    char *text = memory_text("Mỹ Đình");
    assert_string_equal(text, "Mỹ Đình");
    free(text);
}

static void arena_memory_is_aligned_and_zeroed_also_when_reused(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size < 2000; size = size * 2 + 1) {
            unsigned char *bytes = arena_alloc(arena, size);
            assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
            assert_true(is_zero(bytes, size));
            memset(bytes, 0xa5, size);
        }
        arena_reset(arena);
    }
}

static void allocations_do_not_overlap(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    enum { COUNT = 3000 };
    unsigned char **all = memory_new(COUNT, sizeof(*all));
    for (size_t i = 0; i < COUNT; i++) {
        all[i] = arena_alloc(arena, 1 + i % 97);
        memset(all[i], (int)(i % 251), 1 + i % 97);
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t byte = 0; byte < 1 + i % 97; byte++) {
            assert_int_equal(all[i][byte], i % 251);
        }
    }
    free(all);
}

static void large_and_empty_allocations_work(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    unsigned char *large = arena_alloc(arena, 5 * 1024 * 1024);
    memset(large, 1, 5 * 1024 * 1024);
    void *one = arena_alloc(arena, 0);
    void *other = arena_alloc(arena, 0);
    assert_ptr_not_equal(one, other);
}

static void reset_keeps_the_first_block(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    void *first = arena_alloc(arena, 64);
    (void)arena_alloc(arena, 100000);
    arena_reset(arena);
    assert_ptr_equal(arena_alloc(arena, 64), first);
}

static void text_is_formatted_into_the_arena(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    assert_string_equal(arena_text(arena, ""), "");
    assert_string_equal(arena_printf(arena, "%s[%zu]", "seats", (size_t)3), "seats[3]");
    char long_text[40000];
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    assert_int_equal(strlen(arena_printf(arena, "%s!", long_text)), sizeof(long_text));
    arena_free(NULL);
}

/* Runs `action` in a child; true when the child did not get past it. */
static bool is_deadly(void (*action)(void))
{
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(null, STDERR_FILENO);
        action();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static volatile size_t huge = SIZE_MAX / 2 + 1; /* volatile: the compiler must not see the overflow */

static void overflow_memory_new(void)
{
    free(memory_new(huge, 4));
}

static void overflow_arena(void)
{
    (void)arena_alloc(arena_new(), huge * 2 - 1);
}

static void exhaustion_ends_the_process(void **state)
{
    (void)state;
    assert_true(is_deadly(overflow_memory_new));
    assert_true(is_deadly(overflow_arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed),
        cmocka_unit_test(arena_memory_is_aligned_and_zeroed_also_when_reused),
        cmocka_unit_test(allocations_do_not_overlap),
        cmocka_unit_test(large_and_empty_allocations_work),
        cmocka_unit_test(reset_keeps_the_first_block),
        cmocka_unit_test(text_is_formatted_into_the_arena),
        cmocka_unit_test(exhaustion_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
