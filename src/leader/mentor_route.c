/* leader/mentor_route.c: a programme of pairs: who takes part, the draw before and after it is accepted. */
#include "leader/mentor_route.h"

#include <stdio.h>

#include "base/map.h"
#include "leader/mentor_draw.h"
#include "leader/skill.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"

struct page {
    struct cox_exchange *x;
    struct cox_call *call;
    int64_t id;
    struct cox_programme programme;
    struct cox_imap *meetings, *last; /* pair -> how many, and the newest day */
    struct cox_json json;
};

/* How far the pairs are from the best there are. */
static void put_gap(struct cox_json *json, int64_t score, int64_t best, int64_t bound)
{
    cox_json_put_int(json, "score", score);
    cox_json_put_int(json, "best_score", best);
    cox_json_put_int(json, "bound", bound);
    cox_json_put_bool(json, "is_proved", bound == best);
    cox_json_put_real(json, "gap", best == 0 ? 0 : (double)(best - score) / (double)best);
}

/* ---- GET /talent/programmes/{id} ---- */

static enum cox_rc note_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    static const char *const sides[] = {
        [COX_SIDE_MENTOR] = "mentor",
        [COX_SIDE_MENTEE] = "mentee",
        [COX_SIDE_PEER] = "peer",
    };
    struct page *p = (struct page *)ctx;
    struct cox_json *json = &p->json;
    struct cox_member member;

    cox_row_unpack(row, &member);
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_int(json, "person", member.person);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "name", &cox_user, member.person, reterr));
    cox_json_put_string(json, "side", sides[member.side]);
    cox_cell_put_number(json, "wanted", member.wanted);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "wanted_name", &cox_skill, member.wanted, reterr));
    cox_cell_put_number(json, "offered", member.offered);
    COX_TRY(
        cox_cell_put_name(p->call, &p->json, "offered_name", &cox_skill, member.offered, reterr));
    cox_cell_put_number(json, "capacity", member.capacity);
    cox_json_put_bool(json, "has_left", member.has_left == 1);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc note_meeting(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct page *p = (struct page *)ctx;
    int64_t pair = cox_row_int(row, COX_PAIR_MEETING_PAIR);
    uint64_t count = 0, last = 0;
    int64_t day = cox_row_int(row, COX_PAIR_MEETING_DAY);

    (void)cox_imap_find(p->meetings, pair, &count); /* none so far */
    (void)cox_imap_find(p->last, pair, &last);
    COX_TRY(cox_imap_put(p->meetings, pair, count + 1, reterr));
    return count > 0 && (int64_t)last >= day ? COX_OK
                                             : cox_imap_put(p->last, pair, (uint64_t)day, reterr);
}

static enum cox_rc note_pair(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct page *p = (struct page *)ctx;
    struct cox_json *json = &p->json;
    struct cox_pair pair;
    uint64_t count = 0, last;

    cox_row_unpack(row, &pair);
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", row->id);
    cox_json_put_int(json, "mentor", pair.mentor);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "mentor_name", &cox_user, pair.mentor, reterr));
    cox_json_put_int(json, "mentee", pair.mentee);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "mentee_name", &cox_user, pair.mentee, reterr));
    COX_TRY(cox_cell_put_name(p->call, &p->json, "skill_name", &cox_skill, pair.skill, reterr));
    cox_json_put_int(json, "wave", pair.wave);
    cox_cell_put_day(json, "start_day", pair.start_day);
    cox_cell_put_day(json, "end_day", pair.end_day);
    (void)cox_imap_find(p->meetings, row->id, &count); /* none so far */
    cox_json_put_int(json, "meeting_count", (int64_t)count);
    cox_cell_put_day(json, "last_day",
        cox_imap_find(p->last, row->id, &last) ? (int64_t)last : COX_NULL);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc put_rows(struct page *p, const char *key, const struct cox_entity *entity,
    uint32_t field, cox_row_fn note, struct cox_err *reterr)
{
    const struct cox_filter_term of = {field, "eq", cox_int(p->id)};
    const struct cox_filter *filter;

    cox_json_key(&p->json, key);
    cox_json_begin_array(&p->json);
    COX_TRY(cox_filter_build(p->call, entity, &of, 1, &filter, reterr));
    COX_TRY(cox_each(p->call, entity, filter, note, p, reterr));
    cox_json_end_array(&p->json);
    return COX_OK;
}

