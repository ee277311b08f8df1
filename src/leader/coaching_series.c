/*
 * leader/coaching_series.c: GET /coaching/plans/{id}: a coaching plan with its 1:1s and sessions in order, what was agreed
 * in each, the scores of rubrics over the series, and what comes next. Everything is read as the asker: whoever
 * is not one of the two gets nothing, and of notes nothing but the session's own is shown.
 */
#include "leader/coaching.h"
#include "leader/coaching_plan.h"
#include "leader/one_on_one.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "record/switches.h"
#include "sales/opportunity.h"
#include "serve/http.h"

enum { ENTRIES_MAX = 200, SCORES_MAX = 4000, USUAL_DAYS = 14 };

struct entry {
    bool is_talk;
    int64_t id, day, minutes, opportunity, rubric, rating;
    const char *kind, *state;
    struct cox_text note, agreed; /* in the call's arena */
};

struct score {
    int64_t id, session, line, score;
    struct cox_text evidence;
};

struct series {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t id, day;
    struct cox_coaching_plan plan;
    struct entry *entries;
    size_t count;
    struct score *scores;
    size_t score_count;
    struct cox_json json;
};

/* ---- reading ---- */

static struct entry *next_entry(struct series *s)
{
    return s->count < ENTRIES_MAX ? &s->entries[s->count++] : NULL;
}

