/*
 * leader/prep.c: GET /coaching/{user}/prep: what to know before a talk with somebody, for the two of them: what was won
 * and lost since the last one, where deals are lost against comparable peers, promises, points, skills in
 * work. The person reads it of oneself; else who leads the person's line today. Of notes nothing is shown.
 */
#include "leader/prep.h"

#include "base/money.h"
#include "leader/coaching.h"
#include "leader/coaching_plan.h"
#include "leader/leak.h"
#include "leader/ledger.h"
#include "leader/one_on_one.h"
#include "org/line.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "record/switches.h"
#include "sales/analysis.h"
#include "sales/deals.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

enum { SINCE_DAYS = 30, LOOK_BACK_DAYS = 365, DEALS_SHOWN = 50, PEERS_MAX = 500 };

struct prep {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t user, asker, day;
    int64_t since_day; /* of the last held talk of the two, or SINCE_DAYS ago */
    bool had_talk;
    int64_t next_day, every_days, cadence_from;
    int64_t session_count, session_day;
    const struct cox_iso_currency *iso;
    struct cox_deals deals;
    int64_t *peers; /* the person first; in the request's arena */
    size_t peer_count;
    bool is_company; /* peers: everybody, because the own manager's people are too few */
    struct cox_as_of as_of;
    struct cox_leaks leaks;
    struct cox_json json;
};

/* ---- who may ask ---- */

static enum cox_rc check_asker(struct prep *p, struct cox_err *reterr)
{
    const int64_t *below;
    size_t count;

    if (p->asker == p->user) {
        return COX_OK;
    }
    COX_TRY(cox_line_below(p->call, p->asker, cox_call_today(p->call), &below, &count, reterr));
    for (size_t i = 0; i < count; i++) {
        if (below[i] == p->user) {
            return COX_OK;
        }
    }
    return cox_fail(reterr, COX_MISSING, "there is no such person, or not in your line");
}

/* Is this record of two people of the two at hand? Of oneself: whoever the other is. */
static bool is_ours(const struct prep *p, int64_t a, int64_t b)
{
    if (p->asker == p->user) {
        return a == p->user || b == p->user;
    }
    return (a == p->asker && b == p->user) || (a == p->user && b == p->asker);
}

/* ---- talks, rhythm, sessions ---- */

static enum cox_rc note_talk(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;
    struct cox_one_on_one talk;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &talk);
    if (!is_ours(p, talk.leader, talk.person) || (p->asker == p->user && talk.person != p->user)) {
        return COX_OK;
    }
    if (talk.state == COX_ONE_ON_ONE_HELD && talk.day <= p->day &&
        (!p->had_talk || talk.day > p->since_day)) {
        p->had_talk = true;
        p->since_day = talk.day;
    }
    if (talk.state == COX_ONE_ON_ONE_PLANNED && talk.day >= p->day &&
        (p->next_day == COX_NULL || talk.day < p->next_day)) {
        p->next_day = talk.day;
    }
    return COX_OK;
}

static enum cox_rc note_cadence(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;
    struct cox_cadence cadence;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &cadence);
    if (is_ours(p, cadence.leader, cadence.person) && cadence.from_day <= p->day &&
        (p->cadence_from == COX_NULL || cadence.from_day >= p->cadence_from)) {
        p->every_days = cadence.every_days; /* the newest agreement counts */
        p->cadence_from = cadence.from_day;
    }
    return COX_OK;
}

static enum cox_rc note_session(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;
    struct cox_coaching_session session;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &session);
    if (cox_coaching_is_held(&session) && is_ours(p, session.coach, session.person) &&
        session.day <= p->day && session.day > p->day - 90) {
        p->session_count++;
        p->session_day = session.day > p->session_day ? session.day : p->session_day;
    }
    return COX_OK;
}

