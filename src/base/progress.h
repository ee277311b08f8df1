/*
 * base/progress.h: one line on a terminal that says how far long work is. Nothing is printed when
 * the stream is no terminal, and at most ten lines a second when it is.
 */
#ifndef COX_BASE_PROGRESS_H
#define COX_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct cox_progress {
    const char *what; /* "importing deals", stays the caller's */
    int64_t total;    /* 0: not known */
    int64_t done, start_us, shown_us;
    int fd; /* stderr unless changed by a test */
    bool is_on;
};

/* A progress NULL is allowed in all of them and does nothing. */
void cox_progress_init(struct cox_progress *progress, const char *what, int64_t total);

/* Now at done of total. Cheap enough for every row. */
void cox_progress_at(struct cox_progress *progress, int64_t done);

/* Takes the line away again. */
void cox_progress_done(struct cox_progress *progress);

/* "importing deals: 120,000 of 1,000,000 (12 %), 84,500/s, 10 s left"; always terminated. */
void cox_progress_format(const struct cox_progress *progress, int64_t now_us, char *ret_text,
    uint64_t size);

#endif