static enum cox_rc put_programme(struct page *p, struct cox_err *reterr)
{
    static const char *const states[] = {
        [COX_PROGRAMME_OPEN] = "open",
        [COX_PROGRAMME_DRAWN] = "drawn",
        [COX_PROGRAMME_ENDED] = "ended",
    };
    const struct cox_programme *programme = &p->programme;
    struct cox_json *json = &p->json;

    cox_json_put_int(json, "id", p->id);
    cox_json_put_text(json, "name", programme->name);
    cox_json_put_text(json, "help", programme->help);
    cox_json_put_string(json, "kind", programme->kind == COX_PEER_MEETINGS ? "peers" : "mentoring");
    cox_json_put_string(json, "state", states[programme->state]);
    cox_json_put_int(json, "organiser", programme->organiser);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "organiser_name", &cox_user, programme->organiser,
        reterr));
    cox_json_put_bool(json, "is_mine", programme->organiser == p->x->who.actor.user_id);
    cox_cell_put_day(json, "from_day", programme->from_day);
    cox_json_put_bool(json, "other_team", programme->other_team == 1);
    cox_json_put_bool(json, "other_line", programme->other_line == 1);
    cox_cell_put_number(json, "slack_pct", programme->slack_pct);
    cox_cell_put_number(json, "wave_count", programme->wave_count);
    cox_cell_put_number(json, "wave_months", programme->wave_months);
    cox_cell_put_number(json, "seed", programme->seed);
    cox_cell_put_day(json, "drawn_day", programme->drawn_day);
    cox_json_key(json, "drawn");
    if (programme->drawn_day == COX_NULL) {
        cox_json_null(json);
        return COX_OK;
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "pair_count", programme->pair_count);
    put_gap(json, programme->score, programme->best_score, programme->bound);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc tell(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct page *p = (struct page *)ctx;

    p->call = call;
    COX_TRY(cox_load(call, &cox_programme, p->id, &p->programme, reterr));
    COX_TRY(cox_imap_open_in(cox_call_arena(call), 0, &p->meetings, reterr));
    COX_TRY(cox_imap_open_in(cox_call_arena(call), 0, &p->last, reterr));
    COX_TRY(cox_each(call, &cox_pair_meeting, NULL, note_meeting, p, reterr));
    p->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(p->x, 200, &p->json);
    cox_json_begin_object(&p->json);
    COX_TRY(put_programme(p, reterr));
    COX_TRY(put_rows(p, "members", &cox_member, COX_MEMBER_PROGRAMME, note_member, reterr));
    COX_TRY(put_rows(p, "pairs", &cox_pair, COX_PAIR_PROGRAMME, note_pair, reterr));
    cox_json_end_object(&p->json);
    return cox_reply_json_done(p->x, &p->json, reterr);
}

static enum cox_rc read_page(struct cox_exchange *x, cox_call_fn fn, struct cox_err *reterr)
{
    struct page *p = COX_NEW(x->arena, struct page);
    const struct cox_read_opt opt = {.actor = x->who.actor};

    if (p == NULL) {
        return cox_no_memory(reterr);
    }
    p->x = x;
    COX_TRY(cox_exchange_id(x, 0, &p->id, reterr));
    return cox_store_read(x->store, &opt, fn, p, reterr);
}

enum cox_rc cox_mentor_get(struct cox_exchange *x, struct cox_err *reterr)
{
    return read_page(x, tell, reterr);
}

/* ---- the draw, before it is accepted ---- */

static const char *hex(uint64_t digest, char ret_text[17])
{
    (void)snprintf(ret_text, 17, "%016llx", (unsigned long long)digest);
    return ret_text;
}

static enum cox_rc put_drawn_pair(struct page *p, const struct cox_drawn_pair *pair,
    struct cox_err *reterr)
{
    struct cox_json *json = &p->json;

    cox_json_begin_object(json);
    cox_json_put_int(json, "mentor", pair->mentor);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "mentor_name", &cox_user, pair->mentor, reterr));
    cox_json_put_int(json, "mentee", pair->mentee);
    COX_TRY(cox_cell_put_name(p->call, &p->json, "mentee_name", &cox_user, pair->mentee, reterr));
    COX_TRY(cox_cell_put_name(p->call, &p->json, "skill_name", &cox_skill, pair->skill, reterr));
    cox_json_put_int(json, "score", pair->score);
    cox_json_put_real(json, "chance", pair->chance);
    cox_json_put_int(json, "wave", pair->wave);
    cox_cell_put_day(json, "start_day", pair->start_day);
    cox_json_end_object(json);
    return COX_OK;
}

