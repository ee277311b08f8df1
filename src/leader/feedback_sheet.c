/*
 * leader/feedback_sheet.c: what one is asked about, answering, and taking an answer back. Answers go sealed into
 * record/sealed.h; the routes are in no log, and nothing tells others who has answered.
 */
#include "leader/feedback.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "record/sealed.h"
#include "serve/seal.h"

/* ---- sheets ---- */

static enum cox_rc seal_sheet(const struct cox_exchange *x, struct cox_arena *arena,
    const struct cox_feedback_sheet *sheet, struct cox_text *ret_sealed, struct cox_err *reterr)
{
    return cox_seal(x->server, arena, (struct cox_text){(const char *)sheet, sizeof(*sheet)},
        ret_sealed, reterr);
}

enum cox_rc cox_feedback_sheet_open(const struct cox_exchange *x, struct cox_arena *arena,
    struct cox_text sealed, struct cox_feedback_sheet *ret_sheet, struct cox_err *reterr)
{
    struct cox_text body;

    COX_TRY(cox_unseal(x->server, arena, sealed, &body, reterr));
    if (body.size != sizeof(*ret_sheet)) {
        return cox_fail(reterr, COX_CORRUPT, "an answer is damaged");
    }
    memcpy(ret_sheet, body.ptr, sizeof(*ret_sheet));
    return COX_OK;
}

/* ---- the invitation that a request is about ---- */

struct asked {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t round_id;
    struct cox_feedback_rater rater;
    struct cox_feedback_round round;
    struct cox_form form;
    struct cox_json json;
};

/* The actor's own invitation; without one the round is as absent as any. The round itself is its author's and its
 * person's: of it a rater learns what an invitation says (about whom, what, until when). */
static enum cox_rc find_invitation(struct asked *asked, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_FEEDBACK_RATER_ROUND, "eq", cox_int(asked->round_id)},
        {COX_FEEDBACK_RATER_RATER, "eq", cox_int(asked->x->who.actor.user_id)},
    };
    struct cox_query query = {.entity = &cox_feedback_rater, .limit = 1};
    const struct cox_row *round;
    struct cox_page page;

    COX_TRY(cox_filter_build(asked->call, &cox_feedback_rater, terms, COX_COUNT(terms),
        &query.filter, reterr));
    COX_TRY(cox_list(asked->call, &query, &page, reterr));
    if (page.count == 0) {
        return cox_fail(reterr, COX_MISSING, "no such round");
    }
    cox_row_unpack(&page.rows[0], &asked->rater);
    COX_TRY(cox_peek(asked->call, &cox_feedback_round, asked->round_id, &round, reterr));
    cox_row_unpack(round, &asked->round);
    return COX_OK;
}

static bool is_answered_now(struct cox_call *call, const struct cox_feedback_round *round)
{
    return round->state == COX_FEEDBACK_OPEN && cox_call_today(call) < round->to_day;
}

/* No late answer, and none before: what is shown at the end was all there at one instant. */
static enum cox_rc must_be_open(struct asked *asked, struct cox_err *reterr)
{
    return is_answered_now(asked->call, &asked->round)
               ? COX_OK
               : cox_fail(reterr, COX_CONFLICT,
                     asked->round.state == COX_FEEDBACK_DRAFT ? "the round is not open yet"
                                                              : "the round is over");
}

static enum cox_rc begin(struct cox_exchange *x, struct asked **ret_asked, struct cox_err *reterr)
{
    struct asked *asked = COX_NEW(x->arena, struct asked);

    if (asked == NULL) {
        return cox_no_memory(reterr);
    }
    *asked = (struct asked){.x = x};
    *ret_asked = asked;
    return cox_exchange_id(x, 0, &asked->round_id, reterr);
}

/* ---- GET, PUT and DELETE /feedback/{round}/answers ---- */

static enum cox_rc reply_own(struct asked *asked, const struct cox_feedback_sheet *sheet,
    struct cox_err *reterr)
{
    struct cox_json *json = &asked->json;

