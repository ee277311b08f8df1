/*
 * leader/instrument_reliability.h: what closed rounds tell of a questionnaire's reliability. A round leaves behind the
 * sums and products of its answers, sealed (record/sealed.h); single answers are gone by then.
 */
#ifndef COX_LEADER_INSTRUMENT_RELIABILITY_H
#define COX_LEADER_INSTRUMENT_RELIABILITY_H

#include "kernel/stats/reliability.h"
#include "leader/instrument.h"

/* Under these nothing is said: few answers tell little of a scale, and one round would speak for itself. */
enum { COX_RELIABILITY_PEOPLE_MIN = 30, COX_RELIABILITY_ROUNDS_MIN = 3 };

/* Keyed answers of one round, and each scale's sum and sum of squares over those who rated another person. */
struct cox_round_sums {
    struct cox_moments moments;
    double scale_sum[COX_FORM_SCALES_MAX], scale_square[COX_FORM_SCALES_MAX];
};

/* Zeroed, in arena. */
enum cox_rc cox_round_sums_init(struct cox_round_sums *sums, const struct cox_form *form,
    struct cox_arena *arena, struct cox_err *reterr) COX_NODISCARD;
void cox_round_sums_add(struct cox_round_sums *sums, const struct cox_form *form,
    const double *keyed);

/* Keeps a round's sums for good; in the write that closes it. */
enum cox_rc cox_round_sums_keep(struct cox_exchange *x, struct cox_call *call,
    const struct cox_form *form, int64_t round, const struct cox_round_sums *sums,
    struct cox_err *reterr) COX_NODISCARD;

struct cox_scale_reliability {
    double alpha, omega;         /* NaN: cannot be said */
    double icc_single, icc_mean; /* over the rated */
    double error;                /* of one person's score 0..1, by alpha */
};

struct cox_reliability {
    size_t people, rounds;
    bool is_known;
    struct cox_scale_reliability scales[COX_FORM_SCALES_MAX];
};

enum cox_rc cox_reliability_of(struct cox_exchange *x, struct cox_call *call,
    const struct cox_form *form, struct cox_reliability *ret_reliability,
    struct cox_err *reterr) COX_NODISCARD;

#endif
