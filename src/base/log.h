/*
 * base/log.h: the log: one line of key=value pairs (logfmt) per event, to stderr or a function.
 * A struct that is passed; no global. Never log a note, a name or a token.
 */
#ifndef COX_BASE_LOG_H
#define COX_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum cox_log_level {
    COX_LOG_DEBUG,
    COX_LOG_INFO,
    COX_LOG_WARN,
    COX_LOG_ERROR,
    COX_LOG_LEVEL_COUNT
};

/* line has no newline and is valid until the function returns. Called by any thread that logs. */
typedef void (*cox_log_fn)(void *ctx, enum cox_log_level level, struct cox_text line);

struct cox_log {
    enum cox_log_level least; /* quieter events are dropped */
    cox_log_fn write;         /* NULL: one write(2) to stderr per line */
    void *ctx;
    int64_t (*now_us)(void *ctx); /* NULL: the system's clock */
};

enum cox_log_kind { COX_LOG_END, COX_LOG_TEXT, COX_LOG_INT, COX_LOG_REAL, COX_LOG_BOOL };

struct cox_log_pair {
    const char *key;
    enum cox_log_kind kind;
    union {
        struct cox_text text;
        int64_t number;
        double real;
        bool yes;
    };
};

#define COX_LOGT(name, value)                                                                      \
    ((struct cox_log_pair){.key = (name), .kind = COX_LOG_TEXT, .text = (value)})
#define COX_LOGI(name, value)                                                                      \
    ((struct cox_log_pair){.key = (name), .kind = COX_LOG_INT, .number = (value)})
#define COX_LOGR(name, value)                                                                      \
    ((struct cox_log_pair){.key = (name), .kind = COX_LOG_REAL, .real = (value)})
#define COX_LOGB(name, value)                                                                      \
    ((struct cox_log_pair){.key = (name), .kind = COX_LOG_BOOL, .yes = (value)})

enum { COX_LOG_LINE_MAX = 2048 };

/*
 * at=2026-03-05T14:15:00.123456Z level=info event=import rows=12 file="a b.csv"
 * log NULL: nothing. pairs end with {0}. Values are quoted and escaped where needed, so that a
 * value cannot forge a pair or a line; a line over COX_LOG_LINE_MAX is cut and ends with cut=true.
 */
void cox_log(const struct cox_log *log, enum cox_log_level level, const char *event,
    const struct cox_log_pair *pairs);

/* cox_log with the pairs written out: COX_LOG_EVENT(log, COX_LOG_INFO, "job", COX_LOGI("ms", 3)) */
#define COX_LOG_EVENT(log, level, event, ...)                                                      \
    cox_log((log), (level), (event), (const struct cox_log_pair[]){__VA_ARGS__, {0}})

/* event=failed rc=COX_IO field=... row=... text=... */
void cox_log_err(const struct cox_log *log, enum cox_log_level level, const char *event,
    const struct cox_err *err);

const char *cox_log_level_name(enum cox_log_level level);

#endif
