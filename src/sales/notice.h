/*
 * sales/notice.h: what a feature contributes to GET /notifications: things that wait for the caller, or that
 * have happened to what is the caller's. Nothing is stored: a few look-ups by index.
 */
#ifndef COX_SALES_NOTICE_H
#define COX_SALES_NOTICE_H

#include "record/record.h"

struct cox_notice {
    const char *kind;
    struct cox_text title, detail; /* detail: a person's name, a reason, or ptr NULL */
    const char *entity;
    int64_t record, day, seq; /* day: due or raised, or COX_NULL; seq: of the newest change */
    bool is_new;
};

struct cox_notices {
    struct cox_call *call; /* the caller's */
    int64_t user, since;   /* whose; since: a commit: what came after it is new */
    bool has_people;       /* false: asked with a token that reaches no people's records */
    /* Texts need to live until it returns only. */
    void (*put)(struct cox_notices *notices, const struct cox_notice *notice);
};

struct cox_notice_source {
    const char *name;
    enum cox_rc (*add)(struct cox_notices *notices, struct cox_err *reterr);
};

#endif
