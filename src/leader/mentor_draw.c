/* leader/mentor_draw.c: the pairs of a programme by lot near the best. */
#include "leader/mentor_draw.h"

#include "base/day.h"
#include "base/map.h"
#include "base/random.h"
#include "leader/skill.h"
#include "org/people.h"
#include "record/query.h"

enum { WAVE_PART = 77 }; /* the waves' own stream of the seed */

struct lot {
    struct cox_call *call;
    struct cox_mentor_draw *draw;
    struct cox_member *members;
    size_t count, room;
    /* everybody, by position: lines pass through others */
    struct cox_imap *place; /* user -> position */
    int64_t *team;
    uint32_t *manager;
    size_t people_count;
    uint32_t (*apart)[2];
    size_t apart_count, apart_room;
    struct cox_imap *hat; /* skill -> hat */
    /* what is solved: rows learn, columns teach; of peers both are all */
    uint32_t *row_member, *col_member, *row_at, *col_at, *capacity;
    size_t row_count, col_count;
    int64_t *score, *points; /* points: before pairs were struck out */
};

static bool grow(struct lot *l, void **at, size_t count, size_t *room, size_t size)
{
    size_t more = *room == 0 ? 64 : *room * 2;
    void *grown;

    if (count < *room) {
        return true;
    }
    grown = cox_arena_alloc(cox_call_arena(l->call), more * size);
    if (grown != NULL && count > 0) {
        memcpy(grown, *at, count * size);
    }
    *at = grown == NULL ? *at : grown;
    *room = grown == NULL ? *room : more;
    return grown != NULL;
}

/* ---- who, and how they stand to each other today ---- */

static enum cox_rc note_user(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct lot *l = (struct lot *)ctx;

    return cox_imap_put(l->place, row->id, l->people_count++, reterr);
}

static enum cox_rc note_team(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct lot *l = (struct lot *)ctx;
    struct cox_team_member member;
    uint64_t at;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &member);
    if (cox_days_hold(member.from_day, member.to_day, cox_call_today(l->call)) &&
        cox_imap_find(l->place, member.user, &at)) {
        l->team[at] = member.team;
    }
    return COX_OK;
}

static enum cox_rc note_line(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct lot *l = (struct lot *)ctx;
    struct cox_reporting_line line;
    uint64_t at, manager;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &line);
    if (cox_days_hold(line.from_day, line.to_day, cox_call_today(l->call)) &&
        cox_imap_find(l->place, line.user, &at) &&
        cox_imap_find(l->place, line.manager, &manager)) {
        l->manager[at] = (uint32_t)manager;
    }
    return COX_OK;
}

static enum cox_rc note_skill(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    const struct lot *l = (const struct lot *)ctx;

    return cox_imap_put(l->hat, row->id, (uint64_t)cox_row_int(row, COX_SKILL_HAT), reterr);
}

static enum cox_rc load_people(struct lot *l, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(l->call);

    COX_TRY(cox_imap_open_in(arena, 0, &l->place, reterr));
    COX_TRY(cox_imap_open_in(arena, 0, &l->hat, reterr));
    COX_TRY(cox_each(l->call, &cox_user, NULL, note_user, l, reterr));
    l->team = COX_NEW_ARRAY(arena, l->people_count + 1, int64_t);
    l->manager = COX_NEW_ARRAY(arena, l->people_count + 1, uint32_t);
    if (l->team == NULL || l->manager == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < l->people_count; i++) {
        l->manager[i] = COX_MATCH_NOBODY;
    }
    COX_TRY(cox_each(l->call, &cox_team_member, NULL, note_team, l, reterr));
    COX_TRY(cox_each(l->call, &cox_reporting_line, NULL, note_line, l, reterr));
    return cox_each(l->call, &cox_skill, NULL, note_skill, l, reterr);
}

static enum cox_rc note_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct lot *l = (struct lot *)ctx;
    struct cox_member member;
    struct cox_user user;

    cox_row_unpack(row, &member);
    if (member.has_left == 1) {
        return COX_OK;
    }
    COX_TRY(cox_load(l->call, &cox_user, member.person, &user, reterr));
    if (user.is_active != 1) {
        return COX_OK;
    }
    if (!grow(l, (void **)&l->members, l->count, &l->room, sizeof(*l->members))) {
        return cox_no_memory(reterr);
    }
    l->members[l->count++] = member;
    return COX_OK;
}

