#include "common/memory.h"
#include "common/turn.h"
#include "fcgi/checkout/paper/pdf.h"
#include "fcgi/checkout/paper/typeset.h"
#include <assert.h>
#include <pthread.h>

enum { WAITING_MAX_PER_PLACE = 8 };

struct ticket_press {
    pthread_mutex_t mutex;
    pthread_cond_t left;
    int places;
    int free_places;
    int waiting;
    bool used; /* fonts have been loaded */
};

struct ticket_press *ticket_press_new(int places)
{
    assert(places > 0);
    struct ticket_press *press = memory_new(1, sizeof(*press));
    pthread_mutex_init(&press->mutex, NULL);
    pthread_cond_init(&press->left, NULL);
    press->places = places;
    press->free_places = places;
    return press;
}

void ticket_press_free(struct ticket_press *press)
{
    if (press != NULL) {
        if (press->used) {
            ticket_type_release();
        }
        pthread_cond_destroy(&press->left);
        pthread_mutex_destroy(&press->mutex);
        free(press);
    }
}

bool ticket_press_enter(struct ticket_press *press)
{
    turn_will_wait();
    pthread_mutex_lock(&press->mutex);
    bool admitted = press->waiting < press->places * WAITING_MAX_PER_PLACE;
    if (admitted) {
        press->waiting++;
        while (press->free_places == 0) {
            pthread_cond_wait(&press->left, &press->mutex);
        }
        press->waiting--;
        press->free_places--;
        press->used = true;
    }
    pthread_mutex_unlock(&press->mutex);
    return admitted;
}

void ticket_press_leave(struct ticket_press *press)
{
    pthread_mutex_lock(&press->mutex);
    press->free_places++;
    pthread_cond_signal(&press->left);
    pthread_mutex_unlock(&press->mutex);
}
