/* sales/analysis.c: which deals a question about the pipeline is about, and the head of its reply. */
#include "sales/analysis.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/zone.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "sales/opportunity.h"
#include "sales/team.h"
#include "serve/server.h"

enum { FILTER_SIZE_MAX = 64 * 1024, SHOWN = 100, SHOWN_MAX = 1000 };

/* ---- the books ---- */

struct part {
    struct cox_server *server;
    struct cox_books *books;
    pthread_mutex_t lock; /* guards what follows */
    pthread_t thread;     /* reads the book once, in the background */
    bool has_thread, is_running;
};

static void close_part(void *state)
{
    struct part *part = state;

    if (part == NULL) {
        return;
    }
    cox_books_stop(part->books);
    if (part->has_thread) {
        (void)pthread_join(part->thread, NULL); /* ours, joined once */
    }
    cox_books_close(part->books);
    cox_memory_free(part);
}

struct cox_books *cox_books_of(const struct cox_server *server)
{
    return ((struct part *)cox_server_part(server, &cox_part_book))->books;
}

static enum cox_rc fill(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct part *part = ctx;
    const struct cox_book_generation *generation;

    COX_TRY(cox_books_use(part->books, call, &generation, reterr));
    cox_books_release(part->books, generation);
    return COX_OK;
}

static void *fill_in_background(void *ctx)
{
    const struct cox_read_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};
    struct part *part = ctx;
    struct cox_err err;
    enum cox_rc rc = cox_store_read(cox_server_store(part->server), &opt, fill, part, &err);

    (void)
        rc; /* whoever asks for a figure is told why it cannot be read; until then nobody needs it */
    (void)pthread_mutex_lock(&part->lock); /* cannot fail: initialised, not recursive */
    part->is_running = false;
    (void)pthread_mutex_unlock(&part->lock); /* likewise */
    return NULL;
}

static void begin_filling(struct part *part)
{
    (void)pthread_mutex_lock(&part->lock); /* cannot fail: initialised, not recursive */
    if (!part->is_running) {
        if (part->has_thread) {
            (void)pthread_join(part->thread, NULL); /* it has ended without success */
        }
        part->has_thread = part->is_running =
            pthread_create(&part->thread, NULL, fill_in_background, part) == 0;
    }
    (void)pthread_mutex_unlock(&part->lock); /* likewise */
}

static enum cox_rc open_part(struct cox_server *server, void **ret_state, struct cox_err *reterr)
{
    struct part *part = cox_memory_alloc(sizeof(*part));
    enum cox_rc rc;

    if (part == NULL) {
        return cox_no_memory(reterr);
    }
    *part = (struct part){.server = server, .lock = PTHREAD_MUTEX_INITIALIZER};
    rc = cox_books_open(&part->books, reterr);
    if (rc != COX_OK) {
        cox_memory_free(part);
        return rc;
    }
    begin_filling(part); /* before anybody asks: nobody is to wait for it */
    *ret_state = part;
    return COX_OK;
}

const struct cox_part cox_part_book = {.name = "book", .open = open_part, .close = close_part};

struct cox_books *cox_books_if_filled(const struct cox_server *server)
{
    struct part *part = cox_server_part(server, &cox_part_book);

    if (cox_books_is_filled(part->books)) {
        return part->books;
    }
    begin_filling(part);
    return NULL;
}

/* ---- parameters ---- */

enum cox_rc cox_analysis_parameter(struct cox_exchange *x, const char *name,
    struct cox_text *ret_text, struct cox_err *reterr)
{
    for (const struct cox_parameter *p = x->route->parameters; p->name != NULL; p++) {
        if (strcmp(p->name, name) == 0) {
            return cox_exchange_parameter(x, name, ret_text, reterr);
        }
    }
    *ret_text = (struct cox_text){0};
    return COX_OK;
}

static enum cox_rc read_day(struct cox_text text, int64_t *ret_day, struct cox_err *reterr)
{
    const struct cox_date_opt date = {.order = COX_DATE_YMD};
    struct cox_err why;

    return cox_day_parse(text, &date, ret_day, &why) == COX_OK
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "period", 0,
                     "is 2026-Q1, 2026, 2026-03, a day, or two days with .. between them");
}

