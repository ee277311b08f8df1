/*
 * leader/ledger.c: GET /coaching/ledger: the asker's own coaching sessions by person, and what the coached did and
 * brought afterwards beside those of the same line who were not coached (ledger_effect.h). Sessions of other
 * coaches are theirs: they are not seen, so somebody coached by others counts as not coached here.
 */
#include "leader/ledger.h"

#include "leader/coaching.h"
#include "leader/ledger_effect.h"
#include "leader/months.h"
#include "org/line.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "sales/analysis.h"

enum { MONTHS = COX_MONTH_COUNT };

struct ledger_person {
    int64_t user, session_count, minutes, rating_sum, rating_count, first_day;
    int64_t kinds[COX_COACHING_KIND_COUNT];
    int64_t hire_day, leave_day;
    struct cox_text name;
};

struct ledger {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t day;
    struct cox_months months;
    struct ledger_person *people;
    size_t count;
    struct cox_json json;
};

/* ---- who ---- */

static struct ledger_person *person_of(const struct ledger *l, int64_t user)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->people[i].user == user) {
            return &l->people[i];
        }
    }
    return NULL;
}

static enum cox_rc load_people(struct ledger *l, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(l->call);
    const int64_t *below;
    size_t count;

    COX_TRY(cox_line_below(l->call, l->x->who.actor.user_id, l->day, &below, &count, reterr));
    l->people = COX_NEW_ARRAY(arena, count + 1, struct ledger_person);
    if (l->people == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        struct cox_user user;

        COX_TRY(cox_load(l->call, &cox_user, below[i], &user, reterr));
        l->people[l->count++] = (struct ledger_person){.user = below[i],
            .first_day = COX_NULL,
            .hire_day = user.hire_day,
            .leave_day = user.leave_day,
            .name = user.name};
    }
    return COX_OK;
}

static enum cox_rc note_session(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct ledger *l = (struct ledger *)ctx;
    struct cox_coaching_session session;
    struct ledger_person *person;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &session);
    person = session.coach == l->x->who.actor.user_id ? person_of(l, session.person) : NULL;
    if (person == NULL || session.day > l->day) {
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

static enum cox_rc read_months(struct ledger *l, struct cox_err *reterr)
{
    struct cox_month_person *people =
        COX_NEW_ARRAY(cox_call_arena(l->call), l->count + 1, struct cox_month_person);

    if (people == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < l->count; i++) {
        people[i] = (struct cox_month_person){l->people[i].user, l->people[i].hire_day,
            l->people[i].leave_day};
    }
    return cox_months_read(l->call, cox_books_of(l->x->server), people, l->count, &l->months,
        reterr);
}

/* ---- what became of it ---- */

static void put_effect(struct cox_json *json, int outcome, const struct cox_ledger_effect *effect)
{
    cox_json_begin_object(json);
    cox_json_put_string(json, "outcome", cox_month_labels[outcome].name);
    cox_json_put_string(json, "is", cox_month_labels[outcome].is);
    cox_json_put_string(json, "unit", cox_month_labels[outcome].unit);
    cox_json_put_bool(json, "is_known", effect->is_known);
    cox_json_put_int(json, "coached_count", (int64_t)effect->coached_count);
    cox_json_put_int(json, "control_count", (int64_t)effect->control_count);
    cox_json_put_real(json, "naive", effect->naive);
    cox_json_put_real(json, "alike", effect->alike);
    cox_json_put_real(json, "effect", effect->effect);
    cox_json_put_real(json, "low", effect->low);
    cox_json_put_real(json, "high", effect->high);
    cox_json_put_real(json, "detectable", effect->detectable);
    cox_json_end_object(json);
}

/* Who was coached before the two years began has no before: left out. */
static enum cox_rc put_effects(struct ledger *l, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(l->call);
    double *outcome = COX_NEW_ARRAY(arena, l->count * MONTHS + 1, double);
    size_t *start = COX_NEW_ARRAY(arena, l->count + 1, size_t);
    void *workspace = cox_arena_alloc(arena, cox_ledger_workspace_size(l->count) + 1);

    if (outcome == NULL || start == NULL || workspace == NULL) {
        return cox_no_memory(reterr);
    }
    cox_json_key(&l->json, "effects");
    cox_json_begin_array(&l->json);
    for (int o = 0; o < COX_MONTH_OUTCOME_COUNT; o++) {
        struct cox_ledger_people people = {0, MONTHS, outcome, start};
        struct cox_ledger_effect effect;

        for (size_t i = 0; i < l->count; i++) {
            int64_t first = l->people[i].first_day;

            if (first != COX_NULL && first < l->months.first[1]) {
                continue;
            }
            memcpy(outcome + people.person_count * MONTHS, l->months.figures[o] + i * MONTHS,
                MONTHS * sizeof(*outcome));
            start[people.person_count++] =
                first == COX_NULL ? MONTHS : cox_month_of(&l->months, first);
        }
        COX_TRY(cox_ledger_judge(&people, workspace, &effect, reterr));
        put_effect(&l->json, o, &effect);
    }
    cox_json_end_array(&l->json);
    return COX_OK;
}

static void put_person(struct cox_json *json, const struct ledger_person *person)
{
    cox_json_begin_object(json);
    cox_json_put_int(json, "user", person->user);
    cox_json_put_text(json, "name", person->name);
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

static enum cox_rc make_ledger(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ledger *l = (struct ledger *)ctx;

    l->call = call;
    l->day = cox_call_as_of_day(call);
    cox_months_begin(call, &l->months);
    COX_TRY(load_people(l, reterr));
    COX_TRY(cox_each(call, &cox_coaching_session, NULL, note_session, l, reterr));
    COX_TRY(read_months(l, reterr));
    l->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(l->x, 200, &l->json);
    cox_json_begin_object(&l->json);
    cox_json_put_int(&l->json, "as_of_seq", cox_call_as_of(call).seq);
    cox_cell_put_day(&l->json, "from_day", l->months.first[0]);
    cox_cell_put_day(&l->json, "to_day", l->months.first[MONTHS]);
    cox_json_put_text(&l->json, "currency", cox_call_currency(call));
    cox_json_key(&l->json, "people");
    cox_json_begin_array(&l->json);
    for (size_t i = 0; i < l->count; i++) {
        put_person(&l->json, &l->people[i]);
    }
    cox_json_end_array(&l->json);
    COX_TRY(put_effects(l, reterr));
    cox_json_end_object(&l->json);
    return cox_reply_json_done(l->x, &l->json, reterr);
}

enum cox_rc cox_ledger_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct ledger l = {.x = x};
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, make_ledger, &l, reterr);
}
