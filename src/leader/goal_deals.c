/*
 * leader/goal_deals.c: what will be won: of the open deals, each in time by the hazards that all deals teach,
 * and of deals still to come at the rate of the last 90 days. Everything is read from the book.
 */
#include <math.h>
#include <string.h>

#include "kernel/forecast/period.h"
#include "leader/goal_lore.h"
#include "record/memo.h"

enum {
    LEARN_DAYS = 730,
    CREATE_DAYS = 90,
    AMOUNTS_MIN = 5,
    FUTURE_DAYS_MAX = 3 * 366,
    KEPT_MIN = 20000, /* lives; fewer are learnt from in no time */
};

/* ---- learning ---- */

struct lives {
    struct cox_arena *arena;
    const struct cox_book *book;
    int32_t *created, *closed;
    unsigned char *ending;
    size_t count, room;
    int32_t first;
};

/* Nothing beyond what is asked for is read of a deal. */
static struct cox_book_ask ask_of(const struct cox_book_ask *all, struct cox_book_days closed)
{
    struct cox_book_ask ask = *all;

    ask.closed = closed;
    ask.wants = COX_BOOK_NO_PAST;
    return ask;
}

static const struct cox_book_days still_open = {COX_BOOK_NO_DAY, COX_BOOK_NO_DAY + 1};

static enum cox_rc note_life(void *ctx, const struct cox_book_deal *deal, struct cox_err *reterr)
{
    struct lives *lives = ctx;

    if (deal->created_day == COX_BOOK_NO_DAY || lives->count == lives->room) {
        return COX_OK; /* its age is not known */
    }
    (void)reterr; /* nothing can fail */
    lives->created[lives->count] = deal->created_day;
    lives->closed[lives->count] = deal->state.closed_day; /* COX_BOOK_NO_DAY is COX_NO_DAY */
    lives->ending[lives->count] = deal->state.closed_day == COX_BOOK_NO_DAY ? COX_STILL_OPEN
                                  : lives->book->stages[deal->state.stage].kind == COX_BOOK_WON
                                      ? COX_WON
                                      : COX_LOST;
    lives->first = deal->created_day < lives->first ? deal->created_day : lives->first;
    lives->count++;
    return COX_OK;
}
_Static_assert(COX_BOOK_NO_DAY == COX_NO_DAY, "one word for no day");

static enum cox_rc read_lives(struct cox_goal_lore *lore, struct lives *lives,
    struct cox_err *reterr)
{
    int32_t day = (int32_t)lore->goals->day;
    struct cox_book_ask all, ask;

    *lives = (struct lives){.arena = cox_call_arena(lore->call),
        .book = &lore->book,
        .room = lore->generation->deal_count,
        .first = day};
    lives->created = COX_NEW_ARRAY(lives->arena, lives->room + 1, int32_t);
    lives->closed = COX_NEW_ARRAY(lives->arena, lives->room + 1, int32_t);
    lives->ending = COX_NEW_ARRAY(lives->arena, lives->room + 1, unsigned char);
    if (lives->created == NULL || lives->closed == NULL || lives->ending == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_book_ask_of(lore->call, lore->generation, &all, reterr));
    ask = ask_of(&all, still_open);
    COX_TRY(cox_book_each(&lore->book, &ask, note_life, lives, reterr));
    ask = ask_of(&all, (struct cox_book_days){day - LEARN_DAYS, INT32_MAX});
    return cox_book_each(&lore->book, &ask, note_life, lives, reterr);
}

/* What a memo holds: much has been read for it, and a day's deals hardly change it. */
struct kept {
    struct cox_hazard hazard;
    struct cox_hazard_cell cells[2][COX_HAZARD_WEEKS];
};
_Static_assert(sizeof(struct kept) <= COX_MEMO_SIZE_MAX, "a memo holds it");

static bool find_kept(struct cox_goal_lore *lore, const char *key)
{
    struct kept *kept = COX_NEW(cox_call_arena(lore->call), struct kept);

    if (kept == NULL || !cox_call_is_now(lore->call) ||
        !cox_memo_find(cox_call_store(lore->call), key, 3600 * COX_SECOND_US, kept,
            sizeof(*kept))) {
        return false;
    }
    lore->hazard = kept->hazard;
    lore->hazard.cell[0] = kept->cells[0];
    lore->hazard.cell[1] = kept->cells[1];
    return true;
}