/* "2026", "2026-03", "2026-Q1": number behind the year, 0 when there is none. */
static bool read_short(struct cox_text text, int *ret_year, char *ret_kind, int *ret_number)
{
    char copy[12], end;

    *ret_kind = 'Y';
    *ret_number = 0;
    if (text.size < 4 || text.size > 7) {
        return false;
    }
    memcpy(copy, text.ptr, text.size);
    copy[text.size] = '\0';
    if (sscanf(copy, "%4d%c", ret_year, &end) == 1) {
        return text.size == 4;
    }
    if (sscanf(copy, "%4d-Q%1d%c", ret_year, ret_number, &end) == 2) {
        *ret_kind = 'Q';
        return *ret_number >= 1 && *ret_number <= 4;
    }
    *ret_kind = 'M';
    return sscanf(copy, "%4d-%2d%c", ret_year, ret_number, &end) == 2 && *ret_number >= 1 &&
           *ret_number <= 12;
}

/* Fiscal years and quarters are rows: the one with this label is looked for around the calendar year. */
static enum cox_rc find_fiscal(struct cox_call *call, int year, int quarter,
    struct cox_period_at *ret_period, struct cox_err *reterr)
{
    enum cox_period_kind kind = quarter == 0 ? COX_PERIOD_YEAR : COX_PERIOD_QUARTER;
    int64_t day = cox_day_ymd(year - 1, 1, 1), end = cox_day_ymd(year + 2, 1, 1);
    char label[COX_FISCAL_LABEL_SIZE];

    cox_fiscal_label(year, quarter, 0, label);
    while (day < end) {
        COX_TRY(cox_fiscal_at_day(call, kind, day, ret_period, reterr));
        if (strcmp(ret_period->label, label) == 0) {
            return COX_OK;
        }
        day = ret_period->span.to_day > day ? ret_period->span.to_day : day + 1;
    }
    return cox_fail_at(reterr, COX_INVALID, "period", 0, "the calendar has no %s", label);
}

static enum cox_rc read_days(struct cox_text text, size_t dots, struct cox_period_at *ret_period,
    struct cox_err *reterr)
{
    struct cox_text last = {text.ptr + dots + 2, text.size - dots - 2};
    struct cox_span span;
    char from[COX_DAY_SIZE];

    COX_TRY(read_day((struct cox_text){text.ptr, dots}, &span.from_day, reterr));
    COX_TRY(read_day(last, &span.to_day, reterr));
    span.to_day++;
    if (span.from_day >= span.to_day) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0, "ends before it begins");
    }
    cox_day_format(span.from_day, from);
    ret_period->span = span;
    (void)snprintf(ret_period->label, sizeof(ret_period->label), "%s+%lld", from, /* 24 bytes */
        (long long)(span.to_day - span.from_day));
    return COX_OK;
}

enum cox_rc cox_analysis_period(struct cox_call *call, struct cox_text text,
    struct cox_period_at *ret_period, struct cox_err *reterr)
{
    int year, number;
    char kind;
    int64_t day;

    for (size_t i = 0; i + 1 < text.size; i++) {
        if (text.ptr[i] == '.' && text.ptr[i + 1] == '.') {
            return read_days(text, i, ret_period, reterr);
        }
    }
    if (!read_short(text, &year, &kind, &number)) {
        COX_TRY(read_day(text, &day, reterr));
        return cox_fiscal_at_day(call, COX_PERIOD_QUARTER, day, ret_period, reterr);
    }
    if (year < 2 || year > 9997) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0, "the year is out of range");
    }
    if (kind != 'M') {
        return find_fiscal(call, year, number, ret_period, reterr);
    }
    day = cox_day_ymd(year, number, 1);
    ret_period->span = (struct cox_span){day, cox_day_add_months(day, 1)};
    (void)snprintf(ret_period->label, sizeof(ret_period->label), "%04d-%02d", year, number);
    return COX_OK;
}

/* ---- the frame: people and calendar, as they were or as they are ---- */

struct reading {
    struct cox_analysis a;
    cox_analysis_fn frame, fn;
    struct cox_text period, given; /* given: filters as they were sent */
    int64_t team;
};

enum cox_rc cox_analysis_load_people(struct cox_analysis *a, struct cox_arena *arena, int64_t team,
    struct cox_err *reterr)
{
    int64_t *users, *kept;
    size_t count;