static enum cox_rc note_apart(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct lot *l = (struct lot *)ctx;
    uint64_t one, two;

    if (!cox_imap_find(l->place, cox_row_int(row, COX_APART_ONE), &one) ||
        !cox_imap_find(l->place, cox_row_int(row, COX_APART_TWO), &two)) {
        return COX_OK;
    }
    if (!grow(l, (void **)&l->apart, l->apart_count, &l->apart_room, sizeof(*l->apart))) {
        return cox_no_memory(reterr);
    }
    l->apart[l->apart_count][0] = (uint32_t)one;
    l->apart[l->apart_count++][1] = (uint32_t)two;
    return COX_OK;
}

static enum cox_rc load_members(struct lot *l, int64_t programme, struct cox_err *reterr)
{
    const struct cox_filter_term of = {COX_MEMBER_PROGRAMME, "eq", cox_int(programme)};
    const struct cox_filter_term apart = {COX_APART_PROGRAMME, "eq", cox_int(programme)};
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(l->call, &cox_member, &of, 1, &filter, reterr));
    COX_TRY(cox_each(l->call, &cox_member, filter, note_member, l, reterr));
    COX_TRY(cox_filter_build(l->call, &cox_apart, &apart, 1, &filter, reterr));
    return cox_each(l->call, &cox_apart, filter, note_apart, l, reterr);
}

/* ---- points ---- */

/* What somebody wants, and somebody offers. */
static int64_t points_of(const struct lot *l, int64_t wanted, int64_t offered)
{
    uint64_t wanted_hat, offered_hat;

    if (wanted == COX_NULL || offered == COX_NULL) {
        return COX_MENTOR_POINTS_ANY;
    }
    if (wanted == offered) {
        return COX_MENTOR_POINTS_SAME;
    }
    return cox_imap_find(l->hat, wanted, &wanted_hat) &&
                   cox_imap_find(l->hat, offered, &offered_hat) && wanted_hat == offered_hat
               ? COX_MENTOR_POINTS_HAT
               : COX_MENTOR_POINTS_OTHER;
}

static bool is_peers(const struct lot *l)
{
    return l->draw->programme.kind == COX_PEER_MEETINGS;
}

static enum cox_rc choose_sides(struct lot *l, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(l->call);

    l->row_member = COX_NEW_ARRAY(arena, l->count + 1, uint32_t);
    l->col_member = COX_NEW_ARRAY(arena, l->count + 1, uint32_t);
    l->row_at = COX_NEW_ARRAY(arena, l->count + 1, uint32_t);
    l->col_at = COX_NEW_ARRAY(arena, l->count + 1, uint32_t);
    l->capacity = COX_NEW_ARRAY(arena, l->count + 1, uint32_t);
    if (l->row_member == NULL || l->col_member == NULL || l->row_at == NULL || l->col_at == NULL ||
        l->capacity == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < l->count; i++) {
        uint64_t at = 0;

        if (!cox_imap_find(l->place, l->members[i].person, &at)) {
            continue;
        }
        if (is_peers(l) || l->members[i].side == COX_SIDE_MENTEE) {
            l->row_at[l->row_count] = (uint32_t)at;
            l->row_member[l->row_count++] = (uint32_t)i;
        }
        if (is_peers(l) || l->members[i].side == COX_SIDE_MENTOR) {
            l->col_at[l->col_count] = (uint32_t)at;
            l->capacity[l->col_count] = (uint32_t)l->members[i].capacity;
            l->col_member[l->col_count++] = (uint32_t)i;
        }
    }
    if (l->row_count > COX_MENTOR_SIDE_MAX || l->col_count > COX_MENTOR_SIDE_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "a programme pairs at most %d people on a side",
            COX_MENTOR_SIDE_MAX);
    }
    return COX_OK;
}

static enum cox_rc weigh(struct lot *l, struct cox_err *reterr)
{
    const struct cox_programme *programme = &l->draw->programme;
    const struct cox_match_people people = {l->people_count, l->team, l->manager, NULL};
    const struct cox_match_rules rules = {programme->other_team == 1, programme->other_line == 1,
        false, (const uint32_t(*)[2])l->apart, l->apart_count};
    size_t size = l->row_count * l->col_count;

