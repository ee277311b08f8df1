/*
 * leader/feedback_close.c: a round is opened once, with those who have been invited by then, and closed once: the
 * groups that may be shown are settled by who answered (never by what), audited against all that earlier rounds
 * about the person have shown, summed up, and the answers thrown away in the same commit.
 */
#include "kernel/stats/release.h"
#include "kernel/stats/reliability.h"
#include "leader/feedback.h"
#include "leader/instrument_reliability.h"
#include "record/query.h"
#include "record/sealed.h"
#include "serve/seal.h"

/* ---- opening ---- */

struct closing {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t round_id;
    struct cox_feedback_round round;
    struct cox_form form;
    struct cox_feedback_sheet *sheets; /* one each that answered */
    double *scores;                    /* sheet * COX_FORM_SCALES_MAX */
    double *spread;                    /* room for one column of items */
    size_t count;
    int64_t result_count;
};

static enum cox_rc load_round(struct closing *c, struct cox_err *reterr)
{
    COX_TRY(cox_load(c->call, &cox_feedback_round, c->round_id, &c->round, reterr));
    return COX_OK;
}

static enum cox_rc count_invited(struct closing *c, int64_t *ret_count, struct cox_err *reterr)
{
    const struct cox_filter_term of_round = {COX_FEEDBACK_RATER_ROUND, "eq", cox_int(c->round_id)};
    struct cox_query query = {.entity = &cox_feedback_rater, .limit = COX_FEEDBACK_RATERS_MAX};
    struct cox_page page;

