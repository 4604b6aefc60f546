/* shared_read.c: readers who come at once share one question to the database. */
#include "fcgi/events/shared_read.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/response_database.h"
#include "common/turn.h"
#include "fcgi/events/answer.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/queue.h>

enum { BUCKETS = 1024 };

/* An answer's body; never changes. */
struct kept_body {
    atomic_uint references;
    char tag[ANSWER_TAG_SIZE];
    struct response_piece piece;
    char *text;
};

/* A request that waits; in its own arena. */
struct asker {
    struct request *request;
    struct response *response;
    STAILQ_ENTRY(asker) next;
};
STAILQ_HEAD(asker_list, asker);

struct entry {
    struct turn_work work;
    struct shared_reads *reads;
    const struct shared_question *question;
    char *key;

    /* Guarded by the lock of `reads`. */
    LIST_ENTRY(entry) in_bucket;
    TAILQ_ENTRY(entry) by_use;
    size_t size; /* bytes, as counted in the sum */
    bool busy;   /* some thread reads it, or will */
    struct asker_list askers;

    /* Of that thread. */
    struct db_result *rows; /* what `body` was made of; NULL: none */
    struct kept_body *body;
};
LIST_HEAD(bucket, entry);
TAILQ_HEAD(use_list, entry);

struct shared_reads {
    size_t bytes_max;

    pthread_mutex_t lock; /* guards what follows */
    size_t bytes, count;
    size_t waiting; /* requests not yet answered, of all entries */
    struct bucket buckets[BUCKETS];
    struct use_list by_use; /* the newest first */
};

struct shared_reads *shared_reads_new(size_t bytes)
{
    struct shared_reads *reads = memory_new(1, sizeof(*reads));
    reads->bytes_max = bytes;
    pthread_mutex_init(&reads->lock, NULL);
    for (size_t i = 0; i < BUCKETS; i++) {
        LIST_INIT(&reads->buckets[i]);
    }
    TAILQ_INIT(&reads->by_use);
    return reads;
}

static void body_release(void *owner)
{
    struct kept_body *body = owner;
    if (body != NULL && atomic_fetch_sub_explicit(&body->references, 1, memory_order_acq_rel) == 1) {
        free(body->text);
        free(body);
    }
}

/* Takes the text over. */
static struct kept_body *body_new(char *text)
{
    struct kept_body *body = memory_new(1, sizeof(*body));
    atomic_init(&body->references, 1);
    body->text = text;
    body->piece = (struct response_piece){.data = text, .length = strlen(text)};
    answer_tag(text, body->piece.length, body->tag);
    return body;
}

static void forget_body(struct entry *entry)
{
    body_release(entry->body);
    db_result_free(entry->rows);
    entry->body = NULL;
    entry->rows = NULL;
}

/* With the lock; the entry is not busy. */
static void remove_entry(struct shared_reads *reads, struct entry *entry)
{
    LIST_REMOVE(entry, in_bucket);
    TAILQ_REMOVE(&reads->by_use, entry, by_use);
    reads->bytes -= entry->size;
    reads->count--;
    forget_body(entry);
    free(entry->key);
    free(entry);
}

void shared_reads_free(struct shared_reads *reads)
{
    if (reads == NULL) {
        return;
    }
    while (!TAILQ_EMPTY(&reads->by_use)) {
        remove_entry(reads, TAILQ_FIRST(&reads->by_use));
    }
    pthread_mutex_destroy(&reads->lock);
    free(reads);
}

/* FNV-1a (Fowler, Noll, Vo). */
static size_t bucket_of(const char *key)
{
    uint32_t hash = 2166136261u;
    for (const char *at = key; *at != '\0'; at++) {
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    }
    return hash % BUCKETS;
}

static void read_deferred(struct turn_work *work);

/* Finds or makes the entry, as the one used last. With the lock. */
static struct entry *find_entry(struct shared_reads *reads, const struct shared_question *question,
                                const char *key)
{
    struct bucket *bucket = &reads->buckets[bucket_of(key)];
    struct entry *entry;
    LIST_FOREACH(entry, bucket, in_bucket)
    {
        // cppcheck-suppress uninitvar ; LIST_FOREACH (queue(3)) sets it
        if (strcmp(entry->key, key) == 0) {
            TAILQ_REMOVE(&reads->by_use, entry, by_use);
            TAILQ_INSERT_HEAD(&reads->by_use, entry, by_use);
            return entry;
        }
    }
    size_t length = strlen(key) + 1;
    entry = memory_new(1, sizeof(*entry));
    entry->work.run = read_deferred;
    entry->reads = reads;
    entry->question = question;
    entry->key = memory_new(length, 1);
    memcpy(entry->key, key, length);
    STAILQ_INIT(&entry->askers);
    LIST_INSERT_HEAD(bucket, entry, in_bucket);
    TAILQ_INSERT_HEAD(&reads->by_use, entry, by_use);
    reads->count++;
    return entry;
}

