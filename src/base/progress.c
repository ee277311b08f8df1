/* base/progress.c: a line that is written over itself. */
#include "base/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { EVERY_US = 100000, FIRST_US = 300000, LINE_MAX_SIZE = 160 };

static int64_t monotonic_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void cox_progress_init(struct cox_progress *progress, const char *what, int64_t total)
{
    if (progress == NULL) {
        return;
    }
    int64_t now_us = monotonic_us();
    *progress = (struct cox_progress){.what = what,
        .total = total,
        .start_us = now_us,
        .shown_us = now_us + FIRST_US - EVERY_US, /* short work shows nothing */
        .fd = STDERR_FILENO,
        .is_on = isatty(STDERR_FILENO) == 1};
}

/* 1234567 as 1,234,567; number >= 0. */
static void group(int64_t number, char ret_text[32])
{
    char plain[24];
    int length = snprintf(plain, sizeof(plain), "%lld", (long long)number);
    size_t out = 0;

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            ret_text[out++] = ',';
        }
        ret_text[out++] = plain[i];
    }
    ret_text[out] = '\0';
}

void cox_progress_format(const struct cox_progress *progress, int64_t now_us, char *ret_text,
    uint64_t size)
{
    char done[32], total[32], rate_text[32], of[80] = "", left[48] = "";
    int64_t spent_us = now_us > progress->start_us ? now_us - progress->start_us : 1;
    double rate = (double)progress->done * 1e6 / (double)spent_us;
    int64_t rest = progress->total - progress->done;

    group(progress->done < 0 ? 0 : progress->done, done);
    group(rate < 0 || rate > 1e15 ? 0 : (int64_t)rate, rate_text);
    if (progress->total > 0) {
        group(progress->total, total);
        (void)snprintf(of, sizeof(of), " of %s (%d %%)", total,
            (int)(100.0 * (double)progress->done / (double)progress->total));
        if (rest > 0 && rate > 0 && (double)rest / rate < 1e6) {
            (void)snprintf(left, sizeof(left), ", %d s left", (int)((double)rest / rate) + 1);
        }
    }
    (void)snprintf(ret_text, size, "%s: %s%s, %s/s%s", progress->what, done, of, rate_text, left);
}

void cox_progress_at(struct cox_progress *progress, int64_t done)
{
    char text[LINE_MAX_SIZE], line[LINE_MAX_SIZE + 8];

    if (progress == NULL) {
        return;
    }
    progress->done = done;
    if (!progress->is_on) {
        return;
    }
    int64_t now_us = monotonic_us();
    if (now_us - progress->shown_us < EVERY_US) {
        return;
    }
    progress->shown_us = now_us;
    cox_progress_format(progress, now_us, text, sizeof(text));
    int length = snprintf(line, sizeof(line), "\r%s\033[K", text);
    if (length > 0 && write(progress->fd, line, (size_t)length) < 0) {
        progress->is_on = false; /* a terminal that has gone away is not worth more tries */
    }
}

void cox_progress_done(struct cox_progress *progress)
{
    static const char clear[] = "\r\033[K";

    if (progress == NULL || !progress->is_on) {
        return;
    }
    progress->is_on = false;
    if (write(progress->fd, clear, sizeof(clear) - 1) < 0) {
        return; /* nothing to take away then */
    }
}