static void keep(const struct cox_goal_lore *lore, const char *key)
{
    struct kept *kept = COX_NEW(cox_call_arena(lore->call), struct kept);

    if (kept != NULL && cox_call_is_now(lore->call) && lore->hazard.used_count >= KEPT_MIN) {
        kept->hazard = lore->hazard;
        for (size_t i = 0; i < 2; i++) {
            kept->hazard.cell[i] = NULL; /* of this request */
            memcpy(kept->cells[i], lore->hazard.cell[i], sizeof(kept->cells[i]));
        }
        cox_memo_put(cox_call_store(lore->call), key, kept, sizeof(*kept));
    }
}

/* One season: all days are alike. */
static enum cox_rc make_seasons(struct cox_goal_lore *lore, int32_t first, struct cox_err *reterr)
{
    size_t days = (size_t)(lore->goals->day - first) + FUTURE_DAYS_MAX;
    unsigned char *season = COX_NEW_ARRAY(cox_call_arena(lore->call), days, unsigned char);

    lore->seasons = (struct cox_seasons){first, days, 1, season};
    lore->scratch = COX_NEW_ARRAY(cox_call_arena(lore->call), COX_HAZARD_WEEKS * 7 + 1, double);
    return season == NULL || lore->scratch == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc learn(struct cox_goal_lore *lore, struct cox_err *reterr)
{
    const struct cox_hazard_opt opt = {(int32_t)lore->goals->day + 1, 1, 0};
    struct cox_arena *arena = cox_call_arena(lore->call);
    const struct cox_book_generation *shown;
    struct lives lives;
    void *workspace;
    char *key = cox_arena_format(arena, "goal hazards %lld", (long long)lore->goals->day);

    COX_TRY(cox_books_use(lore->books, lore->call, &lore->generation, reterr));
    COX_TRY(cox_book_stages_then(lore->call, lore->generation, &shown, reterr));
    lore->book = shown->book;
    if (key != NULL && find_kept(lore, key)) {
        return make_seasons(lore, (int32_t)lore->goals->day, reterr);
    }
    COX_TRY(read_lives(lore, &lives, reterr));
    COX_TRY(make_seasons(lore, lives.first, reterr));
    workspace = cox_arena_alloc(arena, cox_hazard_workspace_size(1, 1));
    if (key == NULL || workspace == NULL) {
        return cox_no_memory(reterr);
    }
    lore->hazard.thin = true;
    if (lives.count == 0) {
        return COX_OK;
    }
    const struct cox_lives all = {lives.count, lives.created, lives.closed, lives.ending, NULL};
    COX_TRY(cox_hazard_fit(&all, &lore->seasons, &opt, workspace, NULL, &lore->hazard, reterr));
    keep(lore, key);
    return COX_OK;
}

void cox_goal_lore_close(struct cox_goal_lore *lore)
{
    if (lore->generation != NULL) {
        cox_books_release(lore->books, lore->generation);
        lore->generation = NULL;
    }
}

/* ---- what is open, and what has been won ---- */

struct prospects {
    const struct cox_book *book;
    int32_t day;
    bool of_money;
    int64_t *amounts;
    double *probs;
    int32_t *ages;
    size_t open_count, created_count, won_count;
    double won_sum, won_squares;
};

static enum cox_rc note_prospect(void *ctx, const struct cox_book_deal *deal,
    struct cox_err *reterr)
{
    struct prospects *p = ctx;
    int64_t amount = p->of_money ? deal->state.amount_minor : 1;

    (void)reterr; /* nothing can fail */
    if (deal->created_day == COX_BOOK_NO_DAY) {
        return COX_OK;
    }
    if (p->book->stages[deal->state.stage].kind == COX_BOOK_WON) {
        p->won_count++;
        p->won_sum += (double)amount;
        p->won_squares += (double)amount * (double)amount;
    } else if (deal->state.closed_day == COX_BOOK_NO_DAY && amount >= 0) {
        p->amounts[p->open_count] = amount;
        p->ages[p->open_count++] = p->day + 1 - deal->created_day;
    }
    return COX_OK;
}

static enum cox_rc count_created(const struct cox_goal_lore *lore, const struct cox_book_ask *all,
    struct prospects *p, struct cox_err *reterr)
{
    const struct cox_book_group one = {.by = COX_BOOK_BY_NOTHING, .group_count = 1};
    struct cox_book_ask ask = *all;
    struct cox_book_cell cell = {0};

    ask.created = (struct cox_book_days){p->day - CREATE_DAYS + 1, p->day + 1};
    COX_TRY(cox_book_sum(&lore->book, &ask, &one, &one, &cell, reterr));
    p->created_count = (size_t)cell.count;
    return COX_OK;
}

/* Only the deals of the result's people. */
static enum cox_rc narrow(struct cox_goal_lore *lore, const struct cox_goal_result *result,
    struct cox_book_ask *ask, struct cox_err *reterr)
{
    const int64_t *users;
    size_t count;