    l->score = COX_NEW_ARRAY(cox_call_arena(l->call), size + 1, int64_t);
    l->points = COX_NEW_ARRAY(cox_call_arena(l->call), size + 1, int64_t);
    if (l->score == NULL || l->points == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t r = 0; r < l->row_count; r++) {
        for (size_t c = 0; c < l->col_count; c++) {
            const struct cox_member *learns = &l->members[l->row_member[r]];
            const struct cox_member *teaches = &l->members[l->col_member[c]];
            int64_t points = points_of(l, learns->wanted, teaches->offered);

            points += is_peers(l) ? points_of(l, teaches->wanted, learns->offered) : 0;
            l->points[r * l->col_count + c] = l->score[r * l->col_count + c] = points;
        }
    }
    cox_match_strike(&people, &rules, l->row_at, l->row_count, l->col_at, l->col_count, l->score,
        l->draw->why);
    return COX_OK;
}

/* ---- the lot ---- */

static int64_t skill_of(const struct cox_member *learns, const struct cox_member *teaches,
    bool both_ways)
{
    if (learns->wanted != COX_NULL && learns->wanted == teaches->offered) {
        return learns->wanted;
    }
    return both_ways && teaches->wanted != COX_NULL && teaches->wanted == learns->offered
               ? teaches->wanted
               : COX_NULL;
}

static void take_plan(struct lot *l, const uint32_t *plan, const double *chance)
{
    struct cox_mentor_draw *draw = l->draw;

    for (size_t r = 0; r < l->row_count; r++) {
        const struct cox_member *learns = &l->members[l->row_member[r]];
        const struct cox_member *teaches;
        uint32_t c = plan[r];

        if (c == COX_MATCH_NOBODY) {
            draw->alone[draw->alone_count++] = learns->person;
            continue;
        }
        if (is_peers(l) && c < r) {
            continue; /* of peers each pair stands there twice */
        }
        teaches = &l->members[l->col_member[c]];
        draw->pairs[draw->pair_count++] = (struct cox_drawn_pair){.mentor = teaches->person,
            .mentee = learns->person,
            .skill = skill_of(learns, teaches, is_peers(l)),
            .score = l->points[r * l->col_count + c],
            .chance = chance[r * l->col_count + c]};
    }
}

/* Pairs begin in waves, by lot; as even as can be. */
static enum cox_rc draw_waves(struct lot *l, struct cox_err *reterr)
{
    struct cox_mentor_draw *draw = l->draw;
    const struct cox_programme *programme = &draw->programme;
    struct cox_random random = cox_random_part((uint64_t)programme->seed, WAVE_PART);
    size_t *order = COX_NEW_ARRAY(cox_call_arena(l->call), draw->pair_count + 1, size_t);

    if (order == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < draw->pair_count; i++) {
        order[i] = i;
    }
    cox_random_shuffle(&random, order, draw->pair_count);
    for (size_t i = 0; i < draw->pair_count; i++) {
        int64_t wave = (int64_t)(i % (size_t)programme->wave_count);

        draw->pairs[order[i]].wave = wave + 1;
        draw->pairs[order[i]].start_day =
            cox_day_add_months(programme->from_day, (int)(wave * programme->wave_months));
    }
    return COX_OK;
}

/* FNV-1a over whole numbers. */
static uint64_t digest_of(const struct cox_mentor_draw *draw)
{
    uint64_t digest = 14695981039346656037U;

    for (size_t i = 0; i < draw->pair_count; i++) {
        const struct cox_drawn_pair *pair = &draw->pairs[i];
        const int64_t numbers[] = {pair->mentor, pair->mentee, pair->wave, pair->start_day};

        for (size_t n = 0; n < COX_COUNT(numbers); n++) {
            digest = (digest ^ (uint64_t)numbers[n]) * 1099511628211U;
        }
    }
    return digest;
}