    COX_TRY(cox_team_people(a->call, team, a->frame_day, &users, &count, reterr));
    kept = COX_NEW_ARRAY(arena, count, int64_t);
    if (kept == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(kept, users, count * sizeof(*kept));
    a->people = kept;
    a->people_count = count;
    return COX_OK;
}

static enum cox_rc load_frame(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct reading *r = ctx;
    struct cox_analysis *a = &r->a;

    a->call = call;
    a->frame_day = cox_call_as_of_day(call);
    if (r->team != 0) {
        COX_TRY(cox_analysis_load_people(a, a->x->arena, r->team, reterr));
    }
    COX_TRY(r->period.size > 0
                ? cox_analysis_period(call, r->period, &a->period, reterr)
                : cox_fiscal_at_day(call, COX_PERIOD_QUARTER, a->frame_day, &a->period, reterr));
    return r->frame == NULL ? COX_OK : r->frame(a, reterr);
}

/* ---- which deals ---- */

struct picking {
    const struct cox_book_generation *generation;
    uint64_t **bits;
};

static enum cox_rc pick(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct picking *picking = ctx;
    size_t part, at;

    (void)values;
    (void)reterr;
    if (cox_book_find(picking->generation, id, &part, &at)) {
        picking->bits[part][at / 64] |= UINT64_C(1) << at % 64;
    }
    return COX_OK;
}

/* What the book has no column for is asked of the records. */
static enum cox_rc pick_by_filter(struct cox_analysis *a, struct cox_text filter,
    struct cox_err *reterr)
{
    static const uint32_t fields[] = {COX_OPPORTUNITY_STAGE};
    const struct cox_book *book = &a->generation->book;
    struct cox_query query = {.entity = &cox_opportunity};
    struct picking picking = {a->generation,
        COX_NEW_ARRAY(a->x->arena, book->part_count + 1, uint64_t *)};

    if (picking.bits == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t p = 0; p < book->part_count; p++) {
        picking.bits[p] = COX_NEW_ARRAY(a->x->arena, book->parts[p].deal_count / 64 + 1, uint64_t);
        if (picking.bits[p] == NULL) {
            return cox_no_memory(reterr);
        }
    }
    COX_TRY(cox_filter_parse(a->call, &cox_opportunity, filter, &query.filter, reterr));
    COX_TRY(cox_scan(a->call, &query, fields, COX_COUNT(fields), pick, &picking, reterr));
    a->ask.picked = (const uint64_t *const *)picking.bits;
    return COX_OK;
}

unsigned char *cox_analysis_stages(struct cox_analysis *a, enum cox_book_stage_kind kind)
{
    const struct cox_book_generation *g = a->generation;
    unsigned char *in = COX_NEW_ARRAY(a->x->arena, g->book.stage_count + 1, unsigned char);

    for (size_t i = 0; in != NULL && i < g->book.stage_count; i++) {
        in[i] = g->book.stages[i].kind == kind &&
                (a->pipeline == 0 || g->stages[i].pipeline == a->pipeline);
    }
    return in;
}

static enum cox_rc narrow_stages(struct cox_analysis *a, struct cox_err *reterr)
{
    const struct cox_book_generation *g = a->generation;
    unsigned char *in = COX_NEW_ARRAY(a->x->arena, g->book.stage_count + 1, unsigned char);

    if (in == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < g->book.stage_count; i++) {
        in[i] = g->stages[i].pipeline == a->pipeline;
    }
    a->ask.stage_in = in;
    return COX_OK;
}

/* The question in the grammar of lists. */
static enum cox_rc make_filter(struct cox_analysis *a, struct cox_text given,
    struct cox_err *reterr)
{
    struct cox_buf text;

    cox_buf_init(&text, FILTER_SIZE_MAX);
    cox_buf_add_text(&text, given);
    cox_buf_add_string(&text, given.size > 0 ? "&" : "");
    if (a->pipeline != 0) {
        cox_buf_format(&text, "pipeline=eq.%lld&", (long long)a->pipeline);
    }
    for (size_t i = 0; i < a->people_count; i++) {
        cox_buf_format(&text, "%s%lld", i == 0 ? "owner=in.(" : ",", (long long)a->people[i]);
    }
    cox_buf_add_string(&text, a->people_count > 0 ? ")&" : "");
    a->filter = cox_arena_text(cox_call_arena(a->call), cox_buf_text(&text));
    cox_buf_done(&text);
    return a->filter.ptr == NULL && (given.size > 0 || a->pipeline != 0 || a->people_count > 0)
               ? cox_no_memory(reterr)
               : COX_OK;
}

enum cox_rc cox_analysis_narrow(struct cox_analysis *a, struct cox_err *reterr)
{
    if (a->people != NULL) {
        a->ask.owner_in = cox_book_owner_bits(a->call, a->generation, a->people, a->people_count);
        if (a->ask.owner_in == NULL) {
            return cox_no_memory(reterr);
        }
    }
    return make_filter(a, (struct cox_text){0}, reterr);
}

static enum cox_rc make_ask(struct reading *r, struct cox_err *reterr)
{
    struct cox_analysis *a = &r->a;

