/* kernel/book/funnel.c: how far a cohort of deals came, and how long deals stay in a stage. */
#include <string.h>

#include "kernel/book/pass.h"

/* ---- the cohort's funnel ---- */

/* The furthest position until the instant, the won stage being beyond all. */
static int furthest_of(const struct cox_book *book, const struct cox_book_part *part, size_t deal,
    int64_t at_us, const int16_t *position, int step_count)
{
    int furthest = -1;

    for (size_t e = cox_book_first_event(part, deal); e < part->event_end[deal]; e++) {
        int64_t stage = cox_book_word_value(part->word[e]);
        int at;
        if (cox_book_word_kind(part->word[e]) != COX_BOOK_STAGE) {
            continue;
        }
        if (cox_book_event_us(part, e) > at_us) {
            break;
        }
        if (stage >= (int64_t)book->stage_count) {
            continue; /* removed: the deal's state decides whether it counts */
        }
        at = book->stages[stage].kind == COX_BOOK_WON ? step_count : position[stage];
        furthest = at > furthest ? at : furthest;
    }
    return furthest;
}

static bool add_step(const struct cox_book *book, const struct cox_book_arrival *arrival,
    size_t step_count, struct cox_book_step *steps)
{
    enum cox_book_stage_kind kind = book->stages[arrival->stage].kind;
    bool fits = true;

    for (size_t step = 0; step < step_count && step <= arrival->furthest; step++) {
        steps[step].entered++;
        fits &= !__builtin_add_overflow(steps[step].entered_minor, arrival->amount_minor,
            &steps[step].entered_minor);
        if (step < arrival->furthest) {
            steps[step].onward++;
        } else if (kind == COX_BOOK_LOST) {
            steps[step].lost++;
        } else {
            steps[step].still++;
        }
    }
    return fits;
}

struct funnel {
    const struct cox_book *book;
    size_t step_count;
    struct cox_book_step *steps;
    bool fits;
};

static enum cox_rc add_arrival(void *ctx, const struct cox_book_arrival *arrival,
    struct cox_err *reterr)
{
    struct funnel *funnel = ctx;

    (void)reterr;
    funnel->fits &= add_step(funnel->book, arrival, funnel->step_count, funnel->steps);
    return COX_OK;
}

enum cox_rc cox_book_arrivals(const struct cox_book *book, const struct cox_book_ask *ask,
    const int16_t *position, size_t step_count, cox_book_arrival_fn fn, void *ctx,
    struct cox_err *reterr)
{
    COX_TRY(cox_book_check_ask(book, ask, reterr));
    if (step_count > INT16_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "step_count", 0, "too many steps");
    }
    for (size_t p = 0; p < book->part_count; p++) {
        const struct cox_book_part *part = &book->parts[p];
        bool is_settled = cox_book_is_settled(part, ask->at_us);
        struct cox_book_scan scan;
        if (!cox_book_may_answer(book, part, ask)) {
            continue;
        }
        cox_book_scan_begin(&scan, book, ask, p);
        for (size_t i; cox_book_scan_next(&scan, &i);) {
            struct cox_book_state state;
            int furthest;
            cox_book_state_at(part, i, ask->at_us, is_settled, &state);
            if (!cox_book_matches(book, ask, p, i, &state)) {
                continue;
            }
            furthest = furthest_of(book, part, i, ask->at_us, position, (int)step_count);
            const struct cox_book_arrival arrival = {part->id[i], state.amount_minor,
                (size_t)furthest, state.stage};
            if (furthest >= 0) {
                COX_TRY(fn(ctx, &arrival, reterr));
            }
        }
    }
    return COX_OK;
}

enum cox_rc cox_book_funnel(const struct cox_book *book, const struct cox_book_ask *ask,
    const int16_t *position, size_t step_count, struct cox_book_step *ret_steps,
    struct cox_err *reterr)
{
    struct funnel funnel = {book, step_count, ret_steps, true};

    memset(ret_steps, 0, step_count * sizeof(*ret_steps));
    COX_TRY(cox_book_arrivals(book, ask, position, step_count, add_arrival, &funnel, reterr));
    return funnel.fits
               ? COX_OK
               : cox_fail_at(reterr, COX_TOO_LARGE, "amount_minor", 0, "the sum is too large");
}

/* ---- stays ---- */

struct stay {
    int64_t stage, from_us; /* stage of COX_BOOK_NO_STAGE: none */
};

static const int64_t day_us = INT64_C(86400000000);