    *ret_count = 0;
    COX_TRY(cox_filter_build(c->call, &cox_feedback_rater, &of_round, 1, &query.filter, reterr));
    COX_TRY(cox_list(c->call, &query, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        *ret_count += cox_row_int(&page.rows[i], COX_FEEDBACK_RATER_GROUP) != COX_FEEDBACK_SELF;
    }
    return COX_OK;
}

static enum cox_rc open_round(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct closing *c = (struct closing *)ctx;
    int64_t count;

    c->call = call;
    COX_TRY(load_round(c, reterr));
    if (c->round.author != c->x->who.actor.user_id) {
        return cox_fail_at(reterr, COX_DENIED, "author", 0, "who asks opens the round");
    }
    if (c->round.state != COX_FEEDBACK_DRAFT) {
        return cox_fail_at(reterr, COX_CONFLICT, "state", 0, "the round has been opened");
    }
    COX_TRY(count_invited(c, &count, reterr));
    if (count < COX_FEEDBACK_LEAST) {
        return cox_fail_at(reterr, COX_INVALID, "raters", 0,
            "invite at least %d people besides the person: of fewer nothing is shown",
            COX_FEEDBACK_LEAST);
    }
    const struct cox_change changes[] = {
        {COX_FEEDBACK_ROUND_STATE, cox_int(COX_FEEDBACK_OPEN)},
        {COX_FEEDBACK_ROUND_OPENED_DAY, cox_int(cox_call_today(call))},
        {COX_FEEDBACK_ROUND_INVITED_COUNT, cox_int(count)},
    };
    return cox_change_fields(call, &cox_feedback_round, c->round_id, 0, changes, COX_COUNT(changes),
        NULL, reterr);
}

/* ---- what has been shown before: (people in a cell, their ids ...) for each cell, sealed a round ---- */

struct shown {
    int64_t people[COX_RELEASE_PEOPLE_MAX];
    size_t people_count, cell_count;
    unsigned char member[COX_RELEASE_CELLS_MAX][COX_RELEASE_PEOPLE_MAX];
};

/* false: more than the audit can hold. */
static bool add_member(struct shown *shown, size_t cell, int64_t user)
{
    size_t at = 0;

    while (at < shown->people_count && shown->people[at] != user) {
        at++;
    }
    if (at == COX_RELEASE_PEOPLE_MAX || cell == COX_RELEASE_CELLS_MAX) {
        return false;
    }
    if (at == shown->people_count) {
        shown->people[shown->people_count++] = user;
    }
    shown->member[cell][at] = 1;
    return true;
}

static enum cox_rc load_shown(struct closing *c, struct shown *shown, bool *ret_fits,
    struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(c->call);
    const struct cox_text *bodies;
    size_t count;

    COX_TRY(cox_sealed_list(c->call, c->round.person, &bodies, &count, reterr));
    for (size_t b = 0; b < count; b++) {
        struct cox_text body;
        size_t size, at = 0;
        int64_t *numbers;

        COX_TRY(cox_unseal(c->x->server, arena, bodies[b], &body, reterr));
        size = body.size / sizeof(int64_t);
        numbers = COX_NEW_ARRAY(arena, size + 1, int64_t);
        if (numbers == NULL) {
            return cox_no_memory(reterr);
        }
        memcpy(numbers, body.ptr, size * sizeof(int64_t));
        while (at < size) {
            size_t end = at + 1 + (size_t)numbers[at];
            for (at++; at < end && at < size && *ret_fits; at++) {
                *ret_fits = add_member(shown, shown->cell_count, numbers[at]);
            }
            at = end;
            shown->cell_count++;
        }
    }
    return COX_OK;
}

/* ---- which cells ---- */

/* In which of the two groups; the person's own answer in none. */
static bool is_in(const struct cox_feedback_sheet *sheet, enum cox_feedback_cell cell)
{
    if (sheet->group == COX_FEEDBACK_SELF) {
        return cell == COX_FEEDBACK_CELL_SELF;
    }
    return cell == COX_FEEDBACK_CELL_ALL ||
           (cell == COX_FEEDBACK_CELL_REPORTS && sheet->group == COX_FEEDBACK_REPORT) ||
           (cell == COX_FEEDBACK_CELL_COLLEAGUES && sheet->group != COX_FEEDBACK_REPORT);
}

static size_t size_of(const struct closing *c, enum cox_feedback_cell cell)
{
    size_t count = 0;

    for (size_t i = 0; i < c->count; i++) {
        count += is_in(&c->sheets[i], cell);
    }
    return count;
}

static enum cox_rc is_safe(struct closing *c, const struct shown *before,
    const enum cox_feedback_cell *cells, size_t count, bool *ret_is_safe, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(c->call);
    struct shown *all = COX_NEW(arena, struct shown);
    struct cox_release release;
    unsigned char *member;
    void *workspace;
    bool fits = true;

    if (all == NULL) {
        return cox_no_memory(reterr);
    }
    *all = *before;
    for (size_t cell = 0; cell < count; cell++, all->cell_count++) {
        for (size_t i = 0; i < c->count && fits; i++) {
            fits = !is_in(&c->sheets[i], cells[cell]) ||
                   add_member(all, all->cell_count, c->sheets[i].rater);
        }
    }
    release = (struct cox_release){all->cell_count, all->people_count, NULL};
    member = cox_arena_alloc(arena, all->cell_count * all->people_count + 1);
    workspace = cox_arena_alloc(arena, cox_release_workspace_size(&release) + 1);
    if (member == NULL || workspace == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t cell = 0; fits && cell < all->cell_count; cell++) {
        memcpy(member + cell * all->people_count, all->member[cell], all->people_count);
    }
    release.member = member;
    *ret_is_safe = false;
    if (!fits || cox_release_is_safe(&release, COX_FEEDBACK_LEAST, workspace, ret_is_safe,
                     reterr) == COX_TOO_LARGE) {
        *reterr = (struct cox_err){0}; /* what cannot be audited is not shown */
        *ret_is_safe = false;
    }
    return COX_OK;
}

/* The finest plan that is large enough and safe: two groups, all as one, nothing. By who answered alone. */
static enum cox_rc choose(struct closing *c, const struct shown *before, bool fits,
    enum cox_feedback_cell *ret_cells, size_t *ret_count, struct cox_err *reterr)
{
    static const enum cox_feedback_cell plans[2][2] = {
        {COX_FEEDBACK_CELL_REPORTS, COX_FEEDBACK_CELL_COLLEAGUES},
        {COX_FEEDBACK_CELL_ALL, COX_FEEDBACK_CELL_ALL},
    };

