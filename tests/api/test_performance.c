/*
 * Tests of scorecards: who sees whom, each figure against the list that its filter gives, one verdict whoever looks,
 * and a scorecard of an earlier instant that no later change of people or teams moves.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "org/people.h"
#include "sales/opportunity.h"
#include "site.h"

enum { OTHERS = 5, SELLERS = OTHERS + 2, MONTHS = 8, WON = 4, LOST = 5 };

struct world {
    struct site *site;
    int64_t sellers[SELLERS]; /* rep and peer, of the manager; five others, of the leader */
    int64_t teams[2], moved;  /* moved: the membership that ends */
    int count;                /* of sellers */
};

static int64_t make_team(struct firm *f, const char *name)
{
    struct cox_team row;
    int64_t id;

    cox_struct_init(&cox_team, &row);
    row.name = cox_text_of(name);
    row.kind = COX_TEAM_TEAM;
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_team, &row, &id));
    return id;
}

static int64_t join(struct firm *f, int64_t team, int64_t user, int64_t from)
{
    struct cox_team_member row;
    int64_t id;

    cox_struct_init(&cox_team_member, &row);
    row.team = team;
    row.user = user;
    row.from_day = from;
    row.to_day = COX_NULL;
    OK(firm_create(f, firm_operator, COX_CAUSE_API, &cox_team_member, &row, &id));
    return id;
}

static int64_t make_seller(struct world *w, int at)
{
    struct firm *f = w->site->firm;
    char name[32], email[48];
    struct cox_hat hat;
    int64_t user;

    (void)snprintf(name, sizeof(name), "Seller %d", at);
    (void)snprintf(email, sizeof(email), "seller%d@example.com", at);
    user = firm_user(f, name, email);
    cox_struct_init(&cox_hat, &hat);
    hat.user = user;
    hat.role = COX_REP;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_hat, &hat, NULL));
    firm_line(f, user, w->site->users[SITE_LEADER]);
    return user;
}

/* In each month three deals of everybody: the rep wins all but one a quarter, the others one of three. */
static void sell(struct world *w, int month)
{
    struct firm *f = w->site->firm;

    for (int at = 0; at < w->count; at++) {
        for (int i = 0; i < 3; i++) {
            bool is_won = at == 0 ? i > 0 || month % 3 != 0 : i == 0;
            (void)firm_deal(f, "Deal", w->sellers[at], 1000 * (at + 1) + month,
                is_won ? WON : LOST);
        }
    }
    (void)firm_deal(f, "Open", w->sellers[0], 500, 0);
}

static void open_world(struct world *w, struct site *site, int count)
{
    struct firm *f = site->firm;
    int64_t start_us = f->now_us;

    *w = (struct world){.site = site,
        .count = count,
        .sellers = {site->users[SITE_REP], site->users[SITE_PEER]}};
    w->teams[0] = make_team(f, "North");
    w->teams[1] = make_team(f, "South");
    for (int at = 0; at < count; at++) {
        w->sellers[at] = at < 2 ? w->sellers[at] : make_seller(w, at);
        w->moved = join(f, w->teams[at < 2 ? 0 : 1], w->sellers[at], FIRM_TODAY - 900);
    }
    for (int month = 0; month < MONTHS; month++) {
        f->now_us = start_us + month * 30 * COX_DAY_US;
        sell(w, month);
    }
}

/* ---- asking ---- */

static json_t *get(struct world *w, enum site_role who, const char *path)
{
    struct answer answer = site_get(w->site, who, path, 200);

    return site_json(w->site, &answer);
}

static size_t row_count(json_t *json)
{
    return json_array_size(json_object_get(json, "rows"));
}

static json_t *row_of(json_t *json, int64_t id)
{
    json_t *rows = json_object_get(json, "rows");

    for (size_t i = 0; i < json_array_size(rows); i++) {
        if (json_integer_value(json_object_get(json_array_get(rows, i), "id")) == id) {
            return json_array_get(rows, i);
        }
    }
    return NULL;
}

