/*
 * demo/talent.c: a ladder, ratings of skills by oneself and by the manager, scores of coaching, development plans,
 * who could follow whom, mentors whose pairs have begun in waves, and peer meetings still to be drawn.
 */
#include "leader/talent.h"

#include "demo/write.h"
#include "leader/certificate.h"
#include "leader/coaching.h"
#include "leader/mentor_draw.h"
#include "leader/skill.h"
#include "record/query.h"

enum { SKILLS_MAX = 64, TEAMS_RATED = 12, LINES = 3, MEMBERS_MAX = 24, CERTIFICATES = 3 };

struct talents {
    struct demo_writer *writer;
    int64_t skills[SKILLS_MAX]; /* of selling first, in the catalogue's order */
    size_t skill_count, seller_count;
    int64_t rungs[6]; /* two tracks of three */
    int64_t lines[LINES], rubric, certificates[CERTIFICATES];
    /* what one commit is about */
    const struct demo_person *person, *manager;
    int64_t programme, position;
    bool is_own;
    int64_t positions[TEAMS_RATED]; /* by team */
};

static int64_t noon(int64_t day)
{
    return day * COX_DAY_US + INT64_C(12) * 3600 * COX_SECOND_US;
}

static struct cox_random random_of(const struct talents *t, uint64_t part,
    const struct demo_person *person)
{
    return cox_random_part(t->writer->plan->opt->seed,
        (UINT64_C(9) << 40) + (part << 32) + (uint64_t)person->id);
}

/* ---- of the company ---- */

static enum cox_rc note_skill(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct talents *t = (struct talents *)ctx;

    (void)reterr; /* nothing can fail */
    if (t->skill_count == SKILLS_MAX) {
        return COX_OK;
    }
    if (cox_row_int(row, COX_SKILL_HAT) == COX_SKILL_SELLER) {
        memmove(&t->skills[t->seller_count + 1], &t->skills[t->seller_count],
            (t->skill_count - t->seller_count) * sizeof(*t->skills));
        t->skills[t->seller_count++] = row->id;
        t->skill_count++;
    } else {
        t->skills[t->skill_count++] = row->id;
    }
    return COX_OK;
}

static enum cox_rc put_expectation(struct cox_call *call, int64_t rung, int64_t skill,
    int64_t level, struct cox_err *reterr)
{
    struct cox_expectation expectation;
    int64_t id;

    cox_struct_init(&cox_expectation, &expectation);
    expectation.rung = rung;
    expectation.skill = skill;
    expectation.level = level;
    return cox_create_struct(call, &cox_expectation, &expectation, &id, reterr);
}

/* Selling asks for skills of selling; leading for those of both hats, and for no more selling. */
static enum cox_rc put_ladder(struct cox_call *call, struct talents *t, struct cox_err *reterr)
{
    static const char *const names[2][3] = {{"Seller", "Senior seller", "Key account seller"},
        {"Team lead", "Sales manager", "Regional head"}};

    for (int64_t track_at = 0; track_at < 2; track_at++) {
        struct cox_track track;
        int64_t id;

        cox_struct_init(&cox_track, &track);
        track.name = track_at == 0 ? COX_LIT("Selling") : COX_LIT("Leading people");
        track.position = track_at + 1;
        COX_TRY(cox_create_struct(call, &cox_track, &track, &id, reterr));
        for (int64_t i = 0; i < 3; i++) {
            size_t from = track_at == 0 ? 0 : t->seller_count;
            struct cox_rung rung;

            cox_struct_init(&cox_rung, &rung);
            rung.track = id;
            rung.name = cox_text_of(names[track_at][i]);
            rung.position = i + 1;
            COX_TRY(cox_create_struct(call, &cox_rung, &rung, &t->rungs[track_at * 3 + i], reterr));
            for (size_t s = 0; s < (size_t)(4 + 2 * i) && from + s < t->skill_count; s++) {
                COX_TRY(put_expectation(call, t->rungs[track_at * 3 + i], t->skills[from + s],
                    i + (s % 2 == 0 ? 2 : 3) > 5 ? 5 : i + (s % 2 == 0 ? 2 : 3), reterr));
            }
        }
    }
    return COX_OK;
}

static enum cox_rc put_rubric(struct cox_call *call, struct talents *t, struct cox_err *reterr)
{
    static const struct {
        const char *text, *low, *high;
    } lines[LINES] = {
        {"Asks before telling", "Presents from the first minute.", "The customer speaks more."},
        {"Finds out who decides", "Does not ask.", "Knows all of them and the way there."},
        {"Agrees a next step", "Will be in touch.", "Both have a task and a day."},
    };
    struct cox_rubric rubric;

