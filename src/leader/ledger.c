/*
 * leader/ledger.c: GET /coaching/ledger: the asker's own coaching sessions by person, and what the coached did and
 * brought afterwards beside those who stood alike and were not coached by the asker (ledger_panel.h).
 */
#include "leader/ledger.h"

#include <math.h>

#include "leader/coaching.h"
#include "leader/ledger_panel.h"
#include "org/line.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "sales/analysis.h"

enum { FIRST_DAYS = 183 };

struct ledger {
    struct cox_exchange *x;
    struct cox_call *call;
    struct cox_ledger_panel panel;
    struct cox_json json;
};

/* ---- who, and how often: as the asker ---- */

static struct cox_ledger_person *person_of(const struct ledger *l, int64_t user)
{
    for (size_t i = 0; i < l->panel.count; i++) {
        if (l->panel.people[i].user == user) {
            return &l->panel.people[i];
        }
    }
    return NULL;
}

static enum cox_rc load_people(struct ledger *l, struct cox_err *reterr)
{
    struct cox_arena *arena = l->x->arena;
    const int64_t *below;
    size_t count;

    COX_TRY(cox_line_below(l->call, l->x->who.actor.user_id, l->panel.day, &below, &count, reterr));
    l->panel.people = COX_NEW_ARRAY(arena, count + 1, struct cox_ledger_person);
    if (l->panel.people == NULL) {
        return cox_no_memory(reterr);
    }
    l->panel.count = 0; /* a read may be done again */
    for (size_t i = 0; i < count; i++) {
        struct cox_ledger_person *person = &l->panel.people[l->panel.count++];
        struct cox_text name;

        COX_TRY(cox_ref_name(l->call, &cox_user, below[i], &name, reterr));
        *person = (struct cox_ledger_person){.user = below[i],
            .first_day = COX_NULL,
            .name = cox_arena_text(arena, name)};
        if (name.size > 0 && person->name.ptr == NULL) {
            return cox_no_memory(reterr);
        }
    }
    return COX_OK;
}

/* The person of a session that the asker has held by now; NULL: none of these. */
static struct cox_ledger_person *coached(const struct ledger *l, const struct cox_row *row,
    struct cox_coaching_session *ret_session)
{
    cox_row_unpack(row, ret_session);
    return cox_coaching_is_held(ret_session) && ret_session->coach == l->x->who.actor.user_id &&
                   ret_session->day <= l->panel.day
               ? person_of(l, ret_session->person)
               : NULL;
}

static enum cox_rc note_session(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    const struct ledger *l = (const struct ledger *)ctx;
    struct cox_coaching_session session;
    struct cox_ledger_person *person = coached(l, row, &session);

    (void)reterr; /* nothing can fail */
    if (person == NULL) {
        return COX_OK;
    }
    person->session_count++;
    person->kinds[session.kind]++;
    person->minutes += session.minutes == COX_NULL ? 0 : session.minutes;
    if (session.rating != COX_NULL) {
        person->rating_sum += session.rating;
        person->rating_count++;
    }
    if (person->first_day == COX_NULL || session.day < person->first_day) {
        person->first_day = session.day;
    }
    return COX_OK;
}

/* The first half year of somebody's coaching, once its first day is known. */
static enum cox_rc note_early(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    const struct ledger *l = (const struct ledger *)ctx;
    struct cox_coaching_session session;
    struct cox_ledger_person *person = coached(l, row, &session);

    (void)reterr; /* nothing can fail */
    if (person == NULL || session.day >= person->first_day + FIRST_DAYS) {
        return COX_OK;
    }
    person->early_count++;
    if (session.rating != COX_NULL) {
        person->early_rating_sum += session.rating;
        person->early_rating_count++;
    }
    return COX_OK;
}

static enum cox_rc look(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ledger *l = (struct ledger *)ctx;

    l->call = call;
    l->panel.day = cox_call_as_of_day(call);
    COX_TRY(load_people(l, reterr));
    COX_TRY(cox_each(call, &cox_coaching_session, NULL, note_session, l, reterr));
    return cox_each(call, &cox_coaching_session, NULL, note_early, l, reterr);
}

/* ---- what became of it: as the program ---- */

static enum cox_rc judge(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ledger *l = (struct ledger *)ctx;

    return cox_ledger_panel_judge(call, &l->panel, reterr);
}

/* ---- told ---- */

