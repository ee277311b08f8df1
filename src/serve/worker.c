/* serve/worker.c: threads that run what may wait: handlers, pulls of streams. First come, first served. */
#include <stdlib.h>

#include "serve/inside.h"

struct cox_workers {
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    struct cox_task *first, **last;
    unsigned queued, queue_max, idle;
    bool is_closing;
    unsigned count;
    pthread_t threads[];
};

static void *work(void *arg)
{
    struct cox_workers *workers = arg;

    (void)pthread_mutex_lock(&workers->lock); /* a plain mutex: fails on misuse only */
    for (;;) {
        while (workers->first == NULL && !workers->is_closing) {
            workers->idle++;
            (void)pthread_cond_wait(&workers->wanted, &workers->lock);
            workers->idle--;
        }
        struct cox_task *task = workers->first;
        if (task == NULL) {
            break;
        }
        workers->first = task->next;
        if (workers->first == NULL) {
            workers->last = &workers->first;
        }
        workers->queued--;
        (void)pthread_mutex_unlock(&workers->lock);
        task->run(task);
        (void)pthread_mutex_lock(&workers->lock);
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return NULL;
}

enum cox_rc cox_workers_open(struct cox_server *server, struct cox_err *reterr)
{
    unsigned count = server->limits.worker_count;
    struct cox_workers *workers =
        cox_arena_alloc(server->arena, sizeof(*workers) + count * sizeof(pthread_t));

    if (workers == NULL) {
        return cox_no_memory(reterr);
    }
    workers->last = &workers->first;
    workers->queue_max = server->limits.queue_max;
    (void)pthread_mutex_init(&workers->lock, NULL); /* default attributes: cannot fail */
    (void)pthread_cond_init(&workers->wanted, NULL);
    server->workers = workers;
    for (; workers->count < count; workers->count++) {
        if (pthread_create(&workers->threads[workers->count], NULL, work, workers) != 0) {
            return cox_fail(reterr, COX_NO_MEMORY, "a worker thread cannot be started");
        }
    }
    return COX_OK;
}

bool cox_workers_add(struct cox_workers *workers, struct cox_task *task)
{
    (void)pthread_mutex_lock(&workers->lock);
    bool fits = workers->queued < workers->queue_max;
    if (fits) {
        task->next = NULL;
        *workers->last = task;
        workers->last = &task->next;
        workers->queued++;
        if (workers->idle > 0) {
            (void)pthread_cond_signal(&workers->wanted);
        }
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return fits;
}

unsigned cox_workers_queue(struct cox_workers *workers)
{
    (void)pthread_mutex_lock(&workers->lock);
    unsigned queued = workers->queued;
    (void)pthread_mutex_unlock(&workers->lock);
    return queued;
}

void cox_workers_close(struct cox_workers *workers)
{
    if (workers == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&workers->lock);
    workers->is_closing = true;
    (void)pthread_cond_broadcast(&workers->wanted);
    (void)pthread_mutex_unlock(&workers->lock);
    for (unsigned i = 0; i < workers->count; i++) {
        (void)pthread_join(workers->threads[i], NULL); /* they only end by themselves */
    }
}