    cox_struct_init(&cox_rubric, &rubric);
    rubric.name = COX_LIT("First call");
    rubric.kind = COX_COACHING_CALL;
    COX_TRY(cox_create_struct(call, &cox_rubric, &rubric, &t->rubric, reterr));
    for (int64_t i = 0; i < LINES; i++) {
        struct cox_rubric_line line;

        cox_struct_init(&cox_rubric_line, &line);
        line.rubric = t->rubric;
        line.text = cox_text_of(lines[i].text);
        line.low = cox_text_of(lines[i].low);
        line.high = cox_text_of(lines[i].high);
        line.position = i + 1;
        line.skill = t->skills[i + 1];
        COX_TRY(cox_create_struct(call, &cox_rubric_line, &line, &t->lines[i], reterr));
    }
    return COX_OK;
}

static enum cox_rc put_positions(struct cox_call *call, struct talents *t, struct cox_err *reterr)
{
    const struct demo_plan *plan = t->writer->plan;

    for (int i = 0; i < plan->scale.teams && i < TEAMS_RATED; i++) {
        struct cox_position position;

        cox_struct_init(&cox_position, &position);
        position.name = cox_text_of(
            cox_arena_format(cox_call_arena(call), "Manager of %s", plan->teams[i].name));
        position.team = plan->teams[i].id;
        position.holder = plan->people[plan->teams[i].manager].id;
        position.rung = t->rungs[4];
        COX_TRY(cox_create_struct(call, &cox_position, &position, &t->positions[i], reterr));
    }
    return COX_OK;
}

static const struct {
    const char *name, *issuer, *help;
    int64_t level, months;
} certificates[CERTIFICATES] = {
    {"Metrology, foundation", "Institute of Measurement", "A day's course and forty questions.", 3,
        24},
    {"Negotiation, part one", "Trade school", "Three days, two of them in front of a camera.", 4,
        36},
    {"Handling of samples", "In-house", "Every year, an hour.", 3, 12},
};

static enum cox_rc put_certificates(struct cox_call *call, struct talents *t,
    struct cox_err *reterr)
{
    for (int i = 0; i < CERTIFICATES; i++) {
        struct cox_certificate certificate;

        cox_struct_init(&cox_certificate, &certificate);
        certificate.name = cox_text_of(certificates[i].name);
        certificate.issuer = cox_text_of(certificates[i].issuer);
        certificate.help = cox_text_of(certificates[i].help);
        certificate.skill = t->skills[i + 1];
        certificate.level = certificates[i].level;
        certificate.months = certificates[i].months;
        COX_TRY(
            cox_create_struct(call, &cox_certificate, &certificate, &t->certificates[i], reterr));
    }
    return COX_OK;
}

static enum cox_rc found(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct talents *t = (struct talents *)ctx;
    size_t count;

    t->skill_count = t->seller_count = 0;
    COX_TRY(cox_skill_seed(call, &count, reterr));
    COX_TRY(cox_each(call, &cox_skill, NULL, note_skill, t, reterr));
    COX_TRY(put_ladder(call, t, reterr));
    COX_TRY(put_rubric(call, t, reterr));
    COX_TRY(put_certificates(call, t, reterr));
    return put_positions(call, t, reterr);
}

/* ---- of people ---- */

static int64_t level_of(const struct demo_person *person, struct cox_random *random, double more)
{
    double level = nearbyint(3 + 2 * person->skill + more + .8 * cox_random_normal(random));

    return level < 1 ? 1 : level > 5 ? 5 : (int64_t)level;
}

static enum cox_rc put_rating(struct cox_call *call, const struct talents *t, int64_t skill,
    int64_t level, int64_t day, const char *evidence, struct cox_err *reterr)
{
    struct cox_skill_rating rating;
    int64_t id;

    cox_struct_init(&cox_skill_rating, &rating);
    rating.person = t->person->id;
    rating.skill = skill;
    rating.level = level;
    rating.evidence = evidence == NULL ? (struct cox_text){0} : cox_text_of(evidence);
    return demo_put(call, &cox_skill_rating, &rating, noon(day), &id, reterr);
}

