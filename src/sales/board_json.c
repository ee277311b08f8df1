/* sales/board_json.c: the pipeline board as JSON. */
#include <stdio.h>

#include "base/money.h"
#include "org/people.h"
#include "record/cell.h"
#include "sales/account.h"
#include "sales/board.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

static void put_money(struct cox_json *json, const char *key, int64_t minor,
    struct cox_text currency)
{
    const struct cox_iso_currency *iso = cox_iso_currency_find(currency);
    char text[COX_NUM_TEXT_MAX];

    cox_json_key(json, key);
    if (minor == COX_NULL) {
        cox_json_null(json);
    } else if (iso == NULL) {
        cox_json_int(json, minor);
    } else {
        cox_json_raw(json, cox_text_of(cox_money_format(minor, iso, text)));
    }
}

/* ---- a card ---- */

static void put_facts(const struct cox_board *board, const struct cox_board_column *column,
    const struct cox_board_card *card, const struct cox_row *row, struct cox_json *json)
{
    struct cox_opportunity deal;
    struct cox_text currency;
    int64_t age;

    cox_row_unpack(row, &deal);
    currency = deal.currency.size > 0 ? deal.currency : board->currency;
    age = deal.stage_day == COX_NULL ? COX_NULL : board->day - deal.stage_day;
    cox_json_put_int(json, "id", row->id);
    cox_json_put_int(json, "rev", row->rev);
    cox_json_put_text(json, "name", deal.name);
    cox_cell_put_number(json, "account", deal.account);
    cox_cell_put_number(json, "owner", deal.owner);
    cox_cell_put_number(json, "stage", deal.stage);
    put_money(json, "amount", deal.amount, currency);
    cox_json_put_text(json, "currency", currency);
    put_money(json, "company_amount", card->amount_minor, board->currency);
    cox_cell_put_day(json, "close_day", deal.close_day);
    cox_cell_put_day(json, "closed_day", deal.closed_day);
    cox_json_put_real(json, "win_prob", deal.win_prob);
    cox_cell_put_number(json, "age_days", age);
    cox_json_put_bool(json, "is_over_age",
        age != COX_NULL && column->stage->learnt_days != COX_NULL &&
            column->stage->kind == COX_STAGE_OPEN && age > column->stage->learnt_days);
    cox_json_put_text(json, "next_step", deal.next_step);
    cox_cell_put_day(json, "next_step_day", deal.next_step_day);
}

static enum cox_rc put_card(struct cox_board *board, const struct cox_board_column *column,
    const struct cox_board_card *card, struct cox_json *json, struct cox_err *reterr)
{
    const struct cox_row *row;
    int64_t account, owner;

    COX_TRY(cox_get(board->call, &cox_opportunity, card->place.id, &row, reterr));
    account = cox_row_int(row, COX_OPPORTUNITY_ACCOUNT);
    owner = cox_row_int(row, COX_OPPORTUNITY_OWNER);
    cox_json_begin_object(json);
    put_facts(board, column, card, row, json);
    cox_json_key(json, "names");
    cox_json_begin_object(json);
    COX_TRY(cox_cell_put_name(board->call, json, "account", &cox_account, account, reterr));
    COX_TRY(cox_cell_put_name(board->call, json, "owner", &cox_user, owner, reterr));
    cox_json_end_object(json);
    cox_json_end_object(json);
    return COX_OK;
}

/* ---- a column ---- */

static void put_next(const struct cox_board *board, const struct cox_board_column *column,
    struct cox_json *json)
{
    char text[80];

    cox_json_key(json, "next");
    if (column->behind_count == 0 || column->card_count == 0) {
        cox_json_null(json);
        return;
    }
    (void)snprintf(text, sizeof(text), "%s.%lld.%lld", /* 50 bytes at most */
        cox_board_orders[board->ask->order],
        (long long)column->cards[column->card_count - 1].place.key,
        (long long)column->cards[column->card_count - 1].place.id);
    cox_json_string(json, text);
}

static enum cox_rc put_column(struct cox_board *board, const struct cox_board_column *column,
    struct cox_json *json, struct cox_err *reterr)
{
    const struct cox_deal_stage *stage = column->stage;

    cox_json_begin_object(json);
    cox_json_put_int(json, "stage", stage->id);
    cox_json_put_text(json, "label", stage->label);
    cox_json_put_string(json, "kind", cox_stage_kinds[stage->kind].name);
    cox_json_put_real(json, "win_prob", stage->win_prob);
    cox_json_put_int(json, "count", column->count);
    put_money(json, "sum", column->sum_minor, board->currency);
    put_money(json, "weighted", (int64_t)nearbyint(column->weighted_minor), board->currency);
    cox_cell_put_number(json, "learnt_days", stage->learnt_days);
    cox_json_put_int(json, "learnt_count", (int64_t)stage->learnt_count);
    put_next(board, column, json);
    cox_json_key(json, "rows");
    cox_json_begin_array(json);
    for (size_t i = 0; i < column->card_count; i++) {
        COX_TRY(put_card(board, column, &column->cards[i], json, reterr));
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return COX_OK;
}

static void put_head(const struct cox_board *board, struct cox_json *json)
{
    struct cox_as_of as_of = cox_call_as_of(board->call);
    char instant[COX_INSTANT_SIZE];

    cox_instant_format(as_of.at_us, instant);
    cox_json_put_int(json, "pipeline", board->pipeline);
    cox_json_key(json, "pipelines");
    cox_json_begin_array(json);
    for (size_t i = 0; i < board->pipeline_count; i++) {
        cox_json_begin_object(json);
        cox_json_put_int(json, "id", board->pipelines[i].id);
        cox_json_put_text(json, "name", board->pipelines[i].name);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    cox_json_put_string(json, "as_of", instant);
    cox_json_put_int(json, "as_of_seq", as_of.seq);
    cox_cell_put_day(json, "day", board->day);
    cox_json_put_text(json, "currency", board->currency);
    cox_json_key(json, "closed_in");
    cox_json_begin_object(json);
    cox_json_put_string(json, "label", board->period.label);
    cox_cell_put_day(json, "from_day", board->period.span.from_day);
    cox_cell_put_day(json, "to_day", board->period.span.to_day);
    cox_json_end_object(json);
    cox_json_put_int(json, "unrated_count", (int64_t)board->unrated_count);
}

enum cox_rc cox_board_put_json(struct cox_board *board, struct cox_json *json,
    struct cox_err *reterr)
{
    cox_json_begin_object(json);
    put_head(board, json);
    cox_json_key(json, "columns");
    cox_json_begin_array(json);
    for (size_t i = 0; i < board->column_count; i++) {
        COX_TRY(put_column(board, &board->columns[i], json, reterr));
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return COX_OK;
}
