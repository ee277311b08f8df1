/* serve/search_route.c: words looked for in all entities; records much like a name. */
#include <stdlib.h>
#include <string.h>

#include "record/cell.h"
#include "record/query.h"
#include "record/reach.h"
#include "serve/list.h"
#include "serve/record_json.h"

struct search {
    struct cox_exchange *x;
    struct cox_text words;
    int64_t limit;
    struct cox_json json;
};

static bool is_searched(const struct cox_table *table)
{
    for (uint32_t i = 0; i < table->field_count; i++) {
        if ((table->fields[i]->flags & COX_SEARCHED) != 0) {
            return true;
        }
    }
    return false;
}

/* A second line that tells records of one name apart: the first reference that has a name. */
static enum cox_rc detail_of(struct cox_record_writer *writer, const struct cox_row *row,
    struct cox_text *ret_detail, struct cox_err *reterr)
{
    *ret_detail = (struct cox_text){0};
    for (uint32_t i = 0; i < row->table->field_count && ret_detail->ptr == NULL; i++) {
        const struct cox_field *field = row->table->fields[i];
        if (field->type == COX_REF && row->values[i].kind == COX_VALUE_INT) {
            COX_TRY(cox_record_name(writer, field->ref, row->values[i].number, ret_detail, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc put_hit(struct cox_record_writer *writer, const struct cox_row *row,
    struct cox_err *reterr)
{
    struct cox_text name, detail;

    COX_TRY(cox_cell_text(writer->call, row, row->table->entity->name_field, &name, NULL, reterr));
    COX_TRY(detail_of(writer, row, &detail, reterr));
    cox_json_begin_object(writer->json);
    cox_json_put_string(writer->json, "entity", row->table->entity->name);
    cox_json_put_int(writer->json, "id", row->id);
    cox_json_put_text(writer->json, "name", name);
    cox_json_put_text(writer->json, "detail", detail);
    cox_json_end_object(writer->json);
    return COX_OK;
}

static enum cox_rc search_table(struct cox_call *call, struct search *search,
    const struct cox_table *table, struct cox_err *reterr)
{
    const struct cox_query query = {.entity = table->entity,
        .search = search->words,
        .limit = (uint32_t)search->limit};
    struct cox_record_writer writer;
    struct cox_page page;

    COX_TRY(cox_list(call, &query, &page, reterr));
    COX_TRY(
        cox_record_writer_open(call, table, (struct cox_text){0}, &search->json, &writer, reterr));
    for (size_t i = 0; i < page.count; i++) {
        COX_TRY(put_hit(&writer, &page.rows[i], reterr));
    }
    return COX_OK;
}

/* People's records are in no search. */
static enum cox_rc search_all(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_registry *registry = cox_call_registry(call);
    struct search *search = ctx;

    search->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(search->x, 200, &search->json);
    cox_json_begin_object(&search->json);
    cox_json_key(&search->json, "rows");
    cox_json_begin_array(&search->json);
    for (size_t i = 0; search->words.size > 0 && i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);
        if (is_searched(table) && cox_reach_may(call, table, COX_READ) &&
            !cox_reach_is_people(call, table)) {
            COX_TRY(search_table(call, search, table, reterr));
        }
    }
    cox_json_end_array(&search->json);
    cox_json_end_object(&search->json);
    return cox_reply_json_done(search->x, &search->json, reterr);
}

static enum cox_rc get_search(struct cox_exchange *x, struct cox_err *reterr)
{
    struct search search = {.x = x};
    struct cox_read_opt opt;

    COX_TRY(cox_exchange_parameter(x, "q", &search.words, reterr));
    COX_TRY(cox_exchange_integer(x, "limit", 1, 50, 8, &search.limit, reterr));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    return cox_store_read(x->store, &opt, search_all, &search, reterr);
}

/* ---- much like a name ---- */

enum { CANDIDATES = 200, SHOWN = 5 };

struct likes {
    struct cox_exchange *x;
    struct cox_text name;
    struct like {
        const struct cox_row *row;
        double likeness;
    } best[SHOWN];
    size_t count;
};

static void keep(struct likes *likes, const struct cox_row *row, double likeness)
{
    size_t at = likes->count < SHOWN ? likes->count++ : SHOWN;

    while (at > 0 && likes->best[at - 1].likeness < likeness) {
        if (at < SHOWN) {
            likes->best[at] = likes->best[at - 1];
        }
        at--;
    }
    if (at < SHOWN) {
        likes->best[at] = (struct like){row, likeness};
    }
}

/* 0..1. "Acme" and "Acme Holding GmbH" may well be one: a name that goes on counts as very like. */
static double likeness_of(struct cox_arena *arena, struct cox_text a, struct cox_text b)
{
    struct cox_text x = cox_text_key(arena, a), y = cox_text_key(arena, b);
    size_t common = x.size < y.size ? x.size : y.size;

    if (common >= 4 && memcmp(x.ptr, y.ptr, common) == 0) {
        return x.size == y.size ? 1.0 : 0.9;
    }
    return cox_text_likeness(arena, a, b);
}

static bool is_kept(const struct likes *likes, int64_t id)
{
    for (size_t i = 0; i < likes->count; i++) {
        if (likes->best[i].row->id == id) {
            return true;
        }
    }
    return false;
}

static enum cox_rc judge(struct cox_call *call, struct likes *likes, const struct cox_query *query,
    struct cox_err *reterr)
{
    uint32_t name = query->entity->name_field;
    struct cox_page page;

    COX_TRY(cox_list(call, query, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        double likeness =
            likeness_of(cox_call_arena(call), likes->name, cox_row_text(&page.rows[i], name));

        if (likeness >= 0.8 && !is_kept(likes, page.rows[i].id)) {
            keep(likes, &page.rows[i], likeness);
        }
    }
    return COX_OK;
}

/* Records whose folded name begins with the first size bytes of folded, along the index of names. */
static enum cox_rc judge_beginning(struct cox_call *call, struct likes *likes,
    const struct cox_table *table, struct cox_text folded, size_t size, struct cox_err *reterr)
{
    struct cox_filter_term term = {.field = table->entity->name_field, .op = "ilike"};
    struct cox_query query = {.entity = table->entity, .limit = CANDIDATES};
    const char *pattern;

    while (size < folded.size && ((unsigned char)folded.ptr[size] & 0xc0U) == 0x80U) {
        size++;
    }
    pattern = cox_arena_format(cox_call_arena(call), "%.*s*", (int)size, folded.ptr);
    if (pattern == NULL) {
        return cox_no_memory(reterr);
    }
    term.value = cox_text_value(cox_text_of(pattern));
    COX_TRY(cox_filter_build(call, table->entity, &term, 1, &query.filter, reterr));
    return judge(call, likes, &query, reterr);
}

/*
 * From the surest candidates to the least sure, so that among very many records those that are the same but for
 * case, accents or points are always among them: the whole name and what goes on from it; the same words; then names
 * that begin alike, for spelling differs at the end more often than at the front.
 */
static enum cox_rc find_likes(struct cox_call *call, struct likes *likes,
    const struct cox_table *table, struct cox_err *reterr)
{
    struct cox_text folded = cox_text_fold(cox_call_arena(call), likes->name);

    if (folded.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(judge_beginning(call, likes, table, folded, folded.size, reterr));
    if (is_searched(table)) {
        const struct cox_query words = {.entity = table->entity,
            .search = likes->name,
            .limit = CANDIDATES};

        COX_TRY(judge(call, likes, &words, reterr));
    }
    COX_TRY(judge_beginning(call, likes, table, folded, (folded.size + 1) / 2, reterr));
    return judge_beginning(call, likes, table, folded, folded.size < 3 ? folded.size : 3, reterr);
}

static enum cox_rc read_likes(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct likes *likes = ctx;
    struct cox_record_writer writer;
    const struct cox_table *table;
    struct cox_json json;

    COX_TRY(cox_api_table(call, likes->x, likes->x->params[0], &table, reterr));
    if (table->entity->name_field < table->entity->field_count && likes->name.size > 0 &&
        table->fields[table->entity->name_field]->type == COX_TEXT &&
        !cox_reach_is_people(call, table)) {
        COX_TRY(find_likes(call, likes, table, reterr));
    }
    cox_reply_json(likes->x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    COX_TRY(cox_record_writer_open(call, table, (struct cox_text){0}, &json, &writer, reterr));
    for (size_t i = 0; i < likes->count; i++) {
        COX_TRY(put_hit(&writer, likes->best[i].row, reterr));
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(likes->x, &json, reterr);
}

static enum cox_rc get_duplicates(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct likes likes = {.x = x};

    COX_TRY(cox_exchange_parameter(x, "name", &likes.name, reterr));
    return cox_store_read(x->store, &opt, read_likes, &likes, reterr);
}

static const struct cox_parameter search_parameters[] = {
    {"q", "string", "Words; each is a beginning, and all must be there."},
    {"limit", "integer", "Hits of each kind of record: 8 unless said, 50 at most."},
    {"as_of", "string", "Refused: search knows today's text only."},
    {0},
};

static const struct cox_parameter likes_parameters[] = {
    {"name", "string", "The name that is about to be given."},
    {0},
};

static const char hits[] =
    "{\"type\":\"object\",\"required\":[\"rows\"],\"properties\":{\"rows\":{\"type\":\"arr"
    "ay\",\"items\":{\"type\":\"object\",\"required\":[\"entity\",\"id\",\"name\",\"detail\""
    "],\"properties\":{\"entity\":{\"type\":\"string\"},\"id\":{\"type\":\"integer\"},\"na"
    "me\":{\"type\":[\"string\",\"null\"]},\"detail\":{\"type\":[\"string\",\"null\"]}}}}}"
    "}";

const struct cox_route cox_routes_search[] = {
    {.method = COX_GET,
        .path = "/api/v1/search",
        .handle = get_search,
        .summary = "Records that hold these words, of every kind one may see.",
        .parameters = search_parameters,
        .out = hits},
    {.method = COX_GET,
        .path = "/api/v1/{entities}/duplicates",
        .handle = get_duplicates,
        .summary = "Records one may see whose name is much like this one.",
        .parameters = likes_parameters,
        .out = hits},
    {0},
};