static json_t *member(json_t *json, const char *first, const char *second)
{
    return json_object_get(json_object_get(json, first), second);
}

static size_t list_count(struct world *w, enum site_role who, const char *filter, const char *as_of)
{
    char path[4000];

    (void)snprintf(path, sizeof(path), "/api/v1/opportunities?limit=1000&%s%s%s", filter,
        as_of == NULL ? "" : "&as_of=", as_of == NULL ? "" : as_of);
    return row_count(get(w, who, path));
}

/* ---- who sees whom ---- */

static void people_see_their_line(struct world *w)
{
    static const size_t rows[SITE_ROLE_COUNT] = {[SITE_REP] = 1,
        [SITE_PEER] = 1,
        [SITE_MANAGER] = 2,
        [SITE_LEADER] = SELLERS,
        [SITE_EXECUTIVE] = 0,
        [SITE_ADMIN] = 0};
    char path[80];

    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        json_t *json = get(w, (enum site_role)who, "/api/v1/performance");
        assert_int_equal(row_count(json), rows[who]);
        for (int at = 0; at < SELLERS; at++) {
            int status = row_of(json, w->sellers[at]) != NULL ? 200 : 403;
            (void)snprintf(path, sizeof(path), "/api/v1/performance/%lld",
                (long long)w->sellers[at]);
            (void)site_get(w->site, (enum site_role)who, path, status);
        }
    }
    assert_non_null(row_of(get(w, SITE_REP, "/api/v1/performance"), w->sellers[0]));
    (void)site_get(w->site, SITE_NOBODY, "/api/v1/performance", 401);
    (void)site_get(w->site, SITE_LEADER, "/api/v1/performance/99999999", 404);
    (void)snprintf(path, sizeof(path), "/api/v1/performance?team=%lld", (long long)w->teams[0]);
    assert_int_equal(row_count(get(w, SITE_LEADER, path)), 2);
    assert_int_equal(row_count(get(w, SITE_EXECUTIVE, path)), 0);
}

/* A manager's teams are those wholly of the line; an executive's have five people or more, and no lists. */
static void teams_are_seen_whole(struct world *w)
{
    const char *path = "/api/v1/performance?by=team";
    json_t *json = get(w, SITE_MANAGER, path);
    struct answer answer;

    assert_int_equal(row_count(json), 1);
    assert_non_null(row_of(json, w->teams[0]));
    assert_int_equal(row_count(get(w, SITE_LEADER, path)), 2);
    json = get(w, SITE_EXECUTIVE, path);
    assert_int_equal(row_count(json), 1);
    assert_non_null(row_of(json, w->teams[1]));
    assert_true(json_is_null(member(row_of(json, w->teams[1]), "filters", "won_count")));
    assert_int_equal(json_integer_value(member(row_of(json, w->teams[1]), "values", "won_count")),
        OTHERS * MONTHS);
    assert_int_equal(
        json_integer_value(member(json_object_get(json, "total"), "values", "won_count")),
        OTHERS * MONTHS); /* of what is shown: the other team is not the difference */
    answer = site_get(w->site, SITE_REP, path, 403);
    site_refused(w->site, &answer, 403, "COX_DENIED");
    (void)site_get(w->site, SITE_ADMIN, path, 403);
    assert_int_equal(row_count(get(w, SITE_LEADER, "/api/v1/performance?by=office")), 2);
}

/* ---- figures ---- */

static void figures_are_their_lists(struct world *w, enum site_role who, const char *path,
    const char *as_of)
{
    static const char *const counts[] = {"won_count", "created_count", "win_rate"};
    json_t *rows = json_object_get(get(w, who, path), "rows");

    for (size_t r = 0; r < json_array_size(rows); r++) {
        json_t *row = json_array_get(rows, r);
        for (size_t i = 0; i < COX_COUNT(counts); i++) {
            const char *filter = json_string_value(member(row, "filters", counts[i]));
            size_t listed = list_count(w, who, filter, as_of);
            size_t told = (size_t)json_integer_value(member(row, "values", counts[i]));
            told = i < 2 ? told
                         : (size_t)llround(
                               (double)json_integer_value(member(row, "values", "won_count")) /
                               json_real_value(member(row, "values", counts[i])));
            if (listed != told) {
                fail_msg("%s: %zu, its list %zu (%s)", counts[i], told, listed, filter);
            }
        }
    }
}