static void add_stay(const struct stay *stay, int64_t until_us, enum cox_book_stay how,
    size_t day_max, uint32_t *days)
{
    size_t whole = (size_t)((until_us - stay->from_us) / day_us);
    size_t at = whole < day_max ? whole : day_max - 1;

    days[((size_t)stay->stage * COX_BOOK_STAY_COUNT + how) * day_max + at]++;
}

static bool is_open_stage(const struct cox_book *book, int64_t stage)
{
    return stage < (int64_t)book->stage_count && book->stages[stage].kind == COX_BOOK_OPEN;
}

static void add_stays(const struct cox_book *book, const struct cox_book_ask *ask,
    const struct cox_book_part *part, size_t deal, int64_t from_us, size_t day_max, uint32_t *days)
{
    struct stay stay = {COX_BOOK_NO_STAGE, 0};

    for (size_t e = cox_book_first_event(part, deal); e < part->event_end[deal]; e++) {
        int64_t us = cox_book_event_us(part, e), stage = cox_book_word_value(part->word[e]);
        if (cox_book_word_kind(part->word[e]) != COX_BOOK_STAGE) {
            continue;
        }
        if (us > ask->at_us) {
            break;
        }
        /* A removed deal's stay is of no kind: why it went is not known. */
        if (is_open_stage(book, stay.stage) && stay.from_us >= from_us &&
            stage < (int64_t)book->stage_count) {
            add_stay(&stay, us,
                book->stages[stage].kind == COX_BOOK_LOST ? COX_BOOK_STAY_LOST
                                                          : COX_BOOK_STAY_ONWARD,
                day_max, days);
        }
        stay = (struct stay){stage, us};
    }
    if (is_open_stage(book, stay.stage) && stay.from_us >= from_us) {
        add_stay(&stay, ask->at_us, COX_BOOK_STAY_STILL, day_max, days);
    }
}

enum cox_rc cox_book_stays(const struct cox_book *book, const struct cox_book_ask *ask,
    int64_t from_us, size_t day_max, uint32_t *ret_days, struct cox_err *reterr)
{
    return cox_book_stays_by(book, ask, from_us, day_max, NULL, 0, 1, ret_days, reterr);
}

enum cox_rc cox_book_stays_by(const struct cox_book *book, const struct cox_book_ask *ask,
    int64_t from_us, size_t day_max, const uint32_t *map, size_t map_count, size_t segment_count,
    uint32_t *ret_days, struct cox_err *reterr)
{
    size_t size = book->stage_count * COX_BOOK_STAY_COUNT * day_max;

    COX_TRY(cox_book_check_ask(book, ask, reterr));
    if (day_max == 0 || ask->at_us == COX_BOOK_NOW) {
        return cox_fail_at(reterr, COX_INVALID, day_max == 0 ? "day_max" : "at_us", 0,
            "stays are counted in days until an instant");
    }
    memset(ret_days, 0, segment_count * size * sizeof(*ret_days));
    for (size_t p = 0; p < book->part_count; p++) {
        const struct cox_book_part *part = &book->parts[p];
        bool is_settled = cox_book_is_settled(part, ask->at_us);
        struct cox_book_scan scan;
        if (!cox_book_may_answer(book, part, ask)) {
            continue;
        }
        cox_book_scan_begin(&scan, book, ask, p);
        for (size_t i; cox_book_scan_next(&scan, &i);) {
            size_t segment = map == NULL                 ? 0
                             : part->code[i] < map_count ? map[part->code[i]]
                                                         : segment_count;
            struct cox_book_state state;
            if (segment >= segment_count) {
                continue;
            }
            cox_book_state_at(part, i, ask->at_us, is_settled, &state);
            if (cox_book_matches(book, ask, p, i, &state)) {
                add_stays(book, ask, part, i, from_us, day_max, ret_days + segment * size);
            }
        }
    }
    return COX_OK;
}

int64_t cox_book_stay_quantile(const uint32_t *days, size_t day_max, double share, int64_t least)
{
    const uint32_t *onward = days, *lost = days + day_max, *still = days + 2 * day_max;
    double staying = 1.0, at_risk = 0.0;
    int64_t moved = 0;

    for (size_t day = 0; day < day_max; day++) {
        moved += onward[day];
        at_risk += (double)onward[day] + lost[day] + still[day];
    }
    if (moved < least) {
        return -1;
    }
    for (size_t day = 0; day < day_max && at_risk > 0.0; day++) {
        staying *= 1.0 - onward[day] / at_risk;
        if (staying <= 1.0 - share + 1e-12) { /* shares like 0.8 are not exact */
            return (int64_t)day;
        }
        at_risk -= (double)onward[day] + lost[day] + still[day];
    }
    return -1;
}