static enum cox_rc put_draw(struct page *p, const struct cox_mentor_draw *draw,
    struct cox_err *reterr)
{
    struct cox_json *json = &p->json;
    char digest[17];

    cox_json_put_int(json, "seed", draw->programme.seed);
    cox_json_put_string(json, "digest", hex(draw->digest, digest));
    cox_json_put_int(json, "member_count", (int64_t)draw->member_count);
    put_gap(json, draw->drawn.chosen_score, draw->drawn.best.score, draw->drawn.best.bound);
    cox_json_put_int(json, "plan_count", (int64_t)draw->plan_count);
    cox_json_put_int(json, "distinct_count", (int64_t)draw->drawn.distinct_count);
    cox_json_put_int(json, "least_score", draw->drawn.least_score);
    cox_json_key(json, "struck");
    cox_json_begin_object(json);
    cox_json_put_int(json, "listed", (int64_t)draw->why[COX_MATCH_LISTED]);
    cox_json_put_int(json, "same_team", (int64_t)draw->why[COX_MATCH_SAME_TEAM]);
    cox_json_put_int(json, "same_line", (int64_t)draw->why[COX_MATCH_SAME_LINE]);
    cox_json_end_object(json);
    cox_json_key(json, "pairs");
    cox_json_begin_array(json);
    for (size_t i = 0; i < draw->pair_count; i++) {
        COX_TRY(put_drawn_pair(p, &draw->pairs[i], reterr));
    }
    cox_json_end_array(json);
    cox_json_key(json, "alone");
    cox_json_begin_array(json);
    for (size_t i = 0; i < draw->alone_count; i++) {
        cox_json_begin_object(json);
        cox_json_put_int(json, "person", draw->alone[i]);
        COX_TRY(cox_cell_put_name(p->call, &p->json, "name", &cox_user, draw->alone[i], reterr));
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    return COX_OK;
}

static enum cox_rc preview(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct page *p = (struct page *)ctx;
    struct cox_mentor_draw draw;

    p->call = call;
    COX_TRY(cox_mentor_draw(call, p->id, &draw, reterr));
    p->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(p->x, 200, &p->json);
    cox_json_begin_object(&p->json);
    COX_TRY(put_draw(p, &draw, reterr));
    cox_json_end_object(&p->json);
    return cox_reply_json_done(p->x, &p->json, reterr);
}

enum cox_rc cox_mentor_preview(struct cox_exchange *x, struct cox_err *reterr)
{
    return read_page(x, preview, reterr);
}

/* ---- the draw, accepted ---- */

struct accepting {
    int64_t id;
    const char *digest;
    size_t pair_count;
};

static enum cox_rc accept(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct accepting *a = (struct accepting *)ctx;
    struct cox_mentor_draw draw;
    char digest[17];

    COX_TRY(cox_mentor_draw(call, a->id, &draw, reterr));
    if (draw.programme.state == COX_PROGRAMME_OPEN &&
        strcmp(hex(draw.digest, digest), a->digest) != 0) {
        return cox_fail_at(reterr, COX_CONFLICT, "digest", 0,
            "who takes part has changed: look at the pairs again");
    }
    a->pair_count = draw.pair_count;
    return cox_mentor_make_pairs(call, &draw, reterr);
}

enum cox_rc cox_mentor_accept(struct cox_exchange *x, struct cox_err *reterr)
{
    struct accepting a = {0};
    struct cox_write_opt opt;
    struct cox_commit commit;
    struct cox_json json;
    json_t *body;

    COX_TRY(cox_exchange_id(x, 0, &a.id, reterr));
    COX_TRY(cox_exchange_json(x, &body, reterr));
    a.digest = json_string_value(json_object_get(body, "digest"));
    if (a.digest == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "digest", 0,
            "says which pairs are meant: it stands in the preview");
    }
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, accept, &a, &commit, reterr));
    x->reply.seq = commit.seq;
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "pair_count", (int64_t)a.pair_count);
    cox_json_put_int(&json, "seq", commit.seq);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}