static void months_are_their_lists(struct world *w)
{
    char path[80];
    json_t *trend, *values, *filters;
    size_t seen = 0;

    (void)snprintf(path, sizeof(path), "/api/v1/performance/%lld", (long long)w->sellers[1]);
    trend = member(row_of(get(w, SITE_PEER, path), w->sellers[1]), "trend", "won_count");
    values = json_object_get(trend, "values");
    filters = json_object_get(trend, "filters");
    for (size_t m = 0; m < json_array_size(values); m++) {
        if (!json_is_null(json_array_get(values, m))) {
            assert_int_equal(
                list_count(w, SITE_PEER, json_string_value(json_array_get(filters, m)), NULL),
                (size_t)json_integer_value(json_array_get(values, m)));
            seen++;
        }
    }
    assert_true(seen >= MONTHS);
}

/* ---- verdicts ---- */

static void verdict_is_one_whoever_looks(struct world *w)
{
    static const enum site_role roles[] = {SITE_REP, SITE_MANAGER, SITE_LEADER};
    char path[80];
    double p[3];

    for (size_t i = 0; i < 3; i++) {
        json_t *json = get(w, roles[i], "/api/v1/performance");
        json_t *row = row_of(json, w->sellers[0]);
        json_t *comparison = json_object_get(row, "comparison");
        assert_string_equal(json_string_value(json_object_get(comparison, "verdict")), "above");
        p[i] = json_real_value(json_object_get(comparison, "p_adjusted"));
        assert_true(p[i] > 0 && p[i] < .025 && p[i] == p[0]);
        assert_string_equal(
            json_string_value(json_object_get(member(row, "changes", "won_count"), "verdict")),
            "within");
        assert_int_equal(json_integer_value(member(json, "budget", "compared_count")), SELLERS);
    }
    for (int at = 1; at < SELLERS; at++) {
        json_t *row = row_of(get(w, SITE_LEADER, "/api/v1/performance"), w->sellers[at]);
        assert_string_equal(json_string_value(member(row, "comparison", "verdict")), "within");
    }
    (void)snprintf(path, sizeof(path), "/api/v1/performance/%lld", (long long)w->sellers[0]);
    json_t *band = member(get(w, SITE_REP, path), "band", "won_count");
    size_t last = json_array_size(json_object_get(band, "mid")) - 2;
    assert_int_equal(json_integer_value(json_array_get(json_object_get(band, "mid"), last)), 1);
    json_t *limits = member(row_of(get(w, SITE_REP, path), w->sellers[0]), "trend", "won_count");
    assert_true(json_number_value(json_array_get(json_object_get(limits, "high"), last)) > 3);
}

/* ---- other instants ---- */

/* All but as_of_seq, which says up to which commit the past is known. */
static const char *behind_seq(const struct answer *answer)
{
    const char *from = memmem(answer->body.ptr, answer->body.size, ",\"day\":", 7);

    assert_non_null(from);
    return from;
}