/* What was asked for longest ago makes room. With the lock. */
static void make_room(struct shared_reads *reads)
{
    struct entry *next = TAILQ_LAST(&reads->by_use, use_list);
    while (next != NULL && (reads->bytes > reads->bytes_max || reads->count > SHARED_READS_KEPT_MAX)) {
        struct entry *candidate = next;
        next = TAILQ_PREV(candidate, use_list, by_use);
        if (!candidate->busy) {
            remove_entry(reads, candidate);
        }
    }
}

static enum db_status render(const struct entry *entry, struct request *request, const struct db_result *rows,
                             char **ret_text)
{
    if (entry->question->write != NULL) {
        return entry->question->write(request, rows, ret_text);
    }
    json_auto_t *body = NULL;
    enum db_status status = entry->question->render(request, rows, &body);
    if (status != DB_OK) {
        return status;
    }
    *ret_text = json_dumps(body, JSON_COMPACT);
    return *ret_text != NULL ? DB_OK : DB_FAILED;
}

/* Asks the database, and renders only what is not as it was. */
static enum db_status read_entry(struct entry *entry, struct request *request)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = entry->question->ask(request, &rows);
    if (status != DB_OK || (entry->rows != NULL && db_same(entry->rows, rows))) {
        return status;
    }
    char *text = NULL;
    status = render(entry, request, rows, &text);
    if (status == DB_OK) {
        forget_body(entry);
        entry->body = body_new(text);
        entry->rows = rows;
        rows = NULL; /* the entry's own now */
    }
    return status;
}

static enum problem answer_body(struct response *response, struct kept_body *body)
{
    response_etag(response, "%s", body->tag);
    if (response_not_modified(response)) {
        return response_empty(response, 304);
    }
    atomic_fetch_add_explicit(&body->references, 1, memory_order_relaxed);
    return response_shared(response, 200, "application/json", &body->piece, 1, body_release, body);
}

/* Answers one request; its asker is gone afterwards. */
static void answer(const struct entry *entry, const struct asker *asker, enum db_status status)
{
    struct response *response = asker->response;
    response_resume(response, status == DB_OK
                                  ? answer_body(response, entry->body)
                                  : response_database(response, status, entry->question->missing));
}

/* Answers all that wait for the entry's next read. Called and returns with the lock, which it lets go
 * meanwhile. True when more have come; else the entry may be gone. */
static bool answer_askers(struct shared_reads *reads, struct entry *entry)
{
    struct asker_list askers = STAILQ_HEAD_INITIALIZER(askers);
    STAILQ_CONCAT(&askers, &entry->askers);
    pthread_mutex_unlock(&reads->lock);
    enum db_status status = read_entry(entry, STAILQ_FIRST(&askers)->request);
    size_t answered = 0;
    log_hold();
    while (!STAILQ_EMPTY(&askers)) {
        const struct asker *asker = STAILQ_FIRST(&askers);
        STAILQ_REMOVE_HEAD(&askers, next);
        answer(entry, asker, status);
        answered++;
    }
    log_release();
    pthread_mutex_lock(&reads->lock);
    reads->waiting -= answered;
    reads->bytes -= entry->size;
    entry->size =
        sizeof(*entry) + (entry->body != NULL ? 2 * entry->body->piece.length : 0); /* and its rows */
    reads->bytes += entry->size;
    entry->busy = !STAILQ_EMPTY(&entry->askers);
    bool more = entry->busy;
    if (!more && status == DB_NONE) {
        remove_entry(reads, entry); /* not worth keeping */
    }
    make_room(reads);
    return more;
}

/* Does one read after the other, as long as requests wait. Between two reads the thread goes on reading the
 * connections. */
static void serve(struct shared_reads *reads, struct entry *entry)
{
    pthread_mutex_lock(&reads->lock);
    while (answer_askers(reads, entry) && !turn_defer(&entry->work)) {
    }
    pthread_mutex_unlock(&reads->lock);
}

static void read_deferred(struct turn_work *work)
{
    struct entry *entry = (struct entry *)((char *)work - offsetof(struct entry, work));
    serve(entry->reads, entry);
}

enum problem shared_read(struct shared_reads *reads, const struct shared_question *question,
                         const char *query, struct request *request, struct response *response)
{
    struct arena *arena = request_arena(request);
    const char *key = arena_printf(arena, "%c%s?%s", request_has_role(request, ROLE_ADMIN) ? 'a' : 'p',
                                   request_path(request), query != NULL ? query : "");
    struct asker *asker = arena_alloc(arena, sizeof(*asker));
    *asker = (struct asker){.request = request, .response = response};
    pthread_mutex_lock(&reads->lock);
    if (reads->waiting >= SHARED_READS_WAITING_MAX) {
        pthread_mutex_unlock(&reads->lock);
        return response_database(response, DB_UNAVAILABLE, question->missing);
    }
    struct entry *entry = find_entry(reads, question, key);
    STAILQ_INSERT_TAIL(&entry->askers, asker, next);
    reads->waiting++;
    bool reads_now = !entry->busy;
    entry->busy = true;
    pthread_mutex_unlock(&reads->lock);
    if (reads_now && !turn_defer(&entry->work)) {
        serve(reads, entry);
    }
    return PROBLEM_LATER;
}