    COX_TRY(cox_book_ask_of(a->call, a->generation, &a->ask, reterr));
    COX_TRY(cox_analysis_narrow(a, reterr));
    if (a->pipeline != 0) {
        COX_TRY(narrow_stages(a, reterr));
    }
    COX_TRY(make_filter(a, r->given, reterr));
    return r->given.size == 0 ? COX_OK : pick_by_filter(a, r->given, reterr);
}

/* ---- the reply ---- */

void cox_analysis_put_money(struct cox_analysis *a, const char *key, int64_t minor)
{
    char text[COX_NUM_TEXT_MAX];

    cox_json_key(&a->json, key);
    if (minor == COX_NULL) {
        cox_json_null(&a->json);
    } else if (a->iso == NULL) {
        cox_json_int(&a->json, minor);
    } else {
        cox_json_raw(&a->json, cox_text_of(cox_money_format(minor, a->iso, text)));
    }
}

void cox_analysis_put_period(struct cox_analysis *a, const char *key,
    const struct cox_period_at *period)
{
    cox_json_key(&a->json, key);
    cox_json_begin_object(&a->json);
    cox_json_put_string(&a->json, "label", period->label);
    cox_cell_put_day(&a->json, "from_day", period->span.from_day);
    cox_cell_put_day(&a->json, "to_day", period->span.to_day);
    cox_json_end_object(&a->json);
}

enum cox_rc cox_analysis_put_filter(struct cox_analysis *a, const char *key, struct cox_err *reterr,
    const char *format, ...)
{
    char own[2000];
    struct cox_buf text;
    va_list list;
    int size;

    va_start(list, format);
    size = vsnprintf(own, sizeof(own), format, list);
    va_end(list);
    if (size < 0 || (size_t)size >= sizeof(own)) {
        return cox_fail(reterr, COX_INTERNAL, "the filter of a figure is too long");
    }
    cox_buf_init(&text, FILTER_SIZE_MAX + sizeof(own));
    cox_buf_add_text(&text, a->filter);
    cox_buf_add_string(&text, own);
    if (size == 0 && a->filter.size > 0) {
        text.size--; /* the & at its end */
    }
    cox_json_put_text(&a->json, key, text.size == 0 ? COX_LIT("") : cox_buf_text(&text));
    cox_buf_done(&text);
    return COX_OK;
}

enum cox_rc cox_analysis_put_ref(struct cox_analysis *a, const char *key, const char *name_key,
    const struct cox_entity *entity, int64_t id, struct cox_err *reterr)
{
    struct cox_text name = {0};

    if (id != 0 && id != COX_NULL) {
        COX_TRY(cox_ref_name(a->call, entity, id, &name, reterr));
    }
    cox_cell_put_number(&a->json, key, id == 0 ? COX_NULL : id);
    cox_json_put_text(&a->json, name_key, name);
    return COX_OK;
}

enum cox_rc cox_analysis_begin_deal(struct cox_analysis *a, int64_t id, struct cox_err *reterr)
{
    const struct cox_row *row;
    int64_t owner = COX_NULL;
    struct cox_err gone;

    cox_json_begin_object(&a->json);
    COX_TRY(cox_analysis_put_ref(a, "id", "name", &cox_opportunity, id, reterr));
    if (cox_get(a->call, &cox_opportunity, id, &row, &gone) == COX_OK) {
        owner = cox_row_int(row, COX_OPPORTUNITY_OWNER); /* else it has been removed since */
    }
    return cox_analysis_put_ref(a, "owner", "owner_name", &cox_user, owner, reterr);
}

enum cox_rc cox_shown_read(struct cox_exchange *x, struct cox_shown *ret_shown,
    struct cox_err *reterr)
{
    *ret_shown = (struct cox_shown){0};
    return cox_exchange_integer(x, "limit", 1, SHOWN_MAX, SHOWN, &ret_shown->limit, reterr);
}

bool cox_shown_next(struct cox_shown *shown)
{
    bool is_shown = shown->count < shown->limit;

    shown->count += is_shown;
    shown->more += !is_shown;
    return is_shown;
}

void cox_shown_begin(struct cox_analysis *a, const char *key)
{
    cox_json_key(&a->json, key);
    cox_json_begin_array(&a->json);
}

void cox_shown_end(struct cox_analysis *a, const struct cox_shown *shown)
{
    cox_json_end_array(&a->json);
    cox_json_put_int(&a->json, "more_count", shown->more);
}

void cox_analysis_put_head(struct cox_analysis *a)
{
    struct cox_as_of as_of = cox_call_as_of(a->call);
    char instant[COX_INSTANT_SIZE];

    cox_instant_format(as_of.at_us, instant);
    cox_json_put_string(&a->json, "as_of", instant);
    cox_json_put_int(&a->json, "as_of_seq", as_of.seq);
    cox_cell_put_day(&a->json, "day", cox_call_as_of_day(a->call));
    cox_json_put_string(&a->json, "view", a->as_it_is ? "is" : "was");
    cox_json_put_text(&a->json, "currency", cox_call_currency(a->call));
    cox_json_put_int(&a->json, "unrated_count", (int64_t)a->generation->unrated_count);
    cox_analysis_put_period(a, "period", &a->period);
}

static enum cox_rc answer(struct reading *r, struct cox_err *reterr)
{
    struct cox_analysis *a = &r->a;