static void put_factors(struct cox_json *json, const struct cox_ledger_factors *factors)
{
    static const char *const names[COX_LEDGER_FACTOR_COUNT] = {"amount", "skill", "both"};
    bool has_mean = factors->rated_count > 0;

    cox_json_put_int(json, "rated_count", (int64_t)factors->rated_count);
    cox_json_put_real(json, "amount_mean", has_mean ? factors->amount_mean : (double)NAN);
    cox_json_put_real(json, "skill_mean", has_mean ? factors->skill_mean : (double)NAN);
    cox_json_key(json, "factors");
    cox_json_begin_array(json);
    for (int k = 0; k < COX_LEDGER_FACTOR_COUNT; k++) {
        const struct cox_ledger_slope *slope = &factors->at[k];

        cox_json_begin_object(json);
        cox_json_put_string(json, "factor", names[k]);
        cox_json_put_bool(json, "is_known", slope->is_known);
        cox_json_put_int(json, "takes", (int64_t)cox_ledger_rated_least[k]);
        cox_json_put_real(json, "slope", slope->slope);
        cox_json_put_real(json, "low", slope->low);
        cox_json_put_real(json, "high", slope->high);
        cox_json_put_real(json, "detectable", slope->detectable);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

/* Beyond chance, with allowance for looking at several outcomes at once (Bonferroni). */
static bool is_clear(const struct cox_ledger_effect *effect)
{
    return effect->is_known &&
           fabs(effect->effect) >
               cox_student_reach(effect->df, .05 / COX_MONTH_OUTCOME_COUNT) * effect->error;
}

static void put_effect(struct ledger *l, int outcome)
{
    const struct cox_ledger_effect *effect = &l->panel.effects[outcome];
    struct cox_json *json = &l->json;

    cox_json_begin_object(json);
    cox_json_put_string(json, "outcome", cox_month_labels[outcome].name);
    cox_json_put_string(json, "is", cox_month_labels[outcome].is);
    cox_json_put_string(json, "unit", cox_month_labels[outcome].unit);
    cox_json_put_bool(json, "is_known", effect->is_known);
    cox_json_put_bool(json, "is_clear", is_clear(effect));
    cox_json_put_int(json, "coached_count", (int64_t)effect->coached_count);
    cox_json_put_int(json, "control_count", (int64_t)effect->control_count);
    cox_json_put_real(json, "naive", effect->naive);
    cox_json_put_real(json, "alike", effect->alike);
    cox_json_put_real(json, "effect", effect->effect);
    cox_json_put_real(json, "low", effect->low);
    cox_json_put_real(json, "high", effect->high);
    cox_json_put_real(json, "detectable", effect->detectable);
    put_factors(json, &l->panel.factors[outcome]);
    cox_json_end_object(json);
}

static void put_person(struct cox_json *json, const struct cox_ledger_person *person)
{
    cox_json_begin_object(json);
    cox_json_put_int(json, "user", person->user);
    cox_json_put_text(json, "name", person->name);
    cox_json_put_bool(json, "leads", person->leads);
    cox_json_put_int(json, "session_count", person->session_count);
    cox_json_put_int(json, "minutes", person->minutes);
    cox_cell_put_day(json, "first_day", person->first_day);
    for (int kind = 0; kind < COX_COACHING_KIND_COUNT; kind++) {
        cox_json_put_int(json, cox_coaching_kinds[kind].name, person->kinds[kind]);
    }
    cox_json_put_int(json, "rating_count", person->rating_count);
    cox_json_put_real(json, "rating_mean",
        person->rating_count == 0 ? (double)NAN
                                  : (double)person->rating_sum / (double)person->rating_count);
    cox_json_end_object(json);
}

static enum cox_rc tell(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ledger *l = (struct ledger *)ctx;

    l->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(l->x, 200, &l->json);
    cox_json_begin_object(&l->json);
    cox_json_put_int(&l->json, "as_of_seq", cox_call_as_of(call).seq);
    cox_cell_put_day(&l->json, "from_day", l->panel.from_day);
    cox_cell_put_day(&l->json, "to_day", l->panel.to_day);
    cox_json_put_text(&l->json, "currency", cox_call_currency(call));
    cox_json_put_int(&l->json, "outside_count", (int64_t)l->panel.outside_count);
    cox_json_key(&l->json, "people");
    cox_json_begin_array(&l->json);
    for (size_t i = 0; i < l->panel.count; i++) {
        put_person(&l->json, &l->panel.people[i]);
    }
    cox_json_end_array(&l->json);
    cox_json_key(&l->json, "effects");
    cox_json_begin_array(&l->json);
    for (int o = 0; o < COX_MONTH_OUTCOME_COUNT; o++) {
        put_effect(l, o);
    }
    cox_json_end_array(&l->json);
    cox_json_end_object(&l->json);
    return cox_reply_json_done(l->x, &l->json, reterr);
}

enum cox_rc cox_ledger_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct ledger *l = COX_NEW(x->arena, struct ledger);
    const struct cox_read_opt opt = {.actor = x->who.actor}, own = {0};

    if (l == NULL) {
        return cox_no_memory(reterr);
    }
    *l = (struct ledger){.x = x, .panel.books = cox_books_of(x->server)};
    COX_TRY(cox_store_read(x->store, &opt, look, l, reterr));
    COX_TRY(cox_store_read(x->store, &own, judge, l, reterr));
    return cox_store_read(x->store, &opt, tell, l, reterr);
}
