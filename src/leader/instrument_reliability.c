/* leader/instrument_reliability.c: sums of closed rounds, kept sealed, and what they tell together. */
#include "leader/instrument_reliability.h"

#include "record/sealed.h"
#include "serve/seal.h"

/* The space of a questionnaire's sums: its record, or one of those that come with the program. */
static int64_t space_of(const struct cox_form *form)
{
    if (form->id != 0) {
        return form->id;
    }
    for (size_t at = 0; at < cox_form_shipped_count; at++) {
        if (cox_text_same(cox_form_shipped_name(at), form->name)) {
            return -1 - (int64_t)at;
        }
    }
    return 0;
}

static size_t number_count(size_t items)
{
    return 1 + items + items * items + 2 * (size_t)COX_FORM_SCALES_MAX;
}

enum cox_rc cox_round_sums_init(struct cox_round_sums *sums, const struct cox_form *form,
    struct cox_arena *arena, struct cox_err *reterr)
{
    size_t items = form->item_count;
    double *room = COX_NEW_ARRAY(arena, items + items * items, double);

    if (room == NULL) {
        return cox_no_memory(reterr);
    }
    memset(room, 0, (items + items * items) * sizeof(*room));
    *sums = (struct cox_round_sums){.moments = {items, 0, room, room + items}};
    return COX_OK;
}

void cox_round_sums_add(struct cox_round_sums *sums, const struct cox_form *form,
    const double *keyed)
{
    double scores[COX_FORM_SCALES_MAX];

    cox_moments_add(&sums->moments, keyed);
    cox_form_score(form, keyed, scores);
    for (size_t s = 0; s < form->scale_count; s++) {
        sums->scale_sum[s] += scores[s];
        sums->scale_square[s] += scores[s] * scores[s];
    }
}

enum cox_rc cox_round_sums_keep(struct cox_exchange *x, struct cox_call *call,
    const struct cox_form *form, int64_t round, const struct cox_round_sums *sums,
    struct cox_err *reterr)
{
    size_t items = form->item_count, count = number_count(items), at = 0;
    double *numbers = COX_NEW_ARRAY(cox_call_arena(call), count, double);
    struct cox_text body;

    if (numbers == NULL) {
        return cox_no_memory(reterr);
    }
    numbers[at++] = (double)sums->moments.count;
    memcpy(numbers + at, sums->moments.sum, items * sizeof(double));
    at += items;
    memcpy(numbers + at, sums->moments.product, items * items * sizeof(double));
    at += items * items;
    memcpy(numbers + at, sums->scale_sum, sizeof(sums->scale_sum));
    at += COX_FORM_SCALES_MAX;
    memcpy(numbers + at, sums->scale_square, sizeof(sums->scale_square));
    COX_TRY(cox_seal(x->server, cox_call_arena(call),
        (struct cox_text){(const char *)numbers, count * sizeof(double)}, &body, reterr));
    return cox_sealed_put(call, space_of(form), round, body, reterr);
}

/* ---- together ---- */

struct pool {
    struct cox_round_sums all;
    size_t rounds;
    double *size, *sum[COX_FORM_SCALES_MAX], *square[COX_FORM_SCALES_MAX]; /* of each round */
};

static void add_round(struct pool *pool, const struct cox_form *form, const double *numbers)
{
    size_t items = form->item_count;
    const double *product = numbers + 1 + items, *scales = product + items * items;

    pool->size[pool->rounds] = numbers[0];
    pool->all.moments.count += (size_t)numbers[0];
    for (size_t i = 0; i < items; i++) {
        pool->all.moments.sum[i] += numbers[1 + i];
    }
    for (size_t i = 0; i < items * items; i++) {
        pool->all.moments.product[i] += product[i];
    }
    for (size_t s = 0; s < form->scale_count; s++) {
        pool->sum[s][pool->rounds] = scales[s];
        pool->square[s][pool->rounds] = scales[COX_FORM_SCALES_MAX + s];
        pool->all.scale_sum[s] += scales[s];
        pool->all.scale_square[s] += scales[COX_FORM_SCALES_MAX + s];
    }
    pool->rounds++;
}