    COX_TRY(make_ask(r, reterr));
    a->iso = cox_iso_currency_find(cox_call_currency(a->call));
    a->x->reply.seq = cox_call_as_of(a->call).seq;
    cox_reply_json(a->x, 200, &a->json);
    cox_json_begin_object(&a->json);
    cox_analysis_put_head(a);
    COX_TRY(r->fn(a, reterr));
    cox_json_end_object(&a->json);
    return cox_reply_json_done(a->x, &a->json, reterr);
}

static enum cox_rc run(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct reading *r = ctx;
    const struct cox_book_generation *generation;
    enum cox_rc rc;

    if (r->a.frame_day == COX_NULL) {
        COX_TRY(load_frame(call, r, reterr));
    }
    r->a.call = call;
    COX_TRY(cox_books_use(r->a.books, call, &generation, reterr));
    r->a.generation = generation;
    rc = r->a.as_it_is ? COX_OK : cox_book_stages_then(call, generation, &r->a.generation, reterr);
    rc = rc == COX_OK ? answer(r, reterr) : rc;
    cox_books_release(r->a.books, generation);
    return rc;
}

static enum cox_rc read_parameters(struct reading *r, struct cox_read_opt *ret_opt,
    struct cox_err *reterr)
{
    struct cox_exchange *x = r->a.x;
    struct cox_text team, pipeline, view, to;

    COX_TRY(cox_analysis_parameter(x, "period", &r->period, reterr));
    COX_TRY(cox_analysis_parameter(x, "team", &team, reterr));
    COX_TRY(cox_analysis_parameter(x, "pipeline", &pipeline, reterr));
    COX_TRY(cox_analysis_parameter(x, "view", &view, reterr));
    COX_TRY(cox_analysis_parameter(x, "to", &to, reterr));
    if (team.ptr != NULL) {
        COX_TRY(cox_exchange_integer(x, "team", 1, INT64_MAX, 0, &r->team, reterr));
    }
    if (pipeline.ptr != NULL) {
        COX_TRY(cox_exchange_integer(x, "pipeline", 1, INT64_MAX, 0, &r->a.pipeline, reterr));
    }
    r->a.as_it_is = cox_text_same(view, COX_LIT("is"));
    if (view.ptr != NULL && !r->a.as_it_is && !cox_text_same(view, COX_LIT("was"))) {
        return cox_fail_at(reterr, COX_INVALID, "view", 0, "is \"was\" or \"is\"");
    }
    COX_TRY(cox_exchange_filter(x, &r->given, reterr));
    r->a.has_given = r->given.size > 0;
    COX_TRY(cox_exchange_read_opt(x, ret_opt, reterr));
    return to.size == 0 ? COX_OK : cox_exchange_as_of(x, "to", &ret_opt->as_of, reterr);
}

enum cox_rc cox_analysis_reply(struct cox_exchange *x, cox_analysis_fn frame, cox_analysis_fn fn,
    void *ctx, struct cox_err *reterr)
{
    struct reading r = {
        .a = {.x = x, .books = cox_books_of(x->server), .frame_day = COX_NULL, .ctx = ctx},
        .frame = frame,
        .fn = fn};
    struct cox_read_opt opt;

    COX_TRY(read_parameters(&r, &opt, reterr));
    if (r.a.as_it_is && (opt.as_of.at_us != 0 || opt.as_of.seq != 0)) {
        const struct cox_read_opt now = {.actor = opt.actor};
        COX_TRY(cox_store_read(x->store, &now, load_frame, &r, reterr));
    }
    return cox_store_read(x->store, &opt, run, &r, reterr);
}