static enum cox_rc keep(const struct series *s, struct cox_text text, struct cox_text *ret_text,
    struct cox_err *reterr)
{
    *ret_text = cox_arena_text(cox_call_arena(s->call), text);
    return text.size > 0 && ret_text->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc note_session(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    static const char *const states[] = {
        [COX_COACHING_PLANNED] = "planned",
        [COX_COACHING_HELD] = "held",
        [COX_COACHING_MISSED] = "missed",
    };
    struct series *s = (struct series *)ctx;
    struct cox_coaching_session session;
    struct entry *entry = next_entry(s);

    if (entry == NULL) {
        return COX_OK;
    }
    cox_row_unpack(row, &session);
    *entry = (struct entry){.id = row->id,
        .day = session.day,
        .minutes = session.minutes,
        .opportunity = session.opportunity,
        .rubric = session.rubric,
        .rating = session.rating,
        .kind = cox_coaching_kinds[session.kind].name,
        .state = states[session.state == COX_NULL ? COX_COACHING_HELD : session.state]};
    COX_TRY(keep(s, session.note, &entry->note, reterr));
    return keep(s, session.agreed, &entry->agreed, reterr);
}

static enum cox_rc note_talk(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    static const char *const states[] = {
        [COX_ONE_ON_ONE_PLANNED] = "planned",
        [COX_ONE_ON_ONE_HELD] = "held",
        [COX_ONE_ON_ONE_MISSED] = "missed",
        [COX_ONE_ON_ONE_CANCELLED] = "cancelled",
    };
    struct series *s = (struct series *)ctx;
    struct cox_one_on_one talk;
    struct entry *entry = next_entry(s);

    (void)reterr; /* nothing can fail */
    if (entry != NULL) {
        cox_row_unpack(row, &talk);
        *entry = (struct entry){.is_talk = true,
            .id = row->id,
            .day = talk.day,
            .minutes = talk.minutes,
            .opportunity = COX_NULL,
            .rubric = COX_NULL,
            .rating = COX_NULL,
            .kind = "one_on_one",
            .state = states[talk.state]};
    }
    return COX_OK;
}

static bool is_of_series(const struct series *s, int64_t session)
{
    for (size_t i = 0; i < s->count; i++) {
        if (!s->entries[i].is_talk && s->entries[i].id == session) {
            return true;
        }
    }
    return false;
}

static enum cox_rc note_score(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct series *s = (struct series *)ctx;
    struct cox_coaching_score score;
    struct score *place;

    cox_row_unpack(row, &score);
    if (s->score_count == SCORES_MAX || !is_of_series(s, score.session)) {
        return COX_OK;
    }
    place = &s->scores[s->score_count++];
    *place = (struct score){row->id, score.session, score.line, score.score, {0}};
    return keep(s, score.evidence, &place->evidence, reterr);
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = (const struct entry *)a, *y = (const struct entry *)b;

    if (x->day != y->day) {
        return x->day < y->day ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static enum cox_rc read_part(struct series *s, const struct cox_entity *entity, uint32_t field,
    cox_row_fn note, struct cox_err *reterr)
{
    const struct cox_filter_term of_plan = {field, "eq", cox_int(s->id)};
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(s->call, entity, &of_plan, 1, &filter, reterr));
    return cox_each(s->call, entity, filter, note, s, reterr);
}

static enum cox_rc load(struct series *s, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(s->call);

    s->count = s->score_count = 0; /* a read may be done again */
    s->entries = COX_NEW_ARRAY(arena, ENTRIES_MAX, struct entry);
    s->scores = COX_NEW_ARRAY(arena, SCORES_MAX, struct score);
    if (s->entries == NULL || s->scores == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_load(s->call, &cox_coaching_plan, s->id, &s->plan, reterr));
    COX_TRY(read_part(s, &cox_coaching_session, COX_COACHING_SESSION_COACHING_PLAN, note_session,
        reterr));
    if (!cox_call_is_off(s->call, "one_on_one")) {
        COX_TRY(read_part(s, &cox_one_on_one, COX_ONE_ON_ONE_COACHING_PLAN, note_talk, reterr));
    }
    if (s->count > 0) {
        qsort(s->entries, s->count, sizeof(*s->entries), compare_entries);
        COX_TRY(cox_each(s->call, &cox_coaching_score, NULL, note_score, s, reterr));
    }
    return COX_OK;
}

/* ---- telling ---- */

static enum cox_rc put_plan(struct series *s, struct cox_err *reterr)
{
    static const char *const states[] = {"active", "done", "dropped"};
    const struct cox_coaching_plan *plan = &s->plan;
    int64_t coached = plan->coach == plan->author ? plan->other : plan->author;
    struct cox_json *json = &s->json;

    cox_json_put_int(json, "id", s->id);
    cox_json_put_int(json, "coach", plan->coach);
    COX_TRY(cox_cell_put_name(s->call, &s->json, "coach_name", &cox_user, plan->coach, reterr));
    cox_json_put_int(json, "person", coached);
    COX_TRY(cox_cell_put_name(s->call, &s->json, "person_name", &cox_user, coached, reterr));
    cox_json_put_text(json, "goal", plan->goal);
    cox_json_put_text(json, "skill", plan->skill);
    cox_cell_put_day(json, "from_day", plan->from_day);
    cox_cell_put_day(json, "to_day", plan->to_day);
    cox_json_put_string(json, "state", states[plan->state]);
    cox_json_put_text(json, "reason", plan->reason);
    return COX_OK;
}

static enum cox_rc note_promise(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    static const char *const states[] = {"open", "done", "dropped"};
    struct series *s = (struct series *)ctx;
    struct cox_action_item item;

    (void)reterr; /* the writer keeps its own failure */
    cox_row_unpack(row, &item);
    cox_json_begin_object(&s->json);
    cox_json_put_int(&s->json, "id", row->id);
    cox_json_put_text(&s->json, "text", item.text);
    cox_json_put_int(&s->json, "owner", item.owner);
    cox_cell_put_day(&s->json, "due_day", item.due_day);
    cox_json_put_string(&s->json, "state", states[item.state]);
    cox_json_end_object(&s->json);
    return COX_OK;
}

static enum cox_rc put_promises(struct series *s, int64_t talk, struct cox_err *reterr)
{
    const struct cox_filter_term of_talk = {COX_ACTION_ITEM_ONE_ON_ONE, "eq", cox_int(talk)};
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(s->call, &cox_action_item, &of_talk, 1, &filter, reterr));
    return cox_each(s->call, &cox_action_item, filter, note_promise, s, reterr);
}

static void put_scores(struct series *s, int64_t session)
{
    double sum = 0, count = 0;

    cox_json_key(&s->json, "scores");
    cox_json_begin_array(&s->json);
    for (size_t i = 0; i < s->score_count; i++) {
        const struct score *score = &s->scores[i];

        if (score->session != session) {
            continue;
        }
        cox_json_begin_object(&s->json);
        cox_json_put_int(&s->json, "line", score->line);
        cox_json_put_int(&s->json, "score", score->score);
        cox_json_put_text(&s->json, "evidence", score->evidence);
        cox_json_end_object(&s->json);
        sum += (double)score->score;
        count++;
    }
    cox_json_end_array(&s->json);
    cox_json_put_real(&s->json, "score_mean", count > 0 ? sum / count : (double)NAN);
}

static enum cox_rc put_entry(struct series *s, const struct entry *entry, struct cox_err *reterr)
{
    struct cox_json *json = &s->json;

