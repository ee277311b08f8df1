/*
 * leader/ledger_effect.h: did coaching change what people do and bring, or would it have come anyway? Three
 * figures side by side: the naive rise of the coached, what happened to people who stood as they did and were
 * not coached, and the difference with its interval. People are chosen for coaching because of how they
 * stand, mostly the low ones; these rise by themselves (regression to the mean), so the first figure
 * alone is never shown. Beside it: does more of it, or better of it, bring more?
 */
#ifndef COX_LEADER_LEDGER_EFFECT_H
#define COX_LEADER_LEDGER_EFFECT_H

#include "kernel/stats/impact.h"

enum { COX_LEDGER_BEFORE = 6, COX_LEDGER_AFTER = 6 }; /* months of the window */
enum { COX_LEDGER_WINDOW = COX_LEDGER_BEFORE + COX_LEDGER_AFTER };
enum { COX_LEDGER_MONTHS_LEAST = 3 }; /* known on either side, or a person is in no comparison */

/* Caller's arrays. outcome[person * month_count + month]; NaN: not here, or not known. */
struct cox_ledger_people {
    size_t person_count, month_count;
    const double *outcome;
    const size_t *start; /* first month of coaching; month_count: never coached */
    /* For the factors alone, of whoever is coached; NaN: not known, then not in that figure. */
    const double *amount; /* sessions a month */
    const double *skill;  /* of the coach with this person, as rated by the person: 1..5 */
};

struct cox_ledger_effect {
    size_t coached_count, control_count; /* with months before and after */
    double naive;                        /* mean of the coached after, less before */
    double alike; /* what people who stood as the coached did, uncoached, would have risen */
    double effect, error; /* naive less alike: adjusted for where people stood before */
    double low, high;     /* 95 % */
    double df;            /* of the Student interval */
    double detectable;    /* the smallest true effect found with chance .8 by so many people */
    bool is_known;        /* else: cannot know yet; effect, low and high are NaN */
};

/* Bytes of workspace, aligned as for double. */
size_t cox_ledger_workspace_size(size_t person_count, size_t month_count);

/*
 * Those who began in the same month are held against all who were not coached by then: after on coached, mean before
 * and the month before, each month's figures less the controls' mean in it, so that seasons fall out. Who of the
 * controls is coached later stays among them, and the difference is divided by what sets the groups apart: the same
 * regression of the share of months in which one was coached (Wald). To drop these people, or to cut them off
 * there, would choose controls by how they fared: in the planted world of the test that was worth 3 of 20, one way
 * and the other. The months' effects are added up by the number of coached. The error of the sum is that of
 * seemingly unrelated regressions: every person's weight in every cohort, and the covariance of the cohorts'
 * residuals over the people they share. is_known is false under COX_LEDGER_LEAST coached, counting only months with
 * as many controls.
 * Errors: COX_INVALID names "start" (0, or past month_count) and its row.
 * Sources: A. Wald, "The fitting of straight lines if both variables are subject to error", 1940; A. Zellner, "An
 * efficient method of estimating seemingly unrelated regressions", 1962.
 */
enum { COX_LEDGER_LEAST = 3 };
enum cox_rc cox_ledger_judge(const struct cox_ledger_people *people, void *workspace,
    struct cox_ledger_effect *ret_effect, struct cox_err *reterr) COX_NODISCARD;

/* ---- amount, skill, and the two together: leader/ledger_factor.c ---- */

enum cox_ledger_factor {
    COX_LEDGER_AMOUNT, /* a session a month more, at the same rating */
    COX_LEDGER_SKILL,  /* a point of rating more, at the same amount */
    COX_LEDGER_BOTH,   /* what a point of rating adds to a session a month */
    COX_LEDGER_FACTOR_COUNT
};

struct cox_ledger_slope {
    double slope, error, low, high; /* NaN: not known */
    double detectable;              /* NaN: so few, or so alike, that no design is there */
    bool is_known;
};

struct cox_ledger_factors {
    size_t rated_count; /* coached with amount and rating, and months before and after */
    double amount_mean, skill_mean;
    struct cox_ledger_slope at[COX_LEDGER_FACTOR_COUNT];
};

/* Coached with a rating from which on a factor is said; with fewer, only what could be found. */
extern const size_t cox_ledger_rated_least[COX_LEDGER_FACTOR_COUNT];

/*
 * The effect on one person as amount and rating make it differ: effect + a (amount - mean) + s (rating - mean), and with
 * the product of both as a third term. Stacked over cohorts, free of where people stood; a person's dose times
 * these stands for itself by being coached times these (instruments, as Wald above). It compares the coached
 * with each other: who rates a coach higher may be who would have risen anyway, and says nothing of causes alone.
 * Errors: as above.
 */
enum cox_rc cox_ledger_factors_judge(const struct cox_ledger_people *people, void *workspace,
    struct cox_ledger_factors *ret_factors, struct cox_err *reterr) COX_NODISCARD;

#endif