static enum cox_rc load_pool(struct cox_exchange *x, struct cox_call *call,
    const struct cox_form *form, struct pool *pool, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(call);
    const struct cox_text *bodies;
    size_t count;

    COX_TRY(cox_sealed_list(call, space_of(form), &bodies, &count, reterr));
    COX_TRY(cox_round_sums_init(&pool->all, form, arena, reterr));
    pool->size = COX_NEW_ARRAY(arena, (2 * form->scale_count + 1) * count + 1, double);
    if (pool->size == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t s = 0; s < form->scale_count; s++) {
        pool->sum[s] = pool->size + (2 * s + 1) * count;
        pool->square[s] = pool->size + (2 * s + 2) * count;
    }
    for (size_t i = 0; i < count; i++) {
        struct cox_text body;
        double *numbers;

        COX_TRY(cox_unseal(x->server, arena, bodies[i], &body, reterr));
        if (body.size != number_count(form->item_count) * sizeof(double)) {
            return cox_fail(reterr, COX_CORRUPT, "the sums of a round are damaged");
        }
        numbers = COX_NEW_ARRAY(arena, number_count(form->item_count), double);
        if (numbers == NULL) {
            return cox_no_memory(reterr);
        }
        memcpy(numbers, body.ptr, body.size);
        add_round(pool, form, numbers);
    }
    return COX_OK;
}

/* The items of one scale alone. */
static size_t part_of(const struct cox_form *form, size_t scale, const double *covariance,
    double *ret_part)
{
    size_t count = 0, at = 0;

    for (size_t i = 0; i < form->item_count; i++) {
        count += form->items[i].scale == scale;
    }
    for (size_t i = 0; i < form->item_count; i++) {
        for (size_t j = 0; j < form->item_count && form->items[i].scale == scale; j++) {
            if (form->items[j].scale == scale) {
                ret_part[at++] = covariance[i * form->item_count + j];
            }
        }
    }
    return count;
}

static enum cox_rc judge(struct cox_call *call, const struct cox_form *form,
    const struct pool *pool, struct cox_reliability *ret, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(call);
    size_t items = form->item_count;
    double *covariance = COX_NEW_ARRAY(arena, 2 * items * items, double);
    void *workspace = cox_arena_alloc(arena, cox_omega_workspace_size(items));
    double n = (double)pool->all.moments.count;

    if (covariance == NULL || workspace == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_moments_covariance(&pool->all.moments, covariance, reterr));
    for (size_t s = 0; s < form->scale_count; s++) {
        double *part = covariance + items * items, mean = pool->all.scale_sum[s] / n;
        size_t count = part_of(form, s, covariance, part);
        struct cox_icc icc = {(double)NAN, (double)NAN, (double)NAN};
        double sd = sqrt(fmax(0, (pool->all.scale_square[s] - n * mean * mean) / (n - 1)));

        COX_TRY(cox_icc_of(pool->size, pool->sum[s], pool->square[s], pool->rounds, &icc, reterr));
        ret->scales[s] = (struct cox_scale_reliability){
            .alpha = cox_alpha(part, count),
            .omega = cox_omega(part, count, workspace),
            .icc_single = icc.single,
            .icc_mean = icc.mean,
        };
        ret->scales[s].error = cox_measurement_error(sd, ret->scales[s].alpha);
    }
    return COX_OK;
}

enum cox_rc cox_reliability_of(struct cox_exchange *x, struct cox_call *call,
    const struct cox_form *form, struct cox_reliability *ret_reliability, struct cox_err *reterr)
{
    struct pool pool = {0};

    COX_TRY(load_pool(x, call, form, &pool, reterr));
    *ret_reliability = (struct cox_reliability){
        .people = pool.all.moments.count,
        .rounds = pool.rounds,
        .is_known = pool.all.moments.count >= COX_RELIABILITY_PEOPLE_MIN &&
                    pool.rounds >= COX_RELIABILITY_ROUNDS_MIN,
    };
    for (size_t s = 0; s < COX_FORM_SCALES_MAX; s++) {
        ret_reliability->scales[s] = (struct cox_scale_reliability){(double)NAN, (double)NAN,
            (double)NAN, (double)NAN, (double)NAN};
    }
    return ret_reliability->is_known ? judge(call, form, &pool, ret_reliability, reterr) : COX_OK;
}
