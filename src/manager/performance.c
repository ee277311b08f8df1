/* manager/performance.c: the feature of scorecards: which measures, the routes. */
#include "manager/performance.h"

#include "record/feature.h"
#include "record/switches.h"
#include "serve/http.h"

/* ---- the cards ---- */

/* A new one is a row here. Money follows few large deals: it has limits, and names nobody. */
static const struct {
    const char *measure, *group;
    enum cox_performance_law law;
} card_rows[] = {
    {"won", "results", COX_PERFORMANCE_SINGLE},
    {"won_count", "results", COX_PERFORMANCE_COUNT},
    {"attainment", "results", COX_PERFORMANCE_NO_LAW},
    {"created_count", "activity", COX_PERFORMANCE_COUNT},
    {"activities", "activity", COX_PERFORMANCE_COUNT},
    {"meetings", "activity", COX_PERFORMANCE_COUNT},
    {"win_rate", "conversion", COX_PERFORMANCE_RATE},
    {"cycle", "velocity", COX_PERFORMANCE_SINGLE},
    {"average_deal", "mix", COX_PERFORMANCE_SINGLE},
};
_Static_assert(COX_COUNT(card_rows) <= COX_PERFORMANCE_CARDS_MAX, "a card for each row");

static void choose_cards(struct cox_performance *p)
{
    for (size_t i = 0; i < COX_COUNT(card_rows); i++) {
        const struct cox_sales_measure *measure =
            cox_sales_measure_find(cox_text_of(card_rows[i].measure));
        const char *feature = measure == NULL ? NULL : cox_measure_feature(measure);
        if (measure != NULL && (feature == NULL || !cox_store_is_off(p->x->store, feature))) {
            p->cards[p->card_count++] = (struct cox_performance_card){.measure = measure,
                .group = card_rows[i].group,
                .law = card_rows[i].law};
        }
    }
}

/* ---- asking ---- */

static enum cox_rc judge(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_performance *p = ctx;
    struct cox_books *books = cox_books_of(p->x->server);
    const struct cox_book_generation *generation, *then;
    enum cox_rc rc;

    COX_TRY(cox_books_use(books, call, &generation, reterr));
    then = generation;
    rc = p->as_it_is ? COX_OK : cox_book_stages_then(call, generation, &then, reterr);
    rc = rc == COX_OK ? cox_performance_judge(call, p, then, reterr) : rc;
    cox_books_release(books, generation);
    return rc;
}

static enum cox_rc set_period(struct cox_analysis *a, struct cox_err *reterr)
{
    const struct cox_performance *p = a->ctx;

    (void)reterr;
    a->period = p->period;
    return COX_OK;
}

static enum cox_rc put(struct cox_analysis *a, struct cox_err *reterr)
{
    return cox_performance_put(a, a->ctx, reterr);
}

static enum cox_rc read_by(struct cox_exchange *x, struct cox_performance *p,
    struct cox_err *reterr)
{
    static const char *const names[COX_PERFORMANCE_BY_COUNT] = {"person", "team", "office"};
    struct cox_text text;
    int by = 0;

    COX_TRY(cox_exchange_parameter(x, "by", &text, reterr));
    while (text.size > 0 && by < COX_PERFORMANCE_BY_COUNT &&
           !cox_text_same(text, cox_text_of(names[by]))) {
        by++;
    }
    p->by = (enum cox_performance_by)by;
    return by < COX_PERFORMANCE_BY_COUNT
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "by", 0, "is person, team or office");
}

static enum cox_rc check_rights(const struct cox_performance *p, struct cox_err *reterr)
{
    bool is_there = p->user == 0 || cox_performance_person_of(p, p->user) != NULL;
    bool is_seen = p->user == 0;

    if (p->by != COX_PERFORMANCE_PERSON && !p->is_leading && !p->sees_teams) {
        return cox_fail_at(reterr, COX_DENIED, "by", 0, "teams are shown to those who lead");
    }
    for (size_t i = 0; i < p->line_count; i++) {
        is_seen = is_seen || p->line[i] == p->user;
    }
    if (!is_there) {
        return cox_fail_at(reterr, COX_MISSING, "id", 0, "there is no such person");
    }
    return is_seen ? COX_OK
                   : cox_fail_at(reterr, COX_DENIED, "id", 0,
                         "the page of a person is that person's and the line's above");
}

static enum cox_rc answer(struct cox_exchange *x, struct cox_performance *p, struct cox_err *reterr)
{
    struct cox_text view;
    struct cox_read_opt opt, own = {0};

    p->x = x;
    COX_TRY(cox_exchange_parameter(x, "period", &p->period_text, reterr));
    COX_TRY(cox_exchange_parameter(x, "view", &view, reterr));
    p->as_it_is = cox_text_same(view, COX_LIT("is"));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    choose_cards(p);
    COX_TRY(cox_performance_frame(p, &opt, reterr));
    COX_TRY(check_rights(p, reterr));
    own.as_of = opt.as_of;
    COX_TRY(cox_store_read(x->store, &own, judge, p, reterr));
    return cox_analysis_reply(x, set_period, put, p, reterr);
}

static enum cox_rc get_list(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_performance *p = COX_NEW(x->arena, struct cox_performance);

    if (p == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_by(x, p, reterr));
    return answer(x, p, reterr);
}

static enum cox_rc get_person(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_performance *p = COX_NEW(x->arena, struct cox_performance);

    if (p == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_exchange_id(x, 0, &p->user, reterr));
    return answer(x, p, reterr);
}

/* ---- the routes ---- */

#define WHEN                                                                                         \
    {"period", "string",                                                                             \
        "whole months that it touches, 36 at most: 2026-Q1, 2026, 2026-03, 2026-01-05..2026-02-10; " \
        "without it the last twelve and the running one"},                                           \
        {"view", "string",                                                                           \
            "was: teams and calendar of the instant read (without it); is: of today"},               \
    {                                                                                                \
        "as_of", "string", "a date, an instant or seq:N"                                             \
    }

static const struct cox_parameter list_parameters[] = {
    {"by", "string",
        "person (without it), team, or office: the office, region or department above"},
    {"team", "integer", "only the people of this team and those below it"},
    WHEN,
    {0},
};

static const struct cox_parameter person_parameters[] = {WHEN, {0}};

#define OUT(more)                                                                                       \
    "{\"type\":\"object\",\"required\":[\"as_of_seq\",\"day\",\"view\",\"currency\",\"period\",\"by\"," \
    "\"months\",\"measures\",\"budget\",\"rows\"" more                                                  \
    "],\"properties\":{\"months\":{\"type\":\"array\"},"                                                \
    "\"measures\":{\"type\":\"array\"},\"budget\":{\"type\":\"object\"},\"rows\":{\"type\":\"array\"}}}"

static const struct cox_route routes[] = {
    {.method = COX_GET,
        .path = "/api/v1/performance",
        .handle = get_list,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "Scorecards of the asker's people or teams: measures month by month within the "
                   "limits of chance, conversion beside the company's in the same products.",
        .parameters = list_parameters,
        .out = OUT("")},
    {.method = COX_GET,
        .path = "/api/v1/performance/{id}",
        .handle = get_person,
        .flags = COX_ROUTE_PEOPLE,
        .summary =
            "The scorecard of oneself or of somebody in the own line, beside the band of the "
            "others without names.",
        .parameters = person_parameters,
        .out = OUT(",\"band\"")},
    {0},
};

const struct cox_feature cox_feature_performance = {
    .name = "performance",
    .help = "Scorecards of people and teams with limits of chance.",
    .routes = routes,
};