    cox_json_begin_object(json);
    cox_json_put_string(json, "entity", entry->is_talk ? "one_on_one" : "coaching_session");
    cox_json_put_int(json, "id", entry->id);
    cox_json_put_string(json, "kind", entry->kind);
    cox_json_put_string(json, "state", entry->state);
    cox_cell_put_day(json, "day", entry->day);
    cox_cell_put_number(json, "minutes", entry->minutes);
    cox_cell_put_number(json, "opportunity", entry->opportunity);
    COX_TRY(cox_cell_put_name(s->call, &s->json, "opportunity_name", &cox_opportunity,
        entry->opportunity, reterr));
    cox_cell_put_number(json, "rubric", entry->rubric);
    COX_TRY(
        cox_cell_put_name(s->call, &s->json, "rubric_name", &cox_rubric, entry->rubric, reterr));
    cox_json_put_text(json, "note", entry->note);
    cox_json_put_text(json, "agreed", entry->agreed);
    cox_cell_put_number(json, "rating", entry->rating);
    cox_json_key(json, "promises");
    cox_json_begin_array(json);
    if (entry->is_talk) {
        COX_TRY(put_promises(s, entry->id, reterr));
    }
    cox_json_end_array(json);
    put_scores(s, entry->is_talk ? COX_NULL : entry->id);
    cox_json_end_object(json);
    return COX_OK;
}

/* The lines that were scored, in the order of their rubrics: what the course of the scores is drawn of. */
static enum cox_rc put_lines(struct series *s, struct cox_err *reterr)
{
    struct cox_json *json = &s->json;

    cox_json_key(json, "lines");
    cox_json_begin_array(json);
    for (size_t i = 0; i < s->score_count; i++) {
        struct cox_rubric_line line;
        bool is_first = true;

        for (size_t j = 0; j < i; j++) {
            is_first = is_first && s->scores[j].line != s->scores[i].line;
        }
        if (!is_first) {
            continue;
        }
        COX_TRY(cox_load(s->call, &cox_rubric_line, s->scores[i].line, &line, reterr));
        cox_json_begin_object(json);
        cox_json_put_int(json, "id", s->scores[i].line);
        cox_json_put_int(json, "rubric", line.rubric);
        cox_cell_put_number(json, "position", line.position);
        cox_json_put_text(json, "text", line.text);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    return COX_OK;
}

/* The next that is planned from today on; else when one would be due: so many days after the last held as lie between them. */
static void put_next(struct series *s)
{
    const struct entry *next = NULL;
    int64_t last = COX_NULL, first = COX_NULL, due, held = 0;

    for (size_t i = 0; i < s->count; i++) {
        const struct entry *entry = &s->entries[i];

        if (strcmp(entry->state, "held") == 0) {
            first = first == COX_NULL ? entry->day : first;
            last = entry->day;
            held++;
        }
        if (next == NULL && strcmp(entry->state, "planned") == 0 && entry->day >= s->day) {
            next = entry;
        }
    }
    due = last == COX_NULL ? s->plan.from_day
                           : last + (held > 1 ? (last - first) / (held - 1) : USUAL_DAYS);
    cox_json_key(&s->json, "next");
    cox_json_begin_object(&s->json);
    cox_json_put_string(&s->json, "entity",
        next == NULL    ? NULL
        : next->is_talk ? "one_on_one"
                        : "coaching_session");
    cox_cell_put_number(&s->json, "id", next == NULL ? COX_NULL : next->id);
    cox_cell_put_day(&s->json, "day", next == NULL ? COX_NULL : next->day);
    cox_cell_put_day(&s->json, "due_day",
        next == NULL && s->plan.state == COX_PLAN_ACTIVE ? (due > s->day ? due : s->day)
                                                         : COX_NULL);
    cox_json_end_object(&s->json);
    cox_json_put_int(&s->json, "held_count", held);
}

static enum cox_rc make_series(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct series *s = (struct series *)ctx;

    s->call = call;
    s->day = cox_call_today(call);
    COX_TRY(load(s, reterr));
    s->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(s->x, 200, &s->json);
    cox_json_begin_object(&s->json);
    COX_TRY(put_plan(s, reterr));
    cox_json_key(&s->json, "entries");
    cox_json_begin_array(&s->json);
    for (size_t i = 0; i < s->count; i++) {
        COX_TRY(put_entry(s, &s->entries[i], reterr));
    }
    cox_json_end_array(&s->json);
    COX_TRY(put_lines(s, reterr));
    put_next(s);
    cox_json_end_object(&s->json);
    return cox_reply_json_done(s->x, &s->json, reterr);
}

enum cox_rc cox_coaching_series_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct series s = {.x = x};
    const struct cox_read_opt opt = {.actor = x->who.actor};

    COX_TRY(cox_exchange_id(x, 0, &s.id, reterr));
    return cox_store_read(x->store, &opt, make_series, &s, reterr);
}
