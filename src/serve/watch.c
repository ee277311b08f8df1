/*
 * serve/watch.c: a thread that sleeps until SQLite's log file is written or closed by anybody. A write is seen
 * before its commit is, so that one looks again a little later; a close comes after. PostgreSQL tells
 * nobody: there one looks four times a second.
 */
#include "serve/watch.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "record/head.h"

enum { AGAIN_MS = 50, LOOK_MS = 250 };

struct cox_watch {
    struct cox_store *store;
    const struct cox_log *log;
    int inotify_fd, stop_fd; /* inotify_fd -1: look every LOOK_MS */
    pthread_t thread;
};

static void look(struct cox_watch *watch, bool *is_failing)
{
    struct cox_err err;
    bool is_failed = cox_store_look(watch->store, &err) != COX_OK;

    if (is_failed && !*is_failing) { /* once for each outage */
        cox_log_err(watch->log, COX_LOG_ERROR, "store_lost", &err);
    }
    *is_failing = is_failed;
}

static void *run(void *arg)
{
    struct cox_watch *watch = arg;
    struct pollfd fds[2] = {{.fd = watch->stop_fd, .events = POLLIN},
        {.fd = watch->inotify_fd, .events = POLLIN}};
    bool is_failing = false;
    int timeout = watch->inotify_fd < 0 ? LOOK_MS : -1;

    for (;;) {
        int count = poll(fds, watch->inotify_fd < 0 ? 1 : 2, timeout);
        char events[4096];
        if (count < 0 && errno != EINTR) {
            return NULL;
        }
        if (count > 0 && fds[0].revents != 0) {
            return NULL;
        }
        look(watch, &is_failing);
        if (watch->inotify_fd >= 0) {
            bool is_event = count > 0 && fds[1].revents != 0;
            if (is_event) {
                (void)!read(watch->inotify_fd, events, sizeof(events)); /* none: as good */
            }
            timeout = is_event ? AGAIN_MS : -1;
        }
    }
}

/* -1 where it cannot be had: the file system does not tell, or there are no watches left. */
static int watch_log(const char *path)
{
    char name[4096];
    int size = snprintf(name, sizeof(name), "%s-wal", path);
    int fd = size < 0 || size >= (int)sizeof(name) ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    if (fd >= 0 && inotify_add_watch(fd, name, IN_MODIFY | IN_CLOSE_WRITE) < 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

enum cox_rc cox_watch_open(struct cox_store *store, const struct cox_log *log,
    struct cox_watch **ret_watch, struct cox_err *reterr)
{
    struct cox_watch *watch = calloc(1, sizeof(*watch));

    if (watch == NULL) {
        return cox_no_memory(reterr);
    }
    watch->store = store;
    watch->log = log;
    watch->stop_fd = eventfd(0, EFD_CLOEXEC);
    watch->inotify_fd =
        cox_store_engine(store) == COX_SQLITE ? watch_log(cox_store_url(store)) : -1;
    if (watch->stop_fd < 0 || pthread_create(&watch->thread, NULL, run, watch) != 0) {
        (void)close(watch->stop_fd);
        (void)close(watch->inotify_fd);
        free(watch);
        return cox_fail(reterr, COX_NO_MEMORY, "the thread that watches the store does not start");
    }
    *ret_watch = watch;
    return COX_OK;
}

void cox_watch_close(struct cox_watch *watch)
{
    const uint64_t one = 1;

    if (watch == NULL) {
        return;
    }
    (void)!write(watch->stop_fd, &one, sizeof(one)); /* cannot be full */
    (void)pthread_join(watch->thread, NULL);         /* it ends by that */
    (void)close(watch->stop_fd);
    if (watch->inotify_fd >= 0) {
        (void)close(watch->inotify_fd);
    }
    free(watch);
}
