/* live.c: leads to the stream of a show, and publishes what changes. */
#include "fcgi/events/live.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/response_database.h"
#include "common/turn.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/availability_store.h"
#include "fcgi/events/events.h"
#include "fcgi/events/live_channel.h"
#include "fcgi/events/live_follow.h"
#include <stdio.h>
#include <string.h>

enum {
    PATH_SIZE = 108,       /* of a unix socket */
    LEAVE_SECONDS = 60,    /* how long a show is followed after the last listener came */
    COUNT_EVERY = 40,      /* rounds between two looks whether a quiet show still has listeners */
    MESSAGE_SLACK = 16384, /* a message longer than all seats and this tells the listeners to reload */
};

struct live {
    struct availability_store *store;
    char folder[PATH_SIZE]; /* of live_follow.h */
    char socket_path[PATH_SIZE];
    /* The publishing thread's own. */
    int lock; /* -1: another process publishes */
    unsigned round;
};

struct live *live_new(const char *run_directory, struct availability_store *store)
{
    struct live *live = memory_new(1, sizeof(*live));
    live->store = store;
    live->lock = -1;
    snprintf(live->folder, sizeof(live->folder), "%s/live", run_directory);
    snprintf(live->socket_path, sizeof(live->socket_path), "%s/live-publish.sock", run_directory);
    return live;
}

void live_free(struct live *live)
{
    if (live != NULL) {
        if (live->lock >= 0) {
            close(live->lock);
        }
        free(live);
    }
}

/* What is to be said about a show. */
struct news {
    struct text message; /* empty: nothing */
    struct live_told told;
    bool gone; /* the show, or its event: nothing will be said any more */
};

static void add_reload(struct news *news)
{
    text_release(&news->message);
    text_add(&news->message, "{\"version\":");
    text_add_json(&news->message, news->told.version);
    text_add(&news->message, ",\"reload\":true}");
}

/* `before`: what the listeners know; NULL: unknown. */
static void add_news(const struct snapshot *snapshot, const struct live_told *before, struct news *news)
{
    if (before != NULL && before->over == news->told.over &&
        strcmp(before->version, news->told.version) == 0) {
        return;
    }
    struct text changes TEXT_AUTO = {0};
    if (before == NULL || before->over != news->told.over ||
        !snapshot_add_changes(snapshot, before->version, &changes) ||
        changes.length > snapshot_seats(snapshot) + MESSAGE_SLACK) {
        add_reload(news);
        return;
    }
    text_add(&news->message, "{\"since\":");
    text_add_json(&news->message, before->version);
    text_add(&news->message, ",");
    text_add(&news->message, changes.data + 1);
}

struct news_reader {
    struct availability_reader reader; /* the first member: the store hands it back */
    const struct live_told *before;    /* NULL: unknown */
    struct news news;
    bool answered; /* false: the database does not answer; the next round asks again */
};

static void read_news(struct availability_reader *reader, const struct availability *show)
{
    struct news_reader *asker = (struct news_reader *)reader;
    struct news *news = &asker->news;
    asker->answered = show->status == DB_OK || show->status == DB_NONE;
    if (!asker->answered) {
        return;
    }
    news->gone = show->status == DB_NONE || !show->published;
    if (news->gone) {
        if (asker->before != NULL) {
            news->told = *asker->before;
        }
        add_reload(news);
    } else {
        snprintf(news->told.version, sizeof(news->told.version), "%s", snapshot_version(show->snapshot));
        news->told.over = show->over;
        add_news(show->snapshot, asker->before, news);
    }
}

static void publish_show(struct live *live, const char *show_id, bool count)
{
    struct live_told before;
    bool known = live_read_told(live->folder, show_id, &before);
    struct news_reader asker = {.reader = {.answer = read_news}, .before = known ? &before : NULL};
    struct news *news = &asker.news;
    long listeners = 1;
    availability_wait(live->store, show_id, &asker.reader);
    if (asker.answered) {
        if (news->message.length > 0) {
            if (live_channel_publish(live->socket_path, show_id, news->message.data, news->message.length,
                                     &listeners)) {
                live_write_told(live->folder, show_id, &news->told);
            }
        } else if (count && !live_channel_count(live->socket_path, show_id, &listeners)) {
            listeners = 0; /* the live nginx has gone, and its listeners with it */
        }
        if (listeners == 0 || news->gone) {
            live_leave(live->folder, show_id, news->gone ? 0 : LEAVE_SECONDS);
        }
    }
    text_release(&news->message);
}

void live_publish(struct live *live)
{
    if (live->lock < 0) {
        live->lock = live_lock(live->folder);
    }
    if (live->lock < 0) {
        return; /* nobody ever listened, or another process publishes */
    }
    size_t count = 0;
    char(*shows)[UUID_SIZE] = live_followed(live->folder, &count);
    live->round++;
    for (size_t i = 0; i < count && !turn_stopping(); i++) {
        publish_show(live, shows[i], (live->round + i) % COUNT_EVERY == 0);
    }
    free(shows);
}

/* Nobody listens here (the module nchan is not installed): ask for changes instead. */
static enum problem refuse(struct response *response)
{
    response_header(response, "Retry-After", "60");
    return response_problem(response, PROBLEM_UNAVAILABLE,
                            "There are no live updates here: ask for availability?since=<version>.");
}

/* A request for a stream that waits for what its listener will know from the beginning; in its own arena. */
struct listener {
    struct availability_reader reader; /* the first member: the store hands it back */
    struct request *request;
    struct response *response;
};

static enum problem answer_listener(const struct listener *listener, const struct availability *show)
{
    const struct live *live = events_of(listener->request)->live;
    const char *show_id = request_param(listener->request, "id");
    struct response *response = listener->response;
    if (show->status != DB_OK) {
        return response_database(response, show->status, PROBLEM_SHOW_NOT_FOUND);
    }
    if (!show->published) {
        return PROBLEM_SHOW_NOT_FOUND;
    }
    struct live_told known = {.over = show->over};
    snprintf(known.version, sizeof(known.version), "%s", snapshot_version(show->snapshot));
    if (access(live->socket_path, F_OK) != 0 || !live_follow(live->folder, show_id, &known)) {
        return refuse(response);
    }
    char target[64];
    snprintf(target, sizeof(target), "/-/live/shows/%s", show_id);
    response_header(response, "X-Accel-Redirect", target);
    return response_empty(response, 200);
}

static void read_known(struct availability_reader *reader, const struct availability *show)
{
    struct listener *listener = (struct listener *)reader;
    response_resume(listener->response, answer_listener(listener, show));
}

/* nginx takes the header for itself and sends the stream of that internal address. */
enum problem live_get(struct request *request, struct response *response)
{
    struct listener *listener = arena_alloc(request_arena(request), sizeof(*listener));
    *listener = (struct listener){
        .reader = {.answer = read_known},
        .request = request,
        .response = response,
    };
    availability_ask(events_of(request)->availability, request_param(request, "id"), &listener->reader);
    return PROBLEM_LATER;
}