    cox_reply_json(asked->x, 200, json);
    cox_json_begin_object(json);
    cox_json_key(json, "answers");
    cox_json_begin_array(json);
    for (size_t i = 0; sheet != NULL && i < sheet->count; i++) {
        cox_json_int(json, (int64_t)sheet->answers[i]);
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return cox_reply_json_done(asked->x, json, reterr);
}

static enum cox_rc read_own(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct asked *asked = (struct asked *)ctx;
    struct cox_feedback_sheet sheet;
    struct cox_text sealed;

    asked->call = call;
    COX_TRY(find_invitation(asked, reterr));
    COX_TRY(cox_sealed_find(call, asked->round_id, asked->rater.head.id, &sealed, reterr));
    if (sealed.ptr == NULL) {
        return reply_own(asked, NULL, reterr);
    }
    COX_TRY(cox_feedback_sheet_open(asked->x, cox_call_arena(call), sealed, &sheet, reterr));
    return reply_own(asked, &sheet, reterr);
}

enum cox_rc cox_feedback_answers_get(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct asked *asked;

    COX_TRY(begin(x, &asked, reterr));
    return cox_store_read(x->store, &opt, read_own, asked, reterr);
}

static enum cox_rc put_own(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct asked *asked = (struct asked *)ctx;
    struct cox_feedback_sheet sheet;
    struct cox_text sealed;
    json_t *body;

    asked->call = call;
    memset(&sheet, 0, sizeof(sheet)); /* it is sealed byte by byte */
    COX_TRY(find_invitation(asked, reterr));
    COX_TRY(must_be_open(asked, reterr));
    COX_TRY(cox_form_of(call, asked->round.instrument, &asked->form, reterr));
    COX_TRY(cox_exchange_json(asked->x, &body, reterr));
    COX_TRY(cox_form_read(&asked->form, json_object_get(body, "answers"), sheet.answers, reterr));
    sheet.rater = asked->x->who.actor.user_id;
    sheet.group = asked->rater.group;
    sheet.count = asked->form.item_count;
    COX_TRY(seal_sheet(asked->x, cox_call_arena(call), &sheet, &sealed, reterr));
    return cox_sealed_put(call, asked->round_id, asked->rater.head.id, sealed, reterr);
}

/* Neither an idempotency key nor a commit: both would tell who has answered, and when. */
static enum cox_rc write_unseen(struct cox_exchange *x, cox_call_fn fn, struct cox_err *reterr)
{
    const struct cox_write_opt opt = {.actor = x->who.actor, .cause = COX_CAUSE_JOB};
    struct asked *asked;

    COX_TRY(begin(x, &asked, reterr));
    COX_TRY(cox_store_write(x->store, &opt, fn, asked, NULL, reterr));
    x->reply.status = 204;
    return COX_OK;
}

enum cox_rc cox_feedback_answers_put(struct cox_exchange *x, struct cox_err *reterr)
{
    return write_unseen(x, put_own, reterr);
}

static enum cox_rc drop_own(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct asked *asked = (struct asked *)ctx;

    asked->call = call;
    COX_TRY(find_invitation(asked, reterr));
    COX_TRY(must_be_open(asked, reterr));
    return cox_sealed_drop(call, asked->round_id, asked->rater.head.id, reterr);
}

enum cox_rc cox_feedback_answers_drop(struct cox_exchange *x, struct cox_err *reterr)
{
    return write_unseen(x, drop_own, reterr);
}

/* ---- GET /feedback: what I am asked, and the rounds that I asked for or that are about me ---- */

static void put_form(struct cox_json *json, const struct cox_form *form)
{
    cox_json_put_text(json, "label", form->label);
    cox_json_put_int(json, "points", form->points);
    cox_json_put_text(json, "low_label", form->low_label);
    cox_json_put_text(json, "high_label", form->high_label);
    cox_json_key(json, "items");
    cox_json_begin_array(json);
    for (size_t i = 0; i < form->item_count; i++) {
        cox_json_text(json, form->items[i].text);
    }
    cox_json_end_array(json);
}

static enum cox_rc put_invitation(struct asked *asked, struct cox_err *reterr)
{
    struct cox_json *json = &asked->json;
    struct cox_text name, sealed;

    COX_TRY(cox_form_of(asked->call, asked->round.instrument, &asked->form, reterr));
    COX_TRY(cox_ref_name(asked->call, &cox_user, asked->rater.person, &name, reterr));
    COX_TRY(cox_sealed_find(asked->call, asked->round_id, asked->rater.head.id, &sealed, reterr));
    cox_json_begin_object(json);
    cox_json_put_int(json, "round", asked->round_id);
    cox_json_put_int(json, "person", asked->rater.person);
    cox_json_put_text(json, "person_name", name);
    cox_json_put_bool(json, "is_self", asked->rater.group == COX_FEEDBACK_SELF);
    cox_cell_put_day(json, "to_day", asked->round.to_day);
    cox_json_put_bool(json, "is_answered", sealed.ptr != NULL);
    put_form(json, &asked->form);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc put_asked(struct asked *asked, struct cox_err *reterr)
{
    const struct cox_filter_term mine = {COX_FEEDBACK_RATER_RATER, "eq",
        cox_int(asked->x->who.actor.user_id)};
    struct cox_query query = {.entity = &cox_feedback_rater,
        .limit = COX_PAGE_MAX,
        .order = {{COX_NO_FIELD, true}},
        .order_count = 1};
    struct cox_page page;

    COX_TRY(cox_filter_build(asked->call, &cox_feedback_rater, &mine, 1, &query.filter, reterr));
    COX_TRY(cox_list(asked->call, &query, &page, reterr));
    cox_json_key(&asked->json, "asked");
    cox_json_begin_array(&asked->json);
    for (size_t i = 0; i < page.count; i++) {
        const struct cox_row *round;

        cox_row_unpack(&page.rows[i], &asked->rater);
        asked->round_id = asked->rater.round;
        COX_TRY(cox_peek(asked->call, &cox_feedback_round, asked->round_id, &round, reterr));
        cox_row_unpack(round, &asked->round);
        if (is_answered_now(asked->call, &asked->round)) {
            COX_TRY(put_invitation(asked, reterr));
        }
    }
    cox_json_end_array(&asked->json);
    return COX_OK;
}

/* Whom the asker has invited; somebody else's invitations are not seen. */
static enum cox_rc put_raters(struct asked *asked, int64_t round, struct cox_err *reterr)
{
    const struct cox_filter_term of_round = {COX_FEEDBACK_RATER_ROUND, "eq", cox_int(round)};
    struct cox_query query = {.entity = &cox_feedback_rater, .limit = COX_FEEDBACK_RATERS_MAX};
    struct cox_json *json = &asked->json;
    struct cox_page page;

