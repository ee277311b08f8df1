/*
 * leader/vision_page.c: GET /vision/page: the vision that holds on the day read, as one page. Who has read it
 * is told of the asker, and of those in the asker's line.
 */
#include "leader/vision_page.h"

#include "leader/vision.h"
#include "org/line.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "serve/http.h"

enum { PILLARS_MAX = 50, QUESTIONS_MAX = 100 };

struct vision_page {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t day, id, rev;
    struct cox_vision vision;
    struct cox_json json;
    /* Receipts. */
    const int64_t *line;
    size_t line_count;
    unsigned char *has_read; /* by position in line: 1 an earlier version, 2 this one */
    int64_t own_day, own_rev;
};

/* ---- which vision ---- */

/* The one that began last; of two from one day the newer record. */
static enum cox_rc note_vision(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct vision_page *page = ctx;
    struct cox_vision vision;
    struct cox_arena *arena = cox_call_arena(page->call);

    cox_row_unpack(row, &vision);
    if (vision.from_day > page->day || (vision.to_day != COX_NULL && vision.to_day <= page->day) ||
        (page->id != 0 && vision.from_day < page->vision.from_day)) {
        return COX_OK;
    }
    page->id = row->id;
    page->rev = row->rev;
    vision.statement = cox_arena_text(arena, vision.statement);
    vision.narrative =
        vision.narrative.ptr == NULL ? vision.narrative : cox_arena_text(arena, vision.narrative);
    page->vision = vision;
    return vision.statement.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static void put_vision(struct vision_page *page)
{
    struct cox_json *json = &page->json;

    cox_json_key(json, "vision");
    if (page->id == 0) {
        cox_json_null(json);
        return;
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", page->id);
    cox_json_put_int(json, "rev", page->rev);
    cox_json_put_text(json, "statement", page->vision.statement);
    cox_json_put_text(json, "narrative", page->vision.narrative);
    cox_cell_put_day(json, "from_day", page->vision.from_day);
    cox_cell_put_day(json, "to_day", page->vision.to_day);
    cox_json_end_object(json);
}

static enum cox_rc list_of(struct vision_page *page, const struct cox_entity *entity,
    uint32_t vision_field, struct cox_order order, uint32_t limit, struct cox_page *ret_list,
    struct cox_err *reterr)
{
    const struct cox_filter_term of_vision = {vision_field, "eq", cox_int(page->id)};
    struct cox_query query = {.entity = entity, .limit = limit, .order = {order}, .order_count = 1};

    *ret_list = (struct cox_page){0};
    if (page->id == 0) {
        return COX_OK;
    }
    COX_TRY(cox_filter_build(page->call, entity, &of_vision, 1, &query.filter, reterr));
    return cox_list(page->call, &query, ret_list, reterr);
}

static enum cox_rc put_pillars(struct vision_page *page, struct cox_err *reterr)
{
    struct cox_json *json = &page->json;
    struct cox_page list;

    COX_TRY(list_of(page, &cox_pillar, COX_PILLAR_VISION,
        (struct cox_order){COX_PILLAR_POSITION, false}, PILLARS_MAX, &list, reterr));
    cox_json_key(json, "pillars");
    cox_json_begin_array(json);
    for (size_t i = 0; i < list.count; i++) {
        cox_json_begin_object(json);
        cox_json_put_int(json, "id", list.rows[i].id);
        cox_json_put_text(json, "name", cox_row_text(&list.rows[i], COX_PILLAR_NAME));
        cox_json_put_text(json, "text", cox_row_text(&list.rows[i], COX_PILLAR_TEXT));
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    return COX_OK;
}

/* ---- who has read it ---- */

static enum cox_rc note_read(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct vision_page *page = ctx;
    struct cox_vision_read read;
    bool is_newest;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &read);
    is_newest = read.vision_rev == page->rev;
    if (read.user == page->x->who.actor.user_id &&
        (page->own_rev == COX_NULL || read.vision_rev > page->own_rev)) {
        page->own_day = read.day;
        page->own_rev = read.vision_rev;
    }
    for (size_t i = 0; i < page->line_count; i++) {
        if (page->line[i] == read.user && page->has_read[i] < 2) {
            page->has_read[i] = is_newest ? 2 : 1;
        }
    }
    return COX_OK;
}

static enum cox_rc put_unread(struct vision_page *page, struct cox_err *reterr)
{
    struct cox_json *json = &page->json;
    size_t read_count = 0;

    cox_json_key(json, "line");
    cox_json_begin_object(json);
    cox_json_key(json, "unread");
    cox_json_begin_array(json);
    for (size_t i = 0; i < page->line_count; i++) {
        struct cox_text name;

        read_count += page->has_read[i] == 2;
        if (page->has_read[i] == 2) {
            continue;
        }
        COX_TRY(cox_ref_name(page->call, &cox_user, page->line[i], &name, reterr));
        cox_json_begin_object(json);
        cox_json_put_int(json, "user", page->line[i]);
        cox_json_put_text(json, "name", name);
        cox_json_put_bool(json, "has_read_earlier", page->has_read[i] == 1);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    cox_json_put_int(json, "count", (int64_t)page->line_count);
    cox_json_put_int(json, "read_count", (int64_t)read_count);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc put_reading(struct vision_page *page, struct cox_err *reterr)
{
    const struct cox_filter_term of_vision = {COX_VISION_READ_VISION, "eq", cox_int(page->id)};
    const struct cox_filter *filter;

    page->own_day = page->own_rev = COX_NULL;
    COX_TRY(cox_line_below(page->call, page->x->who.actor.user_id, page->day, &page->line,
        &page->line_count, reterr));
    page->has_read = COX_NEW_ARRAY(cox_call_arena(page->call), page->line_count + 1, unsigned char);
    if (page->has_read == NULL) {
        return cox_no_memory(reterr);
    }
    if (page->id != 0) {
        COX_TRY(cox_filter_build(page->call, &cox_vision_read, &of_vision, 1, &filter, reterr));
        COX_TRY(cox_each(page->call, &cox_vision_read, filter, note_read, page, reterr));
    }
    cox_json_key(&page->json, "read");
    cox_json_begin_object(&page->json);
    cox_cell_put_day(&page->json, "day", page->own_day);
    cox_json_put_bool(&page->json, "is_current", page->id != 0 && page->own_rev == page->rev);
    cox_json_end_object(&page->json);
    return put_unread(page, reterr);
}

/* ---- questions ---- */

static enum cox_rc put_question(struct vision_page *page, const struct cox_row *row,
    struct cox_err *reterr)
{
    struct cox_json *json = &page->json;
    struct cox_vision_question question;
    struct cox_text author = {0}, answered_by = {0};

    cox_row_unpack(row, &question);
    COX_TRY(cox_ref_name(page->call, &cox_user, question.author, &author, reterr));
    if (question.answered_by != COX_NULL) {
        COX_TRY(cox_ref_name(page->call, &cox_user, question.answered_by, &answered_by, reterr));
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_int(json, "rev", row->rev);
    cox_json_put_int(json, "author", question.author);
    cox_json_put_text(json, "author_name", author);
    cox_cell_put_day(json, "day", question.day);
    cox_json_put_text(json, "text", question.text);
    cox_json_put_text(json, "answer", question.answer);
    cox_json_put_text(json, "answered_by_name", answered_by);
    cox_cell_put_day(json, "answered_day", question.answered_day);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc put_questions(struct vision_page *page, struct cox_err *reterr)
{
    struct cox_page list;

    COX_TRY(list_of(page, &cox_vision_question, COX_VISION_QUESTION_VISION,
        (struct cox_order){COX_VISION_QUESTION_DAY, true}, QUESTIONS_MAX, &list, reterr));
    cox_json_key(&page->json, "questions");
    cox_json_begin_array(&page->json);
    for (size_t i = 0; i < list.count; i++) {
        COX_TRY(put_question(page, &list.rows[i], reterr));
    }
    cox_json_end_array(&page->json);
    return COX_OK;
}

static enum cox_rc make_page(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct vision_page *page = ctx;

    page->call = call;
    page->day = cox_call_as_of_day(call);
    page->x->reply.seq = cox_call_as_of(call).seq;
    COX_TRY(cox_each(call, &cox_vision, NULL, note_vision, page, reterr));
    cox_reply_json(page->x, 200, &page->json);
    cox_json_begin_object(&page->json);
    cox_json_put_int(&page->json, "as_of_seq", cox_call_as_of(call).seq);
    put_vision(page);
    COX_TRY(put_pillars(page, reterr));
    COX_TRY(put_reading(page, reterr));
    COX_TRY(put_questions(page, reterr));
    cox_json_end_object(&page->json);
    return cox_reply_json_done(page->x, &page->json, reterr);
}

static enum cox_rc get_page(struct cox_exchange *x, struct cox_err *reterr)
{
    struct vision_page page = {.x = x};
    struct cox_read_opt opt;

    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    return cox_store_read(x->store, &opt, make_page, &page, reterr);
}

static const struct cox_parameter as_of_parameters[] = {
    {"as_of", "string", "a date, an instant or seq:N"},
    {0},
};

const struct cox_route cox_routes_vision[] = {
    {.method = COX_GET,
        .path = "/api/v1/vision/page",
        .handle = get_page,
        .summary = "The vision on one page: pillars, who has read it, questions and answers.",
        .parameters = as_of_parameters,
        .out = "{\"type\":\"object\",\"required\":[\"vision\",\"pillars\",\"read\",\"line\","
               "\"questions\"],\"properties\":{\"vision\":{\"type\":[\"object\",\"null\"]},"
               "\"pillars\":{\"type\":\"array\"},\"questions\":{\"type\":\"array\"}}}"},
    {0},
};
