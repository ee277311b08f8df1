/*
 * leader/ledger_effect.h: did coaching change what people do and bring, or would it have come anyway? Three
 * figures side by side: the naive rise of the coached, what happened to people who stood as they did and were
 * not coached, and the difference with its interval. People are chosen for coaching because of how they
 * stand, mostly the low ones; these rise by themselves (regression to the mean), so the first figure
 * alone is never shown.
 */
#ifndef COX_LEADER_LEDGER_EFFECT_H
#define COX_LEADER_LEDGER_EFFECT_H

#include "kernel/stats/impact.h"

enum { COX_LEDGER_BEFORE = 6, COX_LEDGER_AFTER = 6 }; /* months of the window */
enum { COX_LEDGER_WINDOW = COX_LEDGER_BEFORE + COX_LEDGER_AFTER };

/* Caller's arrays. outcome[person * month_count + month]; NaN: not here, or not known. */
struct cox_ledger_people {
    size_t person_count, month_count;
    const double *outcome;
    const size_t *start; /* first month of coaching; month_count: never coached */
};

struct cox_ledger_effect {
    size_t coached_count, control_count; /* with months before and after */
    double naive;                        /* mean of the coached after, less before */
    double alike; /* what people who stood as the coached did, uncoached, would have risen */
    double effect, error; /* naive less alike: adjusted for where people stood before */
    double low, high;     /* 95 % */
    double detectable;    /* the smallest true effect found with chance .8 by so many people */
    bool is_known;        /* else: cannot know yet; effect, low and high are NaN */
};

/* Bytes of workspace, aligned as for double. */
size_t cox_ledger_workspace_size(size_t person_count);

/*
 * Those who began in the same month are held against all who were not coached by then: cox_impact_ancova, after on
 * coached, mean before and the month before, each month's figures less the controls' mean in it, so that
 * seasons fall out. Who of the controls is coached later stays among them, and the difference is divided
 * by what sets the groups apart: the same regression of the share of months in which one was coached (Wald). To drop these
 * people, or to cut them off there, would choose controls by how they fared: in the planted world of the
 * test that was worth 3 of 20, one way and the other. The months' effects are added up by the number of coached. Their
 * errors: the coached's parts are independent, the controls' (mostly the same people) taken as one. is_known
 * is false under COX_LEDGER_LEAST coached, counting only months with as many controls.
 * Errors: COX_INVALID names "start" (0, or past month_count) and its row.
 * Sources: impact.h; A. Wald, "The fitting of straight lines if both variables are subject to error", 1940.
 */
enum { COX_LEDGER_LEAST = 3 };
enum cox_rc cox_ledger_judge(const struct cox_ledger_people *people, void *workspace,
    struct cox_ledger_effect *ret_effect, struct cox_err *reterr) COX_NODISCARD;

#endif
