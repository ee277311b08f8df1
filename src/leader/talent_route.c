/*
 * leader/talent_route.c: GET /talent/matrix (people and skills, each with its uncertainty), the addresses of the
 * feature, and taking over the program's catalogue. One person's page is leader/talent_person.c.
 */
#include <math.h>

#include "leader/mentor_route.h"
#include "leader/skill.h"
#include "leader/talent.h"
#include "leader/talent_person.h"
#include "leader/talent_read.h"
#include "org/line.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "serve/http.h"

/* ---- GET /talent/matrix ---- */

struct matrix {
    struct cox_exchange *x;
    struct cox_talent talent;
    struct cox_json json;
};

static void put_skills(struct matrix *m)
{
    struct cox_json *json = &m->json;

    cox_json_key(json, "skills");
    cox_json_begin_array(json);
    for (size_t i = 0; i < m->talent.skill_count; i++) {
        const struct cox_talent_skill *skill = &m->talent.skills[i];

        if (skill->is_active) {
            cox_json_begin_object(json);
            cox_json_put_int(json, "id", skill->id);
            cox_json_put_text(json, "name", skill->name);
            cox_json_put_string(json, "hat", cox_skill_hats[skill->hat].name);
            cox_json_end_object(json);
        }
    }
    cox_json_end_array(json);
}

/* The person's own word and the newest of the line, beside the estimate that counts both. */
static void put_words(struct matrix *m, int64_t person, int64_t skill)
{
    struct cox_talent_span span = cox_talent_ratings_of(&m->talent, person, skill);
    int64_t self = COX_NULL, line = COX_NULL, line_day = COX_NULL;

    for (size_t i = span.from; i < span.to; i++) {
        const struct cox_talent_rating *one = &m->talent.ratings[i];

        if (one->is_self) {
            self = cox_talent_is_newest(&m->talent, i) ? one->level : self;
        } else if (one->day >= line_day) {
            line = one->day > line_day || line == COX_NULL ? one->level : line;
            line_day = one->day;
        }
    }
    cox_cell_put_number(&m->json, "self", self);
    cox_cell_put_number(&m->json, "line", line);
}

static enum cox_rc put_person(struct matrix *m, int64_t person, struct cox_err *reterr)
{
    struct cox_json *json = &m->json;
    struct cox_text name;

    COX_TRY(cox_ref_name(m->talent.call, &cox_user, person, &name, reterr));
    cox_json_begin_object(json);
    cox_json_put_int(json, "user", person);
    cox_json_put_text(json, "name", name);
    cox_json_key(json, "cells");
    cox_json_begin_array(json);
    for (size_t i = 0; i < m->talent.skill_count; i++) {
        const struct cox_talent_skill *skill = &m->talent.skills[i];
        struct cox_skill_estimate estimate;

        COX_TRY(cox_talent_estimate(&m->talent, person, skill->id, &estimate, reterr));
        if (!skill->is_active || isnan(estimate.estimate)) {
            continue;
        }
        cox_json_begin_object(json);
        cox_json_put_int(json, "skill", skill->id);
        cox_talent_put_estimate(json, &estimate);
        put_words(m, person, skill->id);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc make_matrix(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct matrix *m = (struct matrix *)ctx;
    int64_t me = m->x->who.actor.user_id;
    const int64_t *below;
    size_t count = 0;

    COX_TRY(cox_talent_load(call, 0, &m->talent, reterr));
    if (cox_talent_leads(call)) {
        COX_TRY(cox_line_below(call, me, cox_call_today(call), &below, &count, reterr));
    }
    m->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(m->x, 200, &m->json);
    cox_json_begin_object(&m->json);
    cox_cell_put_day(&m->json, "day", m->talent.day);
    put_skills(m);
    cox_json_key(&m->json, "people");
    cox_json_begin_array(&m->json);
    COX_TRY(put_person(m, me, reterr));
    for (size_t i = 0; i < count; i++) {
        struct cox_user user;

        COX_TRY(cox_load(call, &cox_user, below[i], &user, reterr));
        if (user.is_active == 1) {
            COX_TRY(put_person(m, below[i], reterr));
        }
    }
    cox_json_end_array(&m->json);
    cox_json_end_object(&m->json);
    return cox_reply_json_done(m->x, &m->json, reterr);
}

/* Of now, as all people data. */
static enum cox_rc get_matrix(struct cox_exchange *x, struct cox_err *reterr)
{
    struct matrix *m = COX_NEW(x->arena, struct matrix);
    const struct cox_read_opt opt = {.actor = x->who.actor};

    if (m == NULL) {
        return cox_no_memory(reterr);
    }
    m->x = x;
    return cox_store_read(x->store, &opt, make_matrix, m, reterr);
}

/* ---- POST /talent/catalogue ---- */

static enum cox_rc seed(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    return cox_skill_seed(call, (size_t *)ctx, reterr);
}

static enum cox_rc post_catalogue(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_write_opt opt;
    struct cox_commit commit;
    struct cox_json json;
    size_t count = 0;

    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, seed, &count, &commit, reterr));
    x->reply.seq = commit.seq;
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "added", (int64_t)count);
    cox_json_put_int(&json, "seq", commit.seq);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

