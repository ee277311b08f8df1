/*
 * record/feature.h: what one feature adds to the program. Every feature is one such struct beside
 * its tables; src/command/features.c lists them, and nothing is registered anywhere else.
 */
#ifndef COX_RECORD_FEATURE_H
#define COX_RECORD_FEATURE_H

#include "record/entity.h"

/* Entity numbers by room: record 1-19, org 20-39, sales 40-79, manager 80-139, leader 140-199. */

struct cox_route;         /* serve/http.h */
struct cox_dated;         /* org/feed.h: what of it stands in people's calendars */
struct cox_part;          /* serve/part.h: what lives as long as the server */
struct cox_signal;        /* sales/signal.h: what a feature contributes to the daily brief */
struct cox_notice_source; /* sales/notice.h: what it contributes to the notifications */

struct cox_feature {
    const char *name;                         /* lower_case; as switched off in the configuration */
    const char *help;                         /* one sentence for people */
    const struct cox_entity *const *entities; /* NULL-terminated; NULL: none */
    const struct cox_signal *const *signals;  /* NULL-terminated; NULL: none */
    const struct cox_route *routes;      /* ends with {0}; NULL: none beyond the generic ones */
    const struct cox_part *const *parts; /* NULL-terminated; NULL: none */
    const struct cox_dated *dated;       /* ends with {0}; NULL: none */
    const struct cox_notice_source *const *notices; /* NULL-terminated; NULL: none */
};

#endif
