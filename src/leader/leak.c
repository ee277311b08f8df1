/* leader/leak.c: the funnel of somebody beside those of the peers, out of the book. */
#include "leader/leak.h"

#include <string.h>

struct leaking {
    struct cox_call *call;
    const struct cox_book_generation *g;
    const int64_t *users;
    size_t user_count;
    struct cox_book_ask ask; /* the cohort: created in the year */
    int16_t *position;
    uint16_t stage_at[COX_LEAK_STAGES_MAX];
    size_t step_count;
    int64_t *entries, *onward; /* step * user_count + user */
};

/* ---- which stages ---- */

static enum cox_rc choose_pipeline(struct leaking *l, int64_t *ret_pipeline, struct cox_err *reterr)
{
    const struct cox_book *book = &l->g->book;
    const struct cox_book_group all = {.by = COX_BOOK_BY_NOTHING, .group_count = 1};
    const struct cox_book_group by_stage = {.by = COX_BOOK_BY_STAGE,
        .group_count = book->stage_count,
        .map_count = book->stage_count};
    struct cox_book_cell *cells =
        COX_NEW_ARRAY(cox_call_arena(l->call), book->stage_count + 1, struct cox_book_cell);
    int64_t most = 0;

    *ret_pipeline = 0;
    if (cells == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_book_sum(book, &l->ask, &by_stage, &all, cells, reterr));
    for (size_t i = 0; i < book->stage_count; i++) {
        int64_t count = 0, pipeline = l->g->stages[i].pipeline;

        for (size_t j = 0; j < book->stage_count; j++) {
            count += l->g->stages[j].pipeline == pipeline ? cells[j].count : 0;
        }
        if (count > most || (count == most && count > 0 && pipeline < *ret_pipeline)) {
            most = count;
            *ret_pipeline = pipeline;
        }
    }
    return COX_OK;
}

static enum cox_rc make_steps(struct leaking *l, int64_t pipeline, struct cox_err *reterr)
{
    const struct cox_book_generation *g = l->g;
    struct cox_arena *arena = cox_call_arena(l->call);
    unsigned char *in = COX_NEW_ARRAY(arena, g->book.stage_count + 1, unsigned char);

    l->position = COX_NEW_ARRAY(arena, g->book.stage_count + 1, int16_t);
    if (l->position == NULL || in == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < g->book.stage_count; i++) {
        size_t at = l->step_count;

        l->position[i] = -1;
        in[i] = g->stages[i].pipeline == pipeline;
        if (!in[i] || g->book.stages[i].kind != COX_BOOK_OPEN || at == COX_LEAK_STAGES_MAX) {
            continue;
        }
        while (at > 0 && g->stages[l->stage_at[at - 1]].position > g->stages[i].position) {
            l->stage_at[at] = l->stage_at[at - 1];
            at--;
        }
        l->stage_at[at] = (uint16_t)i;
        l->step_count++;
    }
    for (size_t step = 0; step < l->step_count; step++) {
        l->position[l->stage_at[step]] = (int16_t)step;
    }
    l->ask.stage_in = in;
    return COX_OK;
}

/* ---- counting ---- */

static enum cox_rc count_user(struct leaking *l, size_t user, struct cox_err *reterr)
{
    struct cox_book_step steps[COX_LEAK_STAGES_MAX];
    struct cox_book_ask ask = l->ask;

    memset(steps, 0, sizeof(steps));
    ask.owner_in = cox_book_owner_bits(l->call, l->g, &l->users[user], 1);
    if (ask.owner_in == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_book_funnel(&l->g->book, &ask, l->position, l->step_count, steps, reterr));
    for (size_t step = 0; step < l->step_count; step++) {
        size_t at = step * l->user_count + user;

        l->onward[at] = steps[step].onward;
        l->entries[at] = steps[step].onward + steps[step].lost; /* still there: not yet known */
    }
    return COX_OK;
}

/* Mean amount of what the peers won of the cohort. */
static enum cox_rc mean_won(struct leaking *l, double *ret_mean, struct cox_err *reterr)
{
    const struct cox_book *book = &l->g->book;
    const struct cox_book_group all = {.by = COX_BOOK_BY_NOTHING, .group_count = 1};
    struct cox_book_ask ask = l->ask;
    unsigned char *in =
        COX_NEW_ARRAY(cox_call_arena(l->call), book->stage_count + 1, unsigned char);
    struct cox_book_cell cell = {0};