    COX_TRY(
        cox_filter_build(asked->call, &cox_feedback_rater, &of_round, 1, &query.filter, reterr));
    COX_TRY(cox_list(asked->call, &query, &page, reterr));
    cox_json_key(json, "raters");
    cox_json_begin_array(json);
    for (size_t i = 0; i < page.count; i++) {
        struct cox_feedback_rater rater;
        struct cox_text name;

        cox_row_unpack(&page.rows[i], &rater);
        if (rater.author != asked->x->who.actor.user_id) {
            continue;
        }
        COX_TRY(cox_ref_name(asked->call, &cox_user, rater.rater, &name, reterr));
        cox_json_begin_object(json);
        cox_json_put_int(json, "id", rater.head.id);
        cox_json_put_int(json, "user", rater.rater);
        cox_json_put_text(json, "name", name);
        cox_json_key(json, "group");
        COX_TRY(cox_cell_json(asked->call, &page.rows[i], COX_FEEDBACK_RATER_GROUP, json, reterr));
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    return COX_OK;
}

static enum cox_rc put_round(struct asked *asked, const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_json *json = &asked->json;
    struct cox_feedback_round round;
    struct cox_text name, author;

    cox_row_unpack(row, &round);
    COX_TRY(cox_ref_name(asked->call, &cox_user, round.person, &name, reterr));
    COX_TRY(cox_ref_name(asked->call, &cox_user, round.author, &author, reterr));
    COX_TRY(cox_form_of(asked->call, round.instrument, &asked->form, reterr));
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", round.head.id);
    cox_json_put_int(json, "rev", round.head.rev);
    cox_json_put_int(json, "person", round.person);
    cox_json_put_text(json, "person_name", name);
    cox_json_put_int(json, "author", round.author);
    cox_json_put_text(json, "author_name", author);
    cox_json_key(json, "state");
    COX_TRY(cox_cell_json(asked->call, row, COX_FEEDBACK_ROUND_STATE, json, reterr));
    cox_cell_put_day(json, "opened_day", round.opened_day);
    cox_cell_put_day(json, "to_day", round.to_day);
    cox_cell_put_day(json, "closed_day", round.closed_day);
    cox_cell_put_number(json, "invited_count", round.invited_count);
    cox_json_put_text(json, "questionnaire", asked->form.label);
    cox_json_put_bool(json, "can_close",
        round.state == COX_FEEDBACK_OPEN && round.person == asked->x->who.actor.user_id &&
            cox_call_today(asked->call) >= round.to_day);
    COX_TRY(put_raters(asked, round.head.id, reterr));
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc make_feedback(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct asked *asked = (struct asked *)ctx;
    struct cox_query query = {.entity = &cox_feedback_round,
        .limit = 50,
        .order = {{COX_FEEDBACK_ROUND_TO_DAY, true}},
        .order_count = 1};
    struct cox_page page;

    asked->call = call;
    cox_reply_json(asked->x, 200, &asked->json);
    cox_json_begin_object(&asked->json);
    COX_TRY(put_asked(asked, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    cox_json_put_int(&asked->json, "least", COX_FEEDBACK_LEAST);
    cox_json_key(&asked->json, "rounds");
    cox_json_begin_array(&asked->json);
    for (size_t i = 0; i < page.count; i++) {
        COX_TRY(put_round(asked, &page.rows[i], reterr));
    }
    cox_json_end_array(&asked->json);
    cox_json_end_object(&asked->json);
    return cox_reply_json_done(asked->x, &asked->json, reterr);
}

enum cox_rc cox_feedback_get(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct asked *asked = COX_NEW(x->arena, struct asked);

    if (asked == NULL) {
        return cox_no_memory(reterr);
    }
    *asked = (struct asked){.x = x};
    return cox_store_read(x->store, &opt, make_feedback, asked, reterr);
}
