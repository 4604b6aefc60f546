/* press.c: lets few threads draw tickets at once, in the order in which they came. Each place has fonts of
 * its own, so that memory is bounded by places and not by threads. */
#include "common/memory.h"
#include "common/turn.h"
#include "fcgi/checkout/paper/pdf.h"
#include "fcgi/checkout/paper/typeset.h"
#include <assert.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>

struct ticket_press {
    pthread_mutex_t mutex;
    pthread_cond_t left;
    int places;
    int free_places;
    int waiting; /* also those that were told of a free place and have not taken it yet */
    int waiting_max;
    uint64_t next_number; /* of a thread that comes; each waits until its number is served */
    uint64_t serving;
    struct typeset_fonts **fonts; /* those of the free places stand first; NULL: not loaded, or in use */
};

struct ticket_press *ticket_press_new(int places, int waiting_max)
{
    assert(places > 0 && waiting_max >= 0);
    struct ticket_press *press = memory_new(1, sizeof(*press));
    pthread_mutex_init(&press->mutex, NULL);
    pthread_cond_init(&press->left, NULL);
    press->places = places;
    press->free_places = places;
    press->waiting_max = waiting_max;
    press->fonts = memory_new((size_t)places, sizeof(struct typeset_fonts *));
    return press;
}

void ticket_press_free(struct ticket_press *press)
{
    if (press == NULL) {
        return;
    }
    for (int i = 0; i < press->places; i++) {
        typeset_fonts_free(press->fonts[i]);
    }
    free(press->fonts);
    pthread_cond_destroy(&press->left);
    pthread_mutex_destroy(&press->mutex);
    free(press);
}

/* With the mutex: waits until it is this thread's turn and a place is free, and takes the place. */
static void take_place(struct ticket_press *press)
{
    const uint64_t number = press->next_number++;
    press->waiting++;
    while (press->free_places == 0 || press->serving != number) {
        pthread_cond_wait(&press->left, &press->mutex);
    }
    press->waiting--;
    press->free_places--;
    press->serving++;
    pthread_cond_broadcast(&press->left); /* the next one may find a place free, too */
}

/* `crowd_max`: how many may wait when this thread comes. */
static struct typeset_fonts *enter(struct ticket_press *press, int crowd_max)
{
    turn_will_wait();
    pthread_mutex_lock(&press->mutex);
    if (press->waiting >= press->free_places && press->waiting - press->free_places >= crowd_max) {
        pthread_mutex_unlock(&press->mutex);
        return NULL;
    }
    take_place(press);
    struct typeset_fonts *fonts = press->fonts[press->free_places];
    press->fonts[press->free_places] = NULL; /* in use */
    pthread_mutex_unlock(&press->mutex);
    fonts = fonts != NULL ? fonts : typeset_fonts_new();
    typeset_fonts_use(fonts);
    return fonts;
}

struct typeset_fonts *ticket_press_enter(struct ticket_press *press)
{
    return enter(press, press->waiting_max);
}

struct typeset_fonts *ticket_press_wait(struct ticket_press *press)
{
    return enter(press, INT_MAX);
}

void ticket_press_leave(struct ticket_press *press, struct typeset_fonts *fonts)
{
    typeset_fonts_use(NULL);
    pthread_mutex_lock(&press->mutex);
    press->fonts[press->free_places] = fonts;
    press->free_places++;
    pthread_cond_broadcast(&press->left);
    pthread_mutex_unlock(&press->mutex);
}