/* Due: so many days after the last one, or after the agreement. */
static void put_rhythm(struct prep *p)
{
    struct cox_json *json = &p->json;
    int64_t from = p->had_talk ? p->since_day : p->cadence_from;
    int64_t due = p->every_days == COX_NULL ? COX_NULL : from + p->every_days;

    cox_json_key(json, "rhythm");
    cox_json_begin_object(json);
    cox_cell_put_day(json, "last_day", p->had_talk ? p->since_day : COX_NULL);
    cox_cell_put_day(json, "next_day", p->next_day);
    cox_cell_put_number(json, "every_days", p->every_days);
    cox_cell_put_day(json, "due_day", due);
    cox_cell_put_number(json, "overdue_days",
        due == COX_NULL ? COX_NULL : (due < p->day ? p->day - due : 0));
    cox_json_end_object(json);
    cox_json_key(json, "sessions");
    cox_json_begin_object(json);
    cox_json_put_int(json, "count_90_days", p->session_count);
    cox_cell_put_day(json, "last_day", p->session_day);
    cox_json_end_object(json);
}

/* ---- won and lost ---- */

static void put_money(struct prep *p, const char *key, double minor)
{
    char text[COX_NUM_TEXT_MAX];

    cox_json_key(&p->json, key);
    if (isnan(minor)) {
        cox_json_null(&p->json);
    } else if (p->iso == NULL) {
        cox_json_real(&p->json, minor);
    } else {
        cox_json_raw(&p->json,
            cox_text_of(cox_money_format((int64_t)nearbyint(minor), p->iso, text)));
    }
}

/* Larger than all the person won in the year before it. */
static bool is_largest(const struct prep *p, const struct cox_deal *win)
{
    for (size_t i = 0; i < p->deals.count; i++) {
        const struct cox_deal *deal = &p->deals.at[i];

        if (deal->owner == p->user && deal->won_day != COX_NULL && deal->id != win->id &&
            deal->won_day <= win->won_day && deal->won_day > win->won_day - LOOK_BACK_DAYS &&
            deal->amount_minor >= win->amount_minor) {
            return false;
        }
    }
    return true;
}

static enum cox_rc put_deal(struct prep *p, const struct cox_deal *deal, struct cox_err *reterr)
{
    struct cox_json *json = &p->json;
    struct cox_opportunity row;
    struct cox_text reason = {0};

    COX_TRY(cox_load(p->call, &cox_opportunity, deal->id, &row, reterr));
    if (row.loss_reason != COX_NULL) {
        COX_TRY(cox_ref_name(p->call, &cox_loss_reason, row.loss_reason, &reason, reterr));
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "opportunity", deal->id);
    cox_json_put_text(json, "name", row.name);
    put_money(p, "amount", (double)deal->amount_minor);
    cox_cell_put_day(json, "day", deal->closed_day);
    if (deal->won_day != COX_NULL) {
        cox_json_put_bool(json, "is_largest_in_year", is_largest(p, deal));
    } else {
        cox_json_put_text(json, "reason", reason);
    }
    cox_json_end_object(json);
    return COX_OK;
}

/* Since the last talk: that day's own deals were talked about. */
static bool is_since(const struct prep *p, const struct cox_deal *deal, bool is_won)
{
    return deal->owner == p->user && deal->closed_day != COX_NULL &&
           deal->closed_day > p->since_day && deal->closed_day <= p->day &&
           (deal->won_day != COX_NULL) == is_won;
}

static enum cox_rc put_closed(struct prep *p, bool is_won, struct cox_err *reterr)
{
    struct cox_json *json = &p->json;
    int64_t count = 0, sum = 0;

    cox_json_key(json, is_won ? "wins" : "losses");
    cox_json_begin_object(json);
    cox_json_key(json, "deals");
    cox_json_begin_array(json);
    for (size_t i = 0; i < p->deals.count; i++) {
        if (!is_since(p, &p->deals.at[i], is_won)) {
            continue;
        }
        sum += p->deals.at[i].amount_minor;
        if (count++ < DEALS_SHOWN) {
            COX_TRY(put_deal(p, &p->deals.at[i], reterr));
        }
    }
    cox_json_end_array(json);
    cox_json_put_int(json, "count", count);
    put_money(p, "amount", (double)sum);
    cox_json_end_object(json);
    return COX_OK;
}