/* What a rep says of oneself (somewhat kindly), and a plan of some. */
static enum cox_rc write_own(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct talents *t = (struct talents *)ctx;
    int64_t today = t->writer->plan->today, id;
    struct cox_random random = random_of(t, 1, t->person);
    struct cox_plan plan;

    for (size_t s = 0; s < t->seller_count; s++) {
        if (cox_random_chance(&random, .7)) {
            COX_TRY(put_rating(call, t, t->skills[s], level_of(t->person, &random, .4),
                today - cox_random_range(&random, 20, 200), NULL, reterr));
        }
    }
    if (!cox_random_chance(&random, .5)) {
        return COX_OK;
    }
    cox_struct_init(&cox_plan, &plan);
    plan.person = t->person->id;
    plan.manager = t->manager->id;
    plan.goal = COX_LIT("Lead a first call in which the customer does most of the talking");
    plan.from_day = today - 60;
    plan.to_day = today + 60;
    COX_TRY(demo_put(call, &cox_plan, &plan, noon(today - 60), &id, reterr));
    for (int64_t i = 0; i < LINES; i++) {
        static const char *const steps[LINES] = {"Write down five open questions before each call",
            "Listen to two own calls with the manager", "Hold one call without slides"};
        struct cox_plan_step step;
        int64_t step_id;

        cox_struct_init(&cox_plan_step, &step);
        step.plan = id;
        step.text = cox_text_of(steps[i]);
        step.due_day = today - 30 + 30 * i;
        step.is_done = i == 0 || (i == 1 && cox_random_chance(&random, .5));
        step.skill = t->skills[1];
        COX_TRY(demo_put(call, &cox_plan_step, &step, noon(today - 59), &step_id, reterr));
    }
    return COX_OK;
}

static enum cox_rc put_session(struct cox_call *call, const struct talents *t, int64_t day,
    struct cox_random *random, struct cox_err *reterr)
{
    struct cox_coaching_session session;
    int64_t id;

    cox_struct_init(&cox_coaching_session, &session);
    session.coach = t->manager->id;
    session.person = t->person->id;
    session.kind = COX_COACHING_CALL;
    session.day = day;
    session.minutes = 40;
    session.rubric = t->rubric;
    COX_TRY(demo_put(call, &cox_coaching_session, &session, noon(day), &id, reterr));
    for (int i = 0; i < LINES; i++) {
        struct cox_coaching_score score;
        int64_t score_id;

        cox_struct_init(&cox_coaching_score, &score);
        score.session = id;
        score.line = t->lines[i];
        score.score = level_of(t->person, random, 0);
        COX_TRY(demo_put(call, &cox_coaching_score, &score, noon(day), &score_id, reterr));
    }
    return COX_OK;
}

/* As a newcomer or later; so some have ended, and some end soon. */
static enum cox_rc put_passed(struct cox_call *call, const struct talents *t,
    struct cox_random *random, struct cox_err *reterr)
{
    int64_t today = t->writer->plan->today, id;

    for (int i = 0; i < CERTIFICATES; i++) {
        struct cox_passed passed;
        int64_t oldest = certificates[i].months * 31 < 900 ? certificates[i].months * 31 : 900;
        int64_t ago = cox_random_range(random, 30, oldest);

        if (!cox_random_chance(random, .5)) {
            continue;
        }
        cox_struct_init(&cox_passed, &passed);
        passed.person = t->person->id;
        passed.certificate = t->certificates[i];
        passed.earned_day = today - ago;
        COX_TRY(demo_put(call, &cox_passed, &passed, noon(today - ago + 3), &id, reterr));
    }
    return COX_OK;
}

/* What the manager says of a rep: ratings, a rung, two sessions. */
static enum cox_rc write_managed(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const char *const seen[] = {"Seen in two calls this month.",
        "The last three offers went out without a decision maker.",
        "Customers ask for this person by name.", "Better than in spring."};
    struct talents *t = (struct talents *)ctx;
    int64_t today = t->writer->plan->today, id;
    struct cox_random random = random_of(t, 2, t->person);
    struct cox_place place;

    for (size_t s = 0; s < t->seller_count; s++) {
        if (cox_random_chance(&random, .6)) {
            int64_t level = level_of(t->person, &random, 0);

            COX_TRY(put_rating(call, t, t->skills[s], level,
                today - cox_random_range(&random, 10, 300), DEMO_PICK(&random, seen), reterr));
        }
    }
    cox_struct_init(&cox_place, &place);
    place.person = t->person->id;
    place.rung = t->rungs[today - t->person->hire_day > 700 ? 1 : 0];
    place.from_day = t->person->hire_day > today - 700 ? t->person->hire_day : today - 500;
    COX_TRY(demo_put(call, &cox_place, &place, noon(today - 30), &id, reterr));
    COX_TRY(put_passed(call, t, &random, reterr));
    for (int i = 0; i < 2; i++) {
        COX_TRY(put_session(call, t, today - 20 - 45 * i - cox_random_range(&random, 0, 10),
            &random, reterr));
    }
    return COX_OK;
}