    *ret_count = 0;
    for (size_t plan = 0; plan < COX_COUNT(plans) && fits && *ret_count == 0; plan++) {
        size_t count = plan == 0 ? 2 : 1;
        bool may = true;

        for (size_t cell = 0; cell < count; cell++) {
            ret_cells[cell] = plans[plan][cell];
            may = may && size_of(c, ret_cells[cell]) >= COX_FEEDBACK_LEAST;
        }
        if (may) {
            COX_TRY(is_safe(c, before, ret_cells, count, &may, reterr));
        }
        *ret_count = may ? count : 0;
    }
    return COX_OK;
}

static enum cox_rc keep_shown(struct closing *c, const enum cox_feedback_cell *cells, size_t count,
    struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(c->call);
    int64_t *numbers = COX_NEW_ARRAY(arena, count * (c->count + 1) + 1, int64_t);
    struct cox_text sealed;
    size_t at = 0;

    if (numbers == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t cell = 0; cell < count; cell++) {
        numbers[at++] = (int64_t)size_of(c, cells[cell]);
        for (size_t i = 0; i < c->count; i++) {
            if (is_in(&c->sheets[i], cells[cell])) {
                numbers[at++] = c->sheets[i].rater;
            }
        }
    }
    COX_TRY(cox_seal(c->x->server, arena,
        (struct cox_text){(const char *)numbers, at * sizeof(*numbers)}, &sealed, reterr));
    return cox_sealed_put(c->call, c->round.person, c->round_id, sealed, reterr);
}

/* ---- figures ---- */

struct cox_mean cox_feedback_publish(struct cox_mean mean)
{
    const double step = .05, added = step / sqrt(12);

    mean.mean = fmin(.9, fmax(.1, round(mean.mean / step) * step));
    mean.error = fmax(.03, round(sqrt(mean.error * mean.error + added * added) * 100) / 100);
    return mean;
}

/* Mean variance of a scale's items within the cell, for r_wg. */
static int64_t agreement_of(const struct closing *c, enum cox_feedback_cell cell, size_t scale)
{
    double variances = 0, agreement;
    size_t items = 0;

    for (size_t i = 0; i < c->form.item_count; i++) {
        size_t n = 0;
        struct cox_mean mean;

        if (c->form.items[i].scale != scale) {
            continue;
        }
        for (size_t s = 0; s < c->count; s++) {
            if (is_in(&c->sheets[s], cell)) {
                c->spread[n++] = c->sheets[s].answers[i];
            }
        }
        mean = cox_mean_of(c->spread, n);
        variances += mean.error * mean.error * (double)n;
        items++;
    }
    agreement = cox_r_wg_j(variances / (double)items, items, c->form.points);
    return agreement < .5   ? COX_AGREEMENT_LOW
           : agreement < .7 ? COX_AGREEMENT_MODERATE
                            : COX_AGREEMENT_HIGH;
}

static enum cox_rc put_result(struct closing *c, enum cox_feedback_cell cell, size_t scale,
    struct cox_err *reterr)
{
    struct cox_feedback_result result;
    struct cox_mean mean;
    size_t n = 0;
    int64_t id;

    for (size_t i = 0; i < c->count; i++) {
        if (is_in(&c->sheets[i], cell)) {
            c->spread[n++] = c->scores[i * COX_FORM_SCALES_MAX + scale];
        }
    }
    mean = cox_mean_of(c->spread, n);
    cox_struct_init(&cox_feedback_result, &result);
    if (cell == COX_FEEDBACK_CELL_SELF) {
        mean.error = (double)NAN;
    } else {
        mean = cox_feedback_publish(mean);
        result.agreement = agreement_of(c, cell, scale);
    }
    result.person = c->round.person;
    result.round = c->round_id;
    result.day = cox_call_today(c->call);
    result.instrument = cox_text_of(cox_arena_format(cox_call_arena(c->call), "%.*s %.*s",
        (int)c->form.name.size, c->form.name.ptr, (int)c->form.version.size,
        c->form.version.ptr == NULL ? "" : c->form.version.ptr));
    result.scale = c->form.scales[scale].name;
    result.cell = cell;
    result.count = (int64_t)n;
    result.mean = mean.mean;
    result.error = mean.error;
    c->result_count++;
    return cox_create_struct(c->call, &cox_feedback_result, &result, &id, reterr);
}

static enum cox_rc put_cell(struct closing *c, enum cox_feedback_cell cell, struct cox_err *reterr)
{
    for (size_t scale = 0; scale < c->form.scale_count && size_of(c, cell) > 0; scale++) {
        COX_TRY(put_result(c, cell, scale, reterr));
    }
    return COX_OK;
}

static enum cox_rc put_results(struct closing *c, struct cox_err *reterr)
{
    struct shown *before = COX_NEW(cox_call_arena(c->call), struct shown);
    enum cox_feedback_cell cells[2];
    bool fits = true;
    size_t count;