static void the_past_stays(struct world *w)
{
    struct firm *f = w->site->firm;
    char path[200], as_of[COX_INSTANT_SIZE];
    struct answer before, after;
    json_t *was, *is;

    cox_instant_format(f->now_us, as_of);
    (void)snprintf(path, sizeof(path), "/api/v1/performance?by=team&as_of=%s", as_of);
    f->now_us += COX_DAY_US;
    before = site_get(w->site, SITE_LEADER, path, 200);
    /* The last of South goes to North, and loses deals. */
    OK(firm_change(f, firm_operator, &cox_team_member, w->moved, COX_TEAM_MEMBER_TO_DAY,
        cox_int(FIRM_TODAY + 30)));
    (void)join(f, w->teams[0], w->sellers[SELLERS - 1], FIRM_TODAY + 30);
    (void)firm_deal(f, "Late", w->sellers[SELLERS - 1], 1, LOST);
    after = site_get(w->site, SITE_LEADER, path, 200);
    assert_string_equal(behind_seq(&before), behind_seq(&after));
    was = get(w, SITE_LEADER, path);
    (void)snprintf(path, sizeof(path), "/api/v1/performance?by=team&view=is&as_of=%s", as_of);
    is = get(w, SITE_LEADER, path);
    assert_int_equal(
        json_integer_value(member(row_of(was, w->teams[0]), "values", "created_count")),
        2 * 3 * MONTHS + MONTHS);
    assert_int_equal(json_integer_value(member(row_of(is, w->teams[0]), "values", "created_count")),
        3 * 3 * MONTHS + MONTHS);
    (void)snprintf(path, sizeof(path), "/api/v1/performance?as_of=%s", as_of);
    figures_are_their_lists(w, SITE_LEADER, path, as_of);
}

static void what_is_wrong_is_named(struct world *w)
{
    static const char *const wrong[] = {"by=star", "period=1999..2026",
        "period=2020-01-01..2026-01-01", "period=2031", "view=maybe", "unknown=1"};
    char path[120];

    for (size_t i = 0; i < COX_COUNT(wrong); i++) {
        (void)snprintf(path, sizeof(path), "/api/v1/performance?%s", wrong[i]);
        (void)site_get(w->site, SITE_MANAGER, path, 400);
    }
    assert_int_equal(json_array_size(json_object_get(
                         get(w, SITE_MANAGER, "/api/v1/performance?period=2026-Q3"), "months")),
        3);
}

static void scorecards(void **state)
{
    struct world w;

    open_world(&w, site_of(state), SELLERS);
    people_see_their_line(&w);
    teams_are_seen_whole(&w);
    figures_are_their_lists(&w, SITE_MANAGER, "/api/v1/performance", NULL);
    figures_are_their_lists(&w, SITE_LEADER, "/api/v1/performance?by=team", NULL);
    months_are_their_lists(&w);
    verdict_is_one_whoever_looks(&w);
    the_past_stays(&w);
    what_is_wrong_is_named(&w);
}

/* The company's figures less one's own would be the other's: told to the manager, not to the rep. */
static void of_one_other_nothing_is_told(void **state)
{
    struct world w;
    json_t *json, *row;
    char path[80];

    open_world(&w, site_of(state), 2);
    (void)snprintf(path, sizeof(path), "/api/v1/performance/%lld", (long long)w.sellers[0]);
    json = get(&w, SITE_REP, path);
    row = row_of(json, w.sellers[0]);
    assert_int_equal(json_integer_value(member(row, "comparison", "closed_count")),
        3 * (MONTHS - 1)); /* of the complete months */
    assert_true(json_is_null(member(row, "comparison", "ratio")));
    assert_true(json_is_null(member(row, "comparison", "rate")));
    assert_true(json_is_null(member(row, "comparison", "p_adjusted")));
    assert_string_equal(json_string_value(member(row, "comparison", "verdict")), "too_few");
    assert_int_equal(json_object_size(json_object_get(row, "pace")), 0);
    assert_int_equal(json_array_size(json_object_get(json, "mix")), 0);
    assert_true(json_is_null(
        json_array_get(json_object_get(member(json, "band", "won_count"), "mid"), MONTHS)));
    row = row_of(get(&w, SITE_MANAGER, path), w.sellers[0]);
    assert_true(json_is_real(member(row, "comparison", "ratio")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {BOTH_SITES(scorecards),
        BOTH_SITES(of_one_other_nothing_is_told)};

    return cmocka_run_group_tests_name("performance", tests, NULL, NULL);
}