static enum cox_rc cast(struct lot *l, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(l->call);
    struct cox_mentor_draw *draw = l->draw;
    const struct cox_match_ask ask = {.is_peers = is_peers(l),
        .row_count = l->row_count,
        .col_count = l->col_count,
        .score = l->score,
        .capacity = is_peers(l) ? NULL : l->capacity,
        .epsilon = (double)draw->programme.slack_pct / 100,
        .plan_count = COX_MENTOR_PLANS,
        .seed = (uint64_t)draw->programme.seed};
    size_t size = cox_match_workspace_size(&ask);
    void *workspace = cox_arena_alloc(arena, size + 1);
    uint32_t *plans = COX_NEW_ARRAY(arena, ask.plan_count * ask.row_count + 1, uint32_t);
    double *chance = COX_NEW_ARRAY(arena, ask.row_count * ask.col_count + 1, double);

    draw->pairs = COX_NEW_ARRAY(arena, l->row_count + 1, struct cox_drawn_pair);
    draw->alone = COX_NEW_ARRAY(arena, l->row_count + 1, int64_t);
    if (workspace == NULL || plans == NULL || chance == NULL || draw->pairs == NULL ||
        draw->alone == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_match_draw(&ask, workspace, plans, chance, &draw->drawn, reterr));
    draw->plan_count = ask.plan_count;
    take_plan(l, plans + draw->drawn.chosen * l->row_count, chance);
    COX_TRY(draw_waves(l, reterr));
    draw->digest = digest_of(draw);
    return COX_OK;
}

enum cox_rc cox_mentor_draw(struct cox_call *call, int64_t programme,
    struct cox_mentor_draw *ret_draw, struct cox_err *reterr)
{
    struct lot l = {.call = call, .draw = ret_draw};

    *ret_draw = (struct cox_mentor_draw){0};
    COX_TRY(cox_load(call, &cox_programme, programme, &ret_draw->programme, reterr));
    if (ret_draw->programme.organiser != cox_call_actor(call)->user_id) {
        return cox_fail(reterr, COX_DENIED, "only who runs a programme draws its pairs");
    }
    COX_TRY(load_people(&l, reterr));
    COX_TRY(load_members(&l, programme, reterr));
    ret_draw->member_count = l.count;
    COX_TRY(choose_sides(&l, reterr));
    if (l.row_count == 0 || l.col_count == 0 || (is_peers(&l) && l.row_count < 2)) {
        return cox_fail(reterr, COX_CONFLICT, "nobody can be paired yet: it takes both sides");
    }
    COX_TRY(weigh(&l, reterr));
    return cast(&l, reterr);
}

static enum cox_rc make_pair(struct cox_call *call, const struct cox_mentor_draw *draw,
    const struct cox_drawn_pair *drawn, struct cox_err *reterr)
{
    struct cox_pair pair;
    int64_t id;

    cox_struct_init(&cox_pair, &pair);
    pair.programme = draw->programme.head.id;
    pair.organiser = draw->programme.organiser;
    pair.mentor = drawn->mentor;
    pair.mentee = drawn->mentee;
    pair.skill = drawn->skill;
    pair.wave = drawn->wave;
    pair.start_day = drawn->start_day;
    return cox_create_struct(call, &cox_pair, &pair, &id, reterr);
}

enum cox_rc cox_mentor_make_pairs(struct cox_call *call, const struct cox_mentor_draw *draw,
    struct cox_err *reterr)
{
    const struct cox_change changes[] = {
        {COX_PROGRAMME_STATE, cox_int(COX_PROGRAMME_DRAWN)},
        {COX_PROGRAMME_DRAWN_DAY, cox_int(cox_call_today(call))},
        {COX_PROGRAMME_PAIR_COUNT, cox_int((int64_t)draw->pair_count)},
        {COX_PROGRAMME_SCORE, cox_int(draw->drawn.chosen_score)},
        {COX_PROGRAMME_BEST_SCORE, cox_int(draw->drawn.best.score)},
        {COX_PROGRAMME_BOUND, cox_int(draw->drawn.best.bound)},
    };

    if (draw->programme.state != COX_PROGRAMME_OPEN) {
        return cox_fail(reterr, COX_CONFLICT, "the pairs of this programme are drawn already");
    }
    for (size_t i = 0; i < draw->pair_count; i++) {
        COX_TRY(make_pair(call, draw, &draw->pairs[i], reterr));
    }
    return cox_change_fields(call, &cox_programme, draw->programme.head.id, 0, changes,
        COX_COUNT(changes), NULL, reterr);
}