    COX_TRY(cox_goal_population(lore->call, lore->goals, result, &users, &count, reterr));
    if (users != NULL) {
        ask->owner_in = cox_book_owner_bits(lore->call, lore->generation, users, count);
        return ask->owner_in == NULL ? cox_no_memory(reterr) : COX_OK;
    }
    return COX_OK;
}

static enum cox_rc gather(struct cox_goal_lore *lore, const struct cox_goal_result *result,
    bool of_money, struct prospects *p, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(lore->call);
    const struct cox_book_group one = {.by = COX_BOOK_BY_NOTHING, .group_count = 1};
    struct cox_book_cell open = {0};
    struct cox_book_ask all, ask;

    *p = (struct prospects){.book = &lore->book,
        .day = (int32_t)lore->goals->day,
        .of_money = of_money};
    COX_TRY(cox_book_ask_of(lore->call, lore->generation, &all, reterr));
    COX_TRY(narrow(lore, result, &all, reterr));
    ask = ask_of(&all, still_open);
    COX_TRY(cox_book_sum(&lore->book, &ask, &one, &one, &open, reterr));
    p->amounts = COX_NEW_ARRAY(arena, (size_t)open.count + 1, int64_t);
    p->probs = COX_NEW_ARRAY(arena, (size_t)open.count + 1, double);
    p->ages = COX_NEW_ARRAY(arena, (size_t)open.count + 1, int32_t);
    if (p->amounts == NULL || p->probs == NULL || p->ages == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_book_each(&lore->book, &ask, note_prospect, p, reterr));
    ask = ask_of(&all, (struct cox_book_days){p->day - LEARN_DAYS, INT32_MAX});
    COX_TRY(cox_book_each(&lore->book, &ask, note_prospect, p, reterr));
    return count_created(lore, &all, p, reterr);
}

/* ---- ahead ---- */

/* Deals to come: as many a day as lately, won as young deals are in half of what is left, sizes as won. */
static struct cox_period_new to_come(const struct cox_goal_lore *lore, const struct prospects *p,
    int32_t days)
{
    double mean = p->of_money ? p->won_sum / (double)p->won_count : 1;
    double variance = p->won_squares / (double)p->won_count - mean * mean;
    struct cox_period_new later = {
        .create_count = (double)p->created_count / CREATE_DAYS * days,
        .win_prob = cox_hazard_outlook(&lore->hazard, &lore->seasons, 0, 0, days / 2).won,
        .mean_minor = mean,
        .shape = p->of_money && variance > 0 ? fmin(fmax(mean * mean / variance, .2), 20) : 20,
    };

    return p->won_count < AMOUNTS_MIN || !(mean > 0) ? (struct cox_period_new){0} : later;
}

enum cox_rc cox_goal_deals_ahead(struct cox_goal_lore *lore, const struct cox_goal_result *result,
    bool of_money, double so_far, double target, struct cox_goal_ahead *ret_ahead,
    struct cox_err *reterr)
{
    static const double levels[] = {.1, .9};
    int32_t days = (int32_t)(lore->goals->goals[result->goal].row.to_day - lore->goals->day - 1);
    struct cox_period_opt opt = {.closed_minor = (int64_t)fmax(nearbyint(so_far), 0),
        .target_minor = (int64_t)ceil(target),
        .level = levels,
        .level_count = COX_COUNT(levels),
        .without_swing = true};
    struct cox_period_result period;
    struct prospects p;
    int64_t ends[COX_COUNT(levels)];
    void *workspace;

    if (lore->generation == NULL) {
        COX_TRY(learn(lore, reterr));
    }
    *ret_ahead = (struct cox_goal_ahead){.is_thin = lore->hazard.thin || opt.target_minor <= 0};
    if (ret_ahead->is_thin) {
        return COX_OK;
    }
    COX_TRY(gather(lore, result, of_money, &p, reterr));
    cox_hazard_won(&lore->hazard, &lore->seasons, p.open_count, p.ages, NULL, days, lore->scratch,
        p.probs);
    opt.later = to_come(lore, &p, days);
    workspace =
        cox_arena_alloc(cox_call_arena(lore->call), cox_period_workspace_size(p.open_count));
    if (workspace == NULL) {
        return cox_no_memory(reterr);
    }
    const struct cox_period_deals deals = {p.open_count, p.amounts, p.probs};
    COX_TRY(cox_period_forecast(&deals, &opt, workspace, ends, &period, reterr));
    /* The book's order changes with every save, and with it the last bits of a sum: what is told does not. */
    *ret_ahead = (struct cox_goal_ahead){nearbyint(period.prob_target * 1e9) / 1e9, (double)ends[0],
        (double)ends[1], false};
    return COX_OK;
}
