/* sales/home.c: what the home page and the board ask. */
#include "sales/home.h"

#include "base/zone.h"
#include "record/switches.h"
#include "sales/analysis.h"
#include "sales/board.h"
#include "sales/brief_json.h"
#include "serve/server.h"

/* ---- home ---- */

struct home {
    struct cox_exchange *x;
    struct cox_brief_ask ask;
    struct cox_text period, since;
    struct cox_json json;
};

static enum cox_rc read_hat(struct cox_exchange *x, enum cox_role *ret_hat, struct cox_err *reterr)
{
    static const enum cox_role hats[] = {COX_REP, COX_MANAGER, COX_LEADER};
    struct cox_text text;

    COX_TRY(cox_exchange_parameter(x, "hat", &text, reterr));
    if (text.ptr == NULL) {
        *ret_hat = COX_REP;
        return COX_OK;
    }
    for (size_t i = 0; i < COX_COUNT(hats); i++) {
        if (cox_text_same(text, cox_text_of(cox_brief_hat_name(hats[i])))) {
            *ret_hat = hats[i];
            return COX_OK;
        }
    }
    return cox_fail_at(reterr, COX_INVALID, "hat", 0, "is manager, leader or rep");
}

/* Executives look at either page; everybody has work of one's own. */
static bool may_wear(const struct cox_exchange *x, enum cox_role hat)
{
    unsigned wanted = COX_ROLE_BIT(hat) | COX_ROLE_BIT(COX_EXECUTIVE);

    return hat == COX_REP || (x->who.actor.roles & wanted) != 0;
}

/* Days and instants are read within the call: a day is of the company's calendar. */
static enum cox_rc read_times(struct cox_call *call, struct home *home, struct cox_err *reterr)
{
    const struct cox_date_opt date = {.order = COX_DATE_YMD};

    home->ask.has_period_day = home->period.ptr != NULL;
    if (home->period.ptr != NULL &&
        cox_day_parse(home->period, &date, &home->ask.period_day, reterr) != COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0, "is a day: its quarter is meant");
    }
    if (home->since.ptr == NULL) {
        return COX_OK;
    }
    if (cox_instant_parse(home->since, &date, cox_call_zone(call), &home->ask.since_us, reterr) !=
        COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, "since", 0, "is an instant");
    }
    if (home->ask.since_us <= 0 || home->ask.since_us > cox_call_as_of(call).at_us) {
        return cox_fail_at(reterr, COX_INVALID, "since", 0, "lies after the instant that is read");
    }
    return COX_OK;
}

static enum cox_rc fill_home(struct cox_brief *brief, void *ctx, struct cox_err *reterr)
{
    struct home *home = ctx;
    const struct cox_feature *const *features = cox_server_host(home->x->server)->features;

    for (size_t f = 0; features[f] != NULL; f++) {
        const struct cox_signal *const *signals =
            cox_call_is_off(brief->call, features[f]->name) ? NULL : features[f]->signals;

        for (size_t s = 0; signals != NULL && signals[s] != NULL; s++) {
            if ((signals[s]->hats & COX_ROLE_BIT(home->ask.hat)) != 0) {
                COX_TRY(signals[s]->add(brief, reterr));
            }
        }
    }
    home->x->reply.seq = cox_call_as_of(brief->call).seq;
    cox_reply_json(home->x, 200, &home->json);
    cox_brief_put_json(brief, COX_BRIEF_UNITS, &home->json);
    return cox_reply_json_done(home->x, &home->json, reterr);
}

static enum cox_rc make_home(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct home *home = (struct home *)ctx;

    COX_TRY(read_times(call, home, reterr));
    return cox_brief_with_books(call, &home->ask, cox_books_if_filled(home->x->server), fill_home,
        home, reterr);
}

enum cox_rc cox_home_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct home home = {.x = x, .ask = {.user = x->who.actor.user_id}};
    struct cox_read_opt opt;

    COX_TRY(read_hat(x, &home.ask.hat, reterr));
    if (!may_wear(x, home.ask.hat)) {
        return cox_fail_at(reterr, COX_DENIED, "hat", 0, "you do not wear the %s's hat",
            cox_brief_hat_name(home.ask.hat));
    }
    COX_TRY(cox_exchange_integer(x, "team", 1, INT64_MAX, 0, &home.ask.team, reterr));
    COX_TRY(cox_exchange_parameter(x, "period", &home.period, reterr));
    COX_TRY(cox_exchange_parameter(x, "since", &home.since, reterr));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    return cox_store_read(x->store, &opt, make_home, &home, reterr);
}

/* ---- board ---- */

struct board_ask {
    struct cox_exchange *x;
    struct cox_board_ask ask;
};

static enum cox_rc make_board(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct board_ask *ask = (struct board_ask *)ctx;
    struct cox_board board;
    struct cox_json json;

    COX_TRY(cox_board_load(call, &ask->ask, &board, reterr));
    ask->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(ask->x, 200, &json);
    COX_TRY(cox_board_put_json(&board, &json, reterr));
    return cox_reply_json_done(ask->x, &json, reterr);
}

static enum cox_rc read_order(struct cox_exchange *x, enum cox_board_order *ret_order,
    struct cox_err *reterr)
{
    struct cox_text text;

    COX_TRY(cox_exchange_parameter(x, "order", &text, reterr));
    if (text.ptr == NULL) {
        *ret_order = COX_BOARD_CLOSE_DAY;
        return COX_OK;
    }
    for (int i = 0; i < COX_BOARD_ORDER_COUNT; i++) {
        if (cox_text_same(text, cox_text_of(cox_board_orders[i]))) {
            *ret_order = (enum cox_board_order)i;
            return COX_OK;
        }
    }
    return cox_fail_at(reterr, COX_INVALID, "order", 0, "is close_day, amount or stage_day");
}

enum cox_rc cox_board_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct board_ask ask = {.x = x, .ask.books = cox_books_if_filled(x->server)};
    struct cox_read_opt opt;
    int64_t limit;

    COX_TRY(cox_exchange_integer(x, "pipeline", 1, INT64_MAX, 0, &ask.ask.pipeline, reterr));
    COX_TRY(cox_exchange_integer(x, "column", 1, INT64_MAX, 0, &ask.ask.stage, reterr));
    COX_TRY(
        cox_exchange_integer(x, "limit", 1, COX_BOARD_CARDS_MAX, COX_BOARD_CARDS, &limit, reterr));
    ask.ask.card_max = (size_t)limit;
    COX_TRY(read_order(x, &ask.ask.order, reterr));
    COX_TRY(cox_exchange_parameter(x, "cursor", &ask.ask.after, reterr));
    COX_TRY(cox_exchange_parameter(x, "search", &ask.ask.search, reterr));
    COX_TRY(cox_exchange_filter(x, &ask.ask.filter, reterr));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    return cox_store_read(x->store, &opt, make_board, &ask, reterr);
}