    if (in == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < book->stage_count; i++) {
        in[i] = l->ask.stage_in[i] && book->stages[i].kind == COX_BOOK_WON;
    }
    ask.stage_in = in;
    COX_TRY(cox_book_sum(book, &ask, &all, &all, &cell, reterr));
    *ret_mean = cell.count == 0 ? 0 : (double)cell.amount_minor / (double)cell.count;
    return COX_OK;
}

static double pooled_rate(const struct leaking *l, size_t step)
{
    int64_t entries = 0, onward = 0;

    for (size_t user = 0; user < l->user_count; user++) {
        entries += l->entries[step * l->user_count + user];
        onward += l->onward[step * l->user_count + user];
    }
    return entries == 0 ? 0 : (double)onward / (double)entries;
}

static size_t users_with_entries(const struct leaking *l, size_t step)
{
    size_t count = 0;

    for (size_t user = 0; user < l->user_count; user++) {
        count += l->entries[step * l->user_count + user] > 0;
    }
    return count;
}

/* ---- the diagnosis ---- */

static enum cox_rc diagnose(struct leaking *l, struct cox_leaks *leaks, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(l->call);
    struct cox_diagnose_stage stages[COX_LEAK_STAGES_MAX];
    size_t step_of[COX_LEAK_STAGES_MAX], count = 0;
    struct cox_diagnose_fit fits[COX_LEAK_STAGES_MAX];
    struct cox_diagnose_cell *cells =
        COX_NEW_ARRAY(arena, l->step_count * l->user_count + 1, struct cox_diagnose_cell);
    double downstream = 1, mean;

    if (cells == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(mean_won(l, &mean, reterr));
    for (size_t step = l->step_count; step-- > 0;) { /* from the last: the way after it is known */
        if (users_with_entries(l, step) >= COX_LEAK_PEERS_MIN) {
            stages[count] = (struct cox_diagnose_stage){l->entries + step * l->user_count,
                l->onward + step * l->user_count, NULL, downstream, mean};
            step_of[count++] = step;
            downstream *= pooled_rate(l, step);
        }
    }
    if (count == 0) {
        return COX_OK;
    }
    COX_TRY(cox_diagnose_team(stages, count, l->user_count, fits, cells, reterr));
    for (size_t i = count; i-- > 0;) {
        const struct cox_book_stage_row *stage = &l->g->stages[l->stage_at[step_of[i]]];
        struct cox_leak *leak = &leaks->at[leaks->count++];

        *leak = (struct cox_leak){.stage = stage->id,
            .entries = l->entries[step_of[i] * l->user_count],
            .onward = l->onward[step_of[i] * l->user_count],
            .cell = cells[i * l->user_count]};
        memcpy(leak->label, stage->label, sizeof(leak->label));
    }
    return COX_OK;
}

static enum cox_rc run(struct leaking *l, struct cox_leaks *leaks, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(l->call);
    int32_t day = (int32_t)cox_call_as_of_day(l->call);
    int64_t pipeline;

    COX_TRY(cox_book_ask_of(l->call, l->g, &l->ask, reterr));
    l->ask.created = (struct cox_book_days){day - COX_LEAK_DAYS, day + 1};
    l->ask.owner_in = cox_book_owner_bits(l->call, l->g, l->users, l->user_count);
    if (l->ask.owner_in == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(choose_pipeline(l, &pipeline, reterr));
    if (pipeline == 0) {
        return COX_OK;
    }
    COX_TRY(make_steps(l, pipeline, reterr));
    l->entries = COX_NEW_ARRAY(arena, l->step_count * l->user_count + 1, int64_t);
    l->onward = COX_NEW_ARRAY(arena, l->step_count * l->user_count + 1, int64_t);
    if (l->entries == NULL || l->onward == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t user = 0; user < l->user_count; user++) {
        COX_TRY(count_user(l, user, reterr));
    }
    return diagnose(l, leaks, reterr);
}

enum cox_rc cox_leaks_load(struct cox_call *call, struct cox_books *books, const int64_t *users,
    size_t user_count, struct cox_leaks *ret_leaks, struct cox_err *reterr)
{
    struct leaking *l = COX_NEW(cox_call_arena(call), struct leaking);
    enum cox_rc rc;

    if (l == NULL) {
        return cox_no_memory(reterr);
    }
    *l = (struct leaking){.call = call, .users = users, .user_count = user_count};
    *ret_leaks = (struct cox_leaks){.peer_count = user_count};
    COX_TRY(cox_books_use(books, call, &l->g, reterr));
    rc = run(l, ret_leaks, reterr);
    cox_books_release(books, l->g);
    return rc;
}