#define LEADING (COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_ADMIN))

const struct cox_route cox_routes_talent[] = {
    {.method = COX_GET,
        .path = "/api/v1/talent/matrix",
        .handle = get_matrix,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "Oneself and those whom one leads, by skill: an estimate, how sure it is, and "
                   "how many say so.",
        .out = "{\"type\":\"object\",\"required\":[\"day\",\"skills\",\"people\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/talent/people/{id}",
        .handle = cox_talent_person_get,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "All that is held about somebody here: skills with every source, the gap to "
                   "the next rung, plans, where they could follow, pairs. For the person and "
                   "those who lead the line today.",
        .out = "{\"type\":\"object\",\"required\":[\"user\",\"skills\",\"place\",\"gap\",\"plans\","
               "\"succession\",\"pairs\"]}"},
    {.method = COX_POST,
        .path = "/api/v1/talent/catalogue",
        .handle = post_catalogue,
        .roles = LEADING,
        .summary = "Adds the skills that come with the program and are not in the catalogue yet.",
        .out = "{\"type\":\"object\",\"required\":[\"added\",\"seq\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/talent/programmes/{id}",
        .handle = cox_mentor_get,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "A programme of pairs, with the members and pairs that the caller sees: who "
                   "runs it all, others their own.",
        .out = "{\"type\":\"object\",\"required\":[\"id\",\"name\",\"kind\",\"state\",\"is_mine\","
               "\"drawn\",\"members\",\"pairs\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/talent/programmes/{id}/preview",
        .handle = cox_mentor_preview,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "The pairs as they would be drawn now, how far from the best, and who stays "
                   "alone; for who runs the programme. Asking again gives the same.",
        .out = "{\"type\":\"object\",\"required\":[\"seed\",\"digest\",\"score\",\"best_score\","
               "\"bound\",\"gap\",\"pairs\",\"alone\"]}"},
    {.method = COX_POST,
        .path = "/api/v1/talent/programmes/{id}/draw",
        .handle = cox_mentor_accept,
        .flags = COX_ROUTE_PEOPLE,
        .body_max = 1 << 10,
        .summary = "Makes the pairs that the preview with this digest has shown.",
        .in = "{\"type\":\"object\",\"required\":[\"digest\"],\"properties\":{\"digest\":{\"type\":"
              "\"string\"}},\"additionalProperties\":false}",
        .out = "{\"type\":\"object\",\"required\":[\"pair_count\",\"seq\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/talent/programmes/{id}/effect",
        .handle = cox_mentor_effect_get,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "What the programme has done to what people bring and do: those who have begun "
                   "beside those who wait; for who runs it.",
        .out = "{\"type\":\"object\",\"required\":[\"person_count\",\"effects\"]}"},
    {0},
};
