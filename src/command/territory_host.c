/* command/territory_host.c: see the header. Ctrl-C is read from a descriptor: no global flag. */
#include "command/territory_host.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { THREAD_MAX = 64 };

static int64_t now_us(void)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct crew {
    void (*body)(void *, size_t);
    void *arg;
    size_t count, next;
};

static void *crew_work(void *ctx)
{
    struct crew *crew = ctx;

    for (;;) {
        size_t at = __atomic_fetch_add(&crew->next, 1, __ATOMIC_RELAXED);

        if (at >= crew->count) {
            return NULL;
        }
        crew->body(crew->arg, at);
    }
}

/* A thread that cannot be had is no failure: the others do its share. */
static void run_crew(void *ctx, size_t count, void (*body)(void *, size_t), void *arg)
{
    const struct territory_host *host = ctx;
    struct crew crew = {body, arg, count, 0};
    pthread_t thread[THREAD_MAX];
    size_t started = 0;

    while (started + 1 < host->thread_count && started + 1 < count &&
           pthread_create(&thread[started], NULL, crew_work, &crew) == 0) {
        started++;
    }
    (void)crew_work(&crew); /* always NULL */
    while (started > 0) {
        (void)pthread_join(thread[--started], NULL); /* a thread of ours: cannot fail */
    }
}

static bool keep_going(void *ctx)
{
    struct territory_host *host = ctx;
    struct signalfd_siginfo info;

    if (__atomic_load_n(&host->is_stopped, __ATOMIC_RELAXED) != 0) {
        return false;
    }
    if ((host->stop_us > 0 && now_us() >= host->stop_us) ||
        (host->signal_fd >= 0 && read(host->signal_fd, &info, sizeof(info)) > 0)) {
        __atomic_store_n(&host->is_stopped, 1, __ATOMIC_RELAXED);
        return false;
    }
    return true;
}

static void report(void *ctx, const struct cox_territory_progress *progress)
{
    struct territory_host *host = ctx;

    if (host->stage == NULL || strcmp(host->stage, progress->stage) != 0) {
        cox_progress_done(&host->progress);
        cox_progress_init(&host->progress, progress->stage, 100);
        host->stage = progress->stage;
    }
    cox_progress_at(&host->progress, (int64_t)(100 * progress->done));
}

enum cox_rc territory_host_init(struct territory_host *host, const struct cox_cli *cli,
    struct cox_err *reterr)
{
    int64_t threads, seconds, cores = sysconf(_SC_NPROCESSORS_ONLN);
    sigset_t interrupt;

    COX_TRY(cox_cli_int(cli, "threads", 1, THREAD_MAX,
        cores < 1            ? 1
        : cores > THREAD_MAX ? THREAD_MAX
                             : cores,
        &threads, reterr));
    COX_TRY(cox_cli_int(cli, "time", 1, 1000000, 0, &seconds, reterr));
    *host = (struct territory_host){.thread_count = (size_t)threads, .start_us = now_us()};
    host->stop_us = seconds > 0 ? host->start_us + seconds * 1000000 : 0;
    host->host = (struct cox_territory_host){host, run_crew, keep_going, report};
    cox_progress_init(&host->progress, "territories", 100);
    (void)sigemptyset(&interrupt); /* valid arguments: cannot fail */
    (void)sigaddset(&interrupt, SIGINT);
    host->signal_fd = -1;
    if (pthread_sigmask(SIG_BLOCK, &interrupt, NULL) == 0) {
        host->signal_fd = signalfd(-1, &interrupt, SFD_NONBLOCK | SFD_CLOEXEC);
    }
    return COX_OK;
}

void territory_host_done(struct territory_host *host)
{
    sigset_t interrupt;

    cox_progress_done(&host->progress);
    if (host->signal_fd >= 0) {
        (void)close(host->signal_fd); /* only read from: nothing can be lost */
    }
    (void)sigemptyset(&interrupt);
    (void)sigaddset(&interrupt, SIGINT);
    (void)pthread_sigmask(SIG_UNBLOCK, &interrupt, NULL); /* valid arguments: cannot fail */
}

double territory_host_seconds(const struct territory_host *host)
{
    return (double)(now_us() - host->start_us) * 1e-6;
}

/* From /proc: getrusage would count what the parent held before exec. */
int64_t territory_host_peak(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long long kib = 0;

    if (file == NULL) {
        return 0;
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kib = strtoll(line + 6, NULL, 10);
        }
    }
    (void)fclose(file); /* only read from */
    return (int64_t)kib * 1024;
}

double territory_host_cpu_seconds(void)
{
    struct timespec used = {0, 0};

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used); /* cannot fail with this clock */
    return (double)used.tv_sec + (double)used.tv_nsec * 1e-9;
}