/* ---- promises, points, plans, card ---- */

static enum cox_rc note_promise(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;
    struct cox_json *json = &p->json;
    struct cox_action_item item;

    (void)reterr; /* the writer keeps its own failure */
    cox_row_unpack(row, &item);
    if (item.state != COX_ACTION_ITEM_OPEN || !is_ours(p, item.author, item.other)) {
        return COX_OK;
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_text(json, "text", item.text);
    cox_json_put_int(json, "by", item.owner);
    cox_cell_put_day(json, "due_day", item.due_day);
    cox_cell_put_number(json, "overdue_days",
        item.due_day == COX_NULL ? COX_NULL : (item.due_day < p->day ? p->day - item.due_day : 0));
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc note_point(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;
    struct cox_json *json = &p->json;
    struct cox_agenda_item item;

    (void)reterr; /* the writer keeps its own failure */
    cox_row_unpack(row, &item);
    if (item.state != COX_AGENDA_OPEN || !is_ours(p, item.author, item.other)) {
        return COX_OK;
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_text(json, "text", item.text);
    cox_json_put_int(json, "by", item.author);
    cox_cell_put_day(json, "day", item.day);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc note_plan(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;
    struct cox_json *json = &p->json;
    struct cox_plan plan;

    (void)reterr; /* the writer keeps its own failure */
    cox_row_unpack(row, &plan);
    if (plan.state != COX_PLAN_ACTIVE || plan.person != p->user) {
        return COX_OK;
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_text(json, "goal", plan.goal);
    cox_json_put_text(json, "skill", plan.skill);
    cox_cell_put_day(json, "to_day", plan.to_day);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc note_card(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;
    struct cox_json *json = &p->json;
    struct cox_card card;

    (void)reterr; /* the writer keeps its own failure */
    cox_row_unpack(row, &card);
    if (card.person != p->user) {
        return COX_OK;
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_text(json, "drives", card.drives);
    cox_json_put_text(json, "feedback", card.feedback);
    cox_json_put_text(json, "helps", card.helps);
    cox_json_put_text(json, "hinders", card.hinders);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc put_lists(struct prep *p, struct cox_err *reterr)
{
    static const struct {
        const char *key;
        const struct cox_entity *entity;
        cox_row_fn note;
    } lists[] = {
        {"promises", &cox_action_item, note_promise},
        {"points", &cox_agenda_item, note_point},
        {"plans", &cox_plan, note_plan},
        {"cards", &cox_card, note_card},
    };

    for (size_t i = 0; i < COX_COUNT(lists); i++) {
        cox_json_key(&p->json, lists[i].key);
        cox_json_begin_array(&p->json);
        if (lists[i].entity != &cox_action_item || !cox_call_is_off(p->call, "one_on_one")) {
            COX_TRY(cox_each(p->call, lists[i].entity, NULL, lists[i].note, p, reterr));
        }
        cox_json_end_array(&p->json);
    }
    return COX_OK;
}

/* ---- peers and leaks ---- */

struct peers {
    struct prep *p;
    int64_t manager;
    bool wants_manager;
};

static enum cox_rc note_line(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct peers *peers = (struct peers *)ctx;
    struct prep *p = peers->p;
    struct cox_reporting_line line;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &line);
    if ((line.from_day != COX_NULL && line.from_day > p->day) ||
        (line.to_day != COX_NULL && line.to_day <= p->day)) {
        return COX_OK;
    }
    if (peers->wants_manager && line.user == p->user) {
        peers->manager = line.manager;
    }
    if (!peers->wants_manager && line.manager == peers->manager && line.user != p->user &&
        p->peer_count < PEERS_MAX) {
        p->peers[p->peer_count++] = line.user;
    }
    return COX_OK;
}

static enum cox_rc note_user(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;

    (void)reterr; /* nothing can fail */
    if (row->id != p->user && cox_row_int(row, COX_USER_IS_ACTIVE) != 0 &&
        p->peer_count < PEERS_MAX) {
        p->peers[p->peer_count++] = row->id;
    }
    return COX_OK;
}

/* Those who report to the same manager; fewer than the least: everybody who works here. */
static enum cox_rc find_peers(struct prep *p, struct cox_err *reterr)
{
    struct peers peers = {p, COX_NULL, true};

    p->peers = COX_NEW_ARRAY(p->x->arena, PEERS_MAX + 1, int64_t);
    if (p->peers == NULL) {
        return cox_no_memory(reterr);
    }
    p->peers[p->peer_count++] = p->user;
    COX_TRY(cox_each(p->call, &cox_reporting_line, NULL, note_line, &peers, reterr));
    if (peers.manager != COX_NULL) {
        peers.wants_manager = false;
        COX_TRY(cox_each(p->call, &cox_reporting_line, NULL, note_line, &peers, reterr));
    }
    p->is_company = p->peer_count < COX_LEAK_PEERS_MIN;
    if (p->is_company) {
        p->peer_count = 1;
        COX_TRY(cox_each(p->call, &cox_user, NULL, note_user, p, reterr));
    }
    return COX_OK;
}

static void put_leak(struct prep *p, const struct cox_leak *leak)
{
    static const char *const flags[] = {
        [COX_DIAGNOSE_NONE] = "none",
        [COX_DIAGNOSE_LEAK] = "leak",
        [COX_DIAGNOSE_STRENGTH] = "strength",
    };
    struct cox_json *json = &p->json;

    cox_json_begin_object(json);
    cox_json_put_int(json, "stage", leak->stage);
    cox_json_put_string(json, "label", leak->label);
    cox_json_put_int(json, "entries", leak->entries);
    cox_json_put_int(json, "onward", leak->onward);
    cox_json_put_real(json, "rate", leak->cell.raw);
    cox_json_put_real(json, "expected", leak->cell.expected);
    cox_json_put_real(json, "shrunk", leak->cell.shrunk);
    cox_json_put_real(json, "low", leak->cell.low);
    cox_json_put_real(json, "high", leak->cell.high);
    put_money(p, "leak", leak->cell.leak);
    put_money(p, "leak_low", leak->cell.leak_low);
    put_money(p, "leak_high", leak->cell.leak_high);
    cox_json_put_string(json, "flag", flags[leak->cell.flag]);
    cox_json_end_object(json);
}

static void put_diagnosis(struct prep *p)
{
    struct cox_json *json = &p->json;

    cox_json_key(json, "diagnosis");
    cox_json_begin_object(json);
    cox_json_put_string(json, "peers", p->is_company ? "company" : "team");
    cox_json_put_int(json, "peer_count", (int64_t)p->leaks.peer_count);
    cox_json_key(json, "stages");
    cox_json_begin_array(json);
    for (size_t i = 0; i < p->leaks.count; i++) {
        put_leak(p, &p->leaks.at[i]);
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
}

/* ---- the route: who and whom as the asker, the peers' funnel as the program, the rest as the asker ---- */

static enum cox_rc look(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;

    p->call = call;
    p->day = cox_call_as_of_day(call);
    p->as_of = cox_call_as_of(call);
    COX_TRY(check_asker(p, reterr));
    return find_peers(p, reterr);
}

static enum cox_rc diagnose(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;

    return cox_leaks_load(call, cox_books_of(p->x->server), p->peers, p->peer_count, &p->leaks,
        reterr);
}

static enum cox_rc tell(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct prep *p = (struct prep *)ctx;
    struct cox_text name;

    p->call = call;
    p->iso = cox_iso_currency_find(cox_call_currency(call));
    p->next_day = p->every_days = p->cadence_from = p->session_day = COX_NULL;
    p->since_day = p->day - SINCE_DAYS;
    COX_TRY(cox_ref_name(call, &cox_user, p->user, &name, reterr));
    if (!cox_call_is_off(call, "one_on_one")) { /* a switch takes the records along */
        COX_TRY(cox_each(call, &cox_one_on_one, NULL, note_talk, p, reterr));
    }
    COX_TRY(cox_each(call, &cox_cadence, NULL, note_cadence, p, reterr));
    COX_TRY(cox_each(call, &cox_coaching_session, NULL, note_session, p, reterr));
    COX_TRY(cox_deals_load(call, p->day - 2 * LOOK_BACK_DAYS, true, &p->deals, reterr));
    p->x->reply.seq = p->as_of.seq;
    cox_reply_json(p->x, 200, &p->json);
    cox_json_begin_object(&p->json);
    cox_json_put_int(&p->json, "user", p->user);
    cox_json_put_text(&p->json, "name", name);
    cox_json_put_int(&p->json, "as_of_seq", p->as_of.seq);
    cox_cell_put_day(&p->json, "day", p->day);
    cox_cell_put_day(&p->json, "since_day", p->since_day);
    cox_json_put_text(&p->json, "currency", cox_call_currency(call));
    put_rhythm(p);
    COX_TRY(put_closed(p, true, reterr));
    COX_TRY(put_closed(p, false, reterr));
    COX_TRY(put_lists(p, reterr));
    put_diagnosis(p);
    cox_json_end_object(&p->json);
    return cox_reply_json_done(p->x, &p->json, reterr);
}

/* Of now: people's records do not read the past by today's hats. */
static enum cox_rc get_prep(struct cox_exchange *x, struct cox_err *reterr)
{
    struct prep *p = COX_NEW(x->arena, struct prep);
    const struct cox_read_opt opt = {.actor = x->who.actor}, own = {0};

    if (p == NULL) {
        return cox_no_memory(reterr);
    }
    *p = (struct prep){.x = x, .asker = x->who.actor.user_id};
    COX_TRY(cox_exchange_id(x, 0, &p->user, reterr));
    COX_TRY(cox_store_read(x->store, &opt, look, p, reterr));
    COX_TRY(cox_store_read(x->store, &own, diagnose, p, reterr));
    return cox_store_read(x->store, &opt, tell, p, reterr);
}

const struct cox_route cox_routes_prep[] = {
    {.method = COX_GET,
        .path = "/api/v1/coaching/{id}/prep",
        .handle = get_prep,
        .flags = COX_ROUTE_PEOPLE,
        .summary =
            "Before a talk: wins and losses since the last one, where deals are lost, promises, "
            "points, plans.",
        .out = "{\"type\":\"object\",\"required\":[\"user\",\"since_day\",\"rhythm\",\"wins\","
               "\"losses\",\"promises\",\"points\",\"plans\",\"cards\",\"diagnosis\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/coaching/ledger",
        .handle = cox_ledger_get,
        .flags = COX_ROUTE_PEOPLE,
        .summary =
            "One's own coaching: how much, how it was rated, what became of it beside those who "
            "were not coached.",
        .out = "{\"type\":\"object\",\"required\":[\"people\",\"effects\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/coaching/plans/{id}",
        .handle = cox_coaching_series_get,
        .flags = COX_ROUTE_PEOPLE,
        .summary =
            "A coaching plan of one's own: its 1:1s and sessions in order, what was agreed in "
            "each, the scores over them, what comes next.",
        .out = "{\"type\":\"object\",\"required\":[\"id\",\"coach\",\"person\",\"goal\","
               "\"state\",\"entries\",\"lines\",\"next\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/coaching/library",
        .handle = cox_coaching_library_get,
        .summary = "Templates and questions for coaching, and the company's own.",
        .out = "{\"type\":\"object\",\"required\":[\"templates\",\"own\"]}"},
    {0},
};