    if (before == NULL) {
        return cox_no_memory(reterr);
    }
    memset(before, 0, sizeof(*before));
    COX_TRY(load_shown(c, before, &fits, reterr));
    COX_TRY(choose(c, before, fits, cells, &count, reterr));
    COX_TRY(put_cell(c, COX_FEEDBACK_CELL_SELF, reterr));
    if (count == 0) {
        return COX_OK;
    }
    for (size_t cell = 0; cell < count; cell++) {
        COX_TRY(put_cell(c, cells[cell], reterr));
    }
    if (count == 2) { /* of both together: nothing that the two do not tell */
        COX_TRY(put_cell(c, COX_FEEDBACK_CELL_ALL, reterr));
    }
    return keep_shown(c, cells, count, reterr);
}

/* ---- closing ---- */

static enum cox_rc load_sheets(struct closing *c, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(c->call);
    const struct cox_text *bodies;
    struct cox_round_sums sums;
    size_t others = 0;

    COX_TRY(cox_sealed_list(c->call, c->round_id, &bodies, &c->count, reterr));
    c->sheets = COX_NEW_ARRAY(arena, c->count + 1, struct cox_feedback_sheet);
    c->scores = COX_NEW_ARRAY(arena, (c->count + 1) * COX_FORM_SCALES_MAX, double);
    c->spread = COX_NEW_ARRAY(arena, c->count + 1, double);
    if (c->sheets == NULL || c->scores == NULL || c->spread == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_round_sums_init(&sums, &c->form, arena, reterr));
    for (size_t i = 0; i < c->count; i++) {
        double keyed[COX_FORM_ITEMS_MAX];

        COX_TRY(cox_feedback_sheet_open(c->x, arena, bodies[i], &c->sheets[i], reterr));
        cox_form_key(&c->form, c->sheets[i].answers, keyed);
        cox_form_score(&c->form, keyed, c->scores + i * COX_FORM_SCALES_MAX);
        if (c->sheets[i].group != COX_FEEDBACK_SELF) {
            cox_round_sums_add(&sums, &c->form, keyed);
            others++;
        }
    }
    return others < COX_FEEDBACK_LEAST
               ? COX_OK
               : cox_round_sums_keep(c->x, c->call, &c->form, c->round_id, &sums, reterr);
}

static enum cox_rc close_round(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct closing *c = (struct closing *)ctx;

    c->call = call;
    c->result_count = 0;
    COX_TRY(load_round(c, reterr));
    if (c->round.person != c->x->who.actor.user_id) {
        return cox_fail_at(reterr, COX_DENIED, "person", 0,
            "the person whom it is about opens the results, first and alone");
    }
    if (c->round.state != COX_FEEDBACK_OPEN) {
        return cox_fail_at(reterr, COX_CONFLICT, "state", 0,
            c->round.state == COX_FEEDBACK_DRAFT ? "the round is not open yet"
                                                 : "the round has been closed");
    }
    if (cox_call_today(call) < c->round.to_day) {
        return cox_fail_at(reterr, COX_CONFLICT, "to_day", 0,
            "people may still answer; there are no results before");
    }
    COX_TRY(cox_form_of(call, c->round.instrument, &c->form, reterr));
    COX_TRY(load_sheets(c, reterr));
    COX_TRY(put_results(c, reterr));
    COX_TRY(cox_sealed_drop(call, c->round_id, 0, reterr));
    const struct cox_change changes[] = {
        {COX_FEEDBACK_ROUND_STATE, cox_int(COX_FEEDBACK_CLOSED)},
        {COX_FEEDBACK_ROUND_CLOSED_DAY, cox_int(cox_call_today(call))},
    };
    return cox_change_fields(call, &cox_feedback_round, c->round_id, 0, changes, COX_COUNT(changes),
        NULL, reterr);
}

static enum cox_rc run(struct cox_exchange *x, cox_call_fn fn, struct cox_err *reterr)
{
    struct closing *c = COX_NEW(x->arena, struct closing);
    struct cox_write_opt opt;
    struct cox_commit commit;

    if (c == NULL) {
        return cox_no_memory(reterr);
    }
    *c = (struct closing){.x = x};
    COX_TRY(cox_exchange_id(x, 0, &c->round_id, reterr));
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, fn, c, &commit, reterr));
    x->reply.seq = commit.seq;
    x->reply.status = 204;
    return COX_OK;
}

enum cox_rc cox_feedback_open_post(struct cox_exchange *x, struct cox_err *reterr)
{
    return run(x, open_round, reterr);
}

enum cox_rc cox_feedback_close_post(struct cox_exchange *x, struct cox_err *reterr)
{
    return run(x, close_round, reterr);
}