/* Does this rep sell in the team today? */
static bool is_in(const struct demo_plan *plan, const struct demo_person *rep, int team)
{
    return rep->seat >= 0 && rep->hire_day < plan->today - 60 &&
           (rep->leave_day == COX_NULL || rep->leave_day > plan->today) &&
           demo_team_on(plan, rep->seat, plan->today) == team;
}

static enum cox_rc write_team(struct talents *t, int team, struct cox_err *reterr)
{
    const struct demo_plan *plan = t->writer->plan;

    t->manager = &plan->people[plan->teams[team].manager];
    for (int i = 0; i < plan->people_count; i++) {
        t->person = &plan->people[i];
        if (is_in(plan, t->person, team)) {
            COX_TRY(demo_write(t->writer, t->person, write_own, t, reterr));
            COX_TRY(demo_write(t->writer, t->manager, write_managed, t, reterr));
        }
    }
    return COX_OK;
}

/* ---- who could follow ---- */

/* As the head of the region: one of the team, and readiness in words. */
static enum cox_rc write_following(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const char *const why[] = {"Leads the project with the largest customer; people come "
                                      "for advice.",
        "Has mentored two newcomers; to be learnt: deciding without all figures.",
        "Wants to, and has run the team for three weeks."};
    struct talents *t = (struct talents *)ctx;
    struct cox_successor one;
    int64_t id;

    cox_struct_init(&cox_successor, &one);
    one.person = t->person->id;
    one.position = t->position;
    one.readiness = t->person->id % 3;
    one.why = cox_text_of(why[t->person->id % 3]);
    return cox_create_struct(call, &cox_successor, &one, &id, reterr);
}

static enum cox_rc write_successors(struct talents *t, int team, struct cox_err *reterr)
{
    const struct demo_plan *plan = t->writer->plan;
    const struct demo_person *head =
        &plan->people[plan->regions[plan->teams[team].region_after].head];
    int count = 0;

    t->position = t->positions[team];
    for (int i = 0; i < plan->people_count && count < 2; i++) {
        t->person = &plan->people[i];
        if (is_in(plan, t->person, team) && t->person->skill > 0) {
            COX_TRY(demo_write(t->writer, head, write_following, t, reterr));
            count++;
        }
    }
    return COX_OK;
}

/* ---- managers, by their own word and that of the head of the region ---- */

static enum cox_rc write_leading(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct talents *t = (struct talents *)ctx;
    int64_t today = t->writer->plan->today;
    struct cox_random random = random_of(t, t->is_own ? 6 : 7, t->person);

    for (size_t s = t->seller_count; s < t->skill_count; s++) {
        if (cox_random_chance(&random, .6)) {
            COX_TRY(
                put_rating(call, t, t->skills[s], level_of(t->person, &random, t->is_own ? .6 : .2),
                    today - cox_random_range(&random, 15, 250), NULL, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc write_manager(struct talents *t, int team, struct cox_err *reterr)
{
    const struct demo_plan *plan = t->writer->plan;

    t->person = &plan->people[plan->teams[team].manager];
    t->is_own = true;
    COX_TRY(demo_write(t->writer, t->person, write_leading, t, reterr));
    t->is_own = false;
    return demo_write(t->writer, &plan->people[plan->regions[plan->teams[team].region_after].head],
        write_leading, t, reterr);
}

/* ---- programmes: two run by the head of the company, one by the manager of the first team ---- */

static enum cox_rc put_programme(struct cox_call *call, struct talents *t, const char *name,
    bool is_peers, struct cox_err *reterr)
{
    struct cox_civil civil = cox_day_civil(t->writer->plan->today);
    struct cox_programme programme;

    cox_struct_init(&cox_programme, &programme);
    programme.name = cox_text_of(name);
    programme.help = is_peers
                         ? COX_LIT("Two sellers of different teams look at one deal of each, "
                                   "every other Thursday.")
                         : COX_LIT("Half a year with somebody who is good at what one wants to "
                                   "learn.");
    programme.kind = is_peers ? COX_PEER_MEETINGS : COX_MENTORING;
    programme.from_day =
        cox_day_add_months(cox_day_ymd(civil.year, civil.month, 1), is_peers ? 1 : -6);
    programme.seed = (int64_t)(t->writer->plan->opt->seed % INT32_MAX);
    programme.wave_months = 2;
    return cox_create_struct(call, &cox_programme, &programme, &t->programme, reterr);
}

static enum cox_rc put_member(struct cox_call *call, const struct talents *t,
    const struct demo_person *person, enum cox_member_side side, struct cox_err *reterr)
{
    struct cox_random random = random_of(t, 3 + (uint64_t)side, person);
    struct cox_member member;
    int64_t id;

    cox_struct_init(&cox_member, &member);
    member.author = t->manager->id;
    member.person = person->id;
    member.programme = t->programme;
    member.side = side;
    member.capacity = side == COX_SIDE_MENTOR ? 2 : 1;
    if (side != COX_SIDE_MENTOR) {
        member.wanted = t->skills[cox_random_range(&random, 0, (int64_t)t->seller_count - 1)];
    }
    if (side != COX_SIDE_MENTEE) {
        member.offered = t->skills[cox_random_range(&random, 0, (int64_t)t->seller_count - 1)];
    }
    return cox_create_struct(call, &cox_member, &member, &id, reterr);
}

/* The first sellers of the company; of mentors, those who sell best. */
static enum cox_rc put_members(struct cox_call *call, const struct talents *t, bool is_peers,
    struct cox_err *reterr)
{
    const struct demo_plan *plan = t->writer->plan;
    int learners = 0, mentors = 0;

    for (int i = 0; i < plan->people_count; i++) {
        const struct demo_person *rep = &plan->people[i];
        bool is_good = rep->skill > .2 && mentors < MEMBERS_MAX / 2 && !is_peers;

        if (rep->seat < 0 || !is_in(plan, rep, demo_team_on(plan, rep->seat, plan->today)) ||
            (!is_good && learners == MEMBERS_MAX)) {
            continue;
        }
        mentors += is_good;
        learners += !is_good;
        COX_TRY(put_member(call, t, rep,
            is_peers  ? COX_SIDE_PEER
            : is_good ? COX_SIDE_MENTOR
                      : COX_SIDE_MENTEE,
            reterr));
    }
    return COX_OK;
}

/* Mentors are drawn; their pairs met every other week since their wave began. Peers are still to be. */
static enum cox_rc write_programmes(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct talents *t = (struct talents *)ctx;
    struct cox_mentor_draw draw;

    COX_TRY(put_programme(call, t, "Thursday pairs", true, reterr));
    COX_TRY(put_members(call, t, true, reterr));
    COX_TRY(put_programme(call, t, "Mentors for sellers", false, reterr));
    COX_TRY(put_members(call, t, false, reterr));
    COX_TRY(cox_mentor_draw(call, t->programme, &draw, reterr));
    return cox_mentor_make_pairs(call, &draw, reterr);
}

static enum cox_rc write_clinic(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct talents *t = (struct talents *)ctx;

    COX_TRY(put_programme(call, t, "Deal clinic in pairs", true, reterr));
    return put_members(call, t, true, reterr);
}

struct meeting {
    struct cox_pair pairs[2 * MEMBERS_MAX];
    size_t count;
};

static enum cox_rc note_pair(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct meeting *m = (struct meeting *)ctx;

    (void)reterr; /* nothing can fail */
    if (m->count < COX_COUNT(m->pairs)) {
        cox_row_unpack(row, &m->pairs[m->count++]);
    }
    return COX_OK;
}

static enum cox_rc write_meetings(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct talents *t = (struct talents *)ctx;
    struct meeting m = {.count = 0};

    COX_TRY(cox_each(call, &cox_pair, NULL, note_pair, &m, reterr));
    for (size_t i = 0; i < m.count; i++) {
        for (int64_t day = m.pairs[i].start_day + (int64_t)i % 14; day < t->writer->plan->today;
             day += 14 + (int64_t)i % 5) {
            struct cox_pair_meeting meeting;
            int64_t id;

            cox_struct_init(&cox_pair_meeting, &meeting);
            meeting.pair = m.pairs[i].head.id;
            meeting.day = day;
            meeting.minutes = 45;
            COX_TRY(cox_create_struct(call, &cox_pair_meeting, &meeting, &id, reterr));
        }
    }
    return COX_OK;
}

enum cox_rc demo_write_talent(struct demo_writer *writer, struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    struct talents t = {.writer = writer};

    COX_TRY(demo_write(writer, NULL, found, &t, reterr));
    for (int i = 0; i < plan->scale.teams && i < TEAMS_RATED; i++) {
        COX_TRY(write_team(&t, i, reterr));
        COX_TRY(write_successors(&t, i, reterr));
        COX_TRY(write_manager(&t, i, reterr));
    }
    t.manager = &plan->people[plan->boss];
    COX_TRY(demo_write(writer, t.manager, write_programmes, &t, reterr));
    COX_TRY(demo_write(writer, t.manager, write_meetings, &t, reterr));
    t.manager = &plan->people[plan->teams[0].manager];
    return demo_write(writer, t.manager, write_clinic, &t, reterr);
}
