/*
 * demo/coaching.c: what leaders and those they coach share beside the 1:1s: the rhythm agreed, sessions with
 * rubrics and scores, cards, development plans, points for the next talk. Mostly the weaker are coached, as they
 * are everywhere: the ledger has something to correct. Where the coach is good, the coached make more first
 * calls than they did, and nothing else changes: the ledger has something to find, and something not.
 */
#include "leader/coaching.h"

#include "demo/write.h"
#include "leader/coaching_plan.h"
#include "leader/one_on_one.h"
#include "sales/activity.h"

enum { LINES = 4, RUBRICS = 2, SESSION_DAYS = 24, SESSIONS_MAX = 40 };

struct pair {
    struct demo_writer *writer;
    const struct demo_person *leader, *person;
    int64_t rubrics[RUBRICS], lines[RUBRICS][LINES];
    struct cox_random random; /* of the pair */
    int64_t first_day;        /* they have worked together for some weeks */
    bool is_coached;
    double helps; /* how good a coach the leader is: the mean of the ratings, 3 to 5 */
    int64_t plan;
    int64_t series, series_day; /* the coaching plan, and from when on sessions are of it */
    struct cox_coaching_session sessions[SESSIONS_MAX];
    int64_t session_ids[SESSIONS_MAX];
    size_t session_count;
    int64_t call_count;
};

static int64_t evening(int64_t day)
{
    return day * COX_DAY_US + INT64_C(16) * 3600 * COX_SECOND_US;
}

/* ---- rubrics of the company ---- */

static const struct {
    const char *name, *help;
    enum cox_coaching_kind kind;
    int64_t also;
    const char *lines[LINES][4]; /* what, a one, a three, a five */
} rubrics[RUBRICS] = {
    {"First conversation", "For a call or visit at which one listens in.", COX_COACHING_CALL,
        COX_COACHING_FIELD,
        {{"Asks before showing", "Slides from the first minute", "Two questions, then the slides",
             "Ten minutes of questions first"},
            {"Finds what it costs to do nothing", "Not spoken of", "Spoken of, without a figure",
                "In the customer's own figures"},
            {"Hears who else decides", "One name", "Names, not what they want",
                "Every name, and what each wants"},
            {"Agrees on a next step", "\"I will send something\"", "A week, not a day",
                "A day, a place, who comes"}}},
    {"Deal review", "For a deal beyond the first meeting.", COX_COACHING_DEAL, COX_NULL,
        {{"Knows the customer's problem", "Ours, in our words", "Theirs, in ours",
             "Theirs, in theirs, in money"},
            {"Has somebody inside", "Nobody", "Somebody friendly",
                "Somebody who spoke for us unasked"},
            {"Dates are the customer's", "Ours", "Theirs, by word of mouth",
                "Written down by them"},
            {"Knows what can stop it", "Nothing can", "One thing, without a plan",
                "Three things, each with a plan"}}},
};

/* ---- a way to talk of the company's own ---- */

static enum cox_rc put_template(struct cox_call *call, int64_t at_us, struct cox_err *reterr)
{
    static const char *const questions[][2] = {
        {"Arrive", "What went well since we last spoke, and what did you do for it?"},
        {"Arrive", "What has cost you most strength?"},
        {"Deals", "Which deal would you bet your own money on, and which not?"},
        {"Grow", "What did you try that you had not tried before?"},
        {"Close", "What do you take along, and what do I?"},
    };
    struct cox_talk_template way;
    int64_t id, question_id;

    cox_struct_init(&cox_talk_template, &way);
    way.name = COX_LIT("Our half hour");
    way.help = COX_LIT("For the usual 1:1; each part about seven minutes.");
    way.kind = COX_COACHING_TALK;
    way.position = 1;
    COX_TRY(demo_put(call, &cox_talk_template, &way, at_us, &id, reterr));
    for (size_t i = 0; i < COX_COUNT(questions); i++) {
        struct cox_coaching_question question;

        cox_struct_init(&cox_coaching_question, &question);
        question.step = cox_text_of(questions[i][0]);
        question.text = cox_text_of(questions[i][1]);
        question.kind = COX_COACHING_TALK;
        question.template_id = id;
        question.position = (int64_t)i + 1;
        COX_TRY(demo_put(call, &cox_coaching_question, &question, at_us, &question_id, reterr));
    }
    return COX_OK;
}

static enum cox_rc put_rubrics(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct pair *pair = (struct pair *)ctx;
    int64_t at_us = evening(pair->writer->plan->start_day);

    COX_TRY(put_template(call, at_us, reterr));
    for (int r = 0; r < RUBRICS; r++) {
        struct cox_rubric rubric;

        cox_struct_init(&cox_rubric, &rubric);
        rubric.name = cox_text_of(rubrics[r].name);
        rubric.kind = (int64_t)rubrics[r].kind;
        rubric.help = cox_text_of(rubrics[r].help);
        rubric.also = rubrics[r].also;
        rubric.position = r + 1;
        COX_TRY(demo_put(call, &cox_rubric, &rubric, at_us, &pair->rubrics[r], reterr));
        for (int i = 0; i < LINES; i++) {
            struct cox_rubric_line line;

            cox_struct_init(&cox_rubric_line, &line);
            line.rubric = pair->rubrics[r];
            line.text = cox_text_of(rubrics[r].lines[i][0]);
            line.low = cox_text_of(rubrics[r].lines[i][1]);
            line.middle = cox_text_of(rubrics[r].lines[i][2]);
            line.high = cox_text_of(rubrics[r].lines[i][3]);
            line.position = i + 1;
            COX_TRY(demo_put(call, &cox_rubric_line, &line, at_us, &pair->lines[r][i], reterr));
        }
    }
    return COX_OK;
}

/* ---- sessions ---- */

static const char *const seen[] = {
    "Listened well in the first half; then we talked about ourselves.",
    "Asked for the budget and got an answer. New.",
    "Knew the names, but not what each of them wants.",
    "The offer went out before the second meeting.",
    "Held the price, and said why.",
};

static const char *const agreed[] = {
    "Ask two questions more before the first slide",
    "Write down after each call who else decides",
    "No offer without a date from the customer",
    "Call the one who said no last time",
};

static const char *const skills[] = {"Discovery", "Qualification", "Price talks", "Closing plan"};

static enum cox_rc put_scores(struct cox_call *call, const struct pair *pair, int64_t session,
    int rubric, int64_t at_us, int level, struct cox_random *random, struct cox_err *reterr)
{
    for (int i = 0; i < LINES; i++) {
        int64_t score = level + cox_random_range(random, -1, 1), id;
        struct cox_coaching_score row;

        cox_struct_init(&cox_coaching_score, &row);
        row.session = session;
        row.line = pair->lines[rubric][i];
        row.score = score < 1 ? 1 : score > 5 ? 5 : score;
        COX_TRY(demo_put(call, &cox_coaching_score, &row, at_us, &id, reterr));
    }
    return COX_OK;
}

static enum cox_coaching_kind kind_of(struct cox_random *random)
{
    static const double weights[COX_COACHING_KIND_COUNT] = {
        [COX_COACHING_TALK] = 0.2,
        [COX_COACHING_DEAL] = 0.4,
        [COX_COACHING_CALL] = 0.25,
        [COX_COACHING_FIELD] = 0.15,
    };

    return (enum cox_coaching_kind)cox_random_pick(random, weights, COX_COACHING_KIND_COUNT);
}

static enum cox_rc put_session(struct cox_call *call, struct pair *pair, int64_t day,
    struct cox_err *reterr)
{
    struct cox_random *random = &pair->random;
    enum cox_coaching_kind kind = kind_of(random);
    int rubric = kind == COX_COACHING_DEAL ? 1 : 0, number = (int)pair->session_count;
    struct cox_coaching_session *session = &pair->sessions[pair->session_count];
    int64_t *id = &pair->session_ids[pair->session_count++];

    cox_struct_init(&cox_coaching_session, session);
    session->coach = pair->leader->id;
    session->person = pair->person->id;
    session->kind = (int64_t)kind;
    session->day = day;
    session->minutes = 15 * cox_random_range(random, 1, 4);
    session->rubric = kind == COX_COACHING_TALK ? COX_NULL : pair->rubrics[rubric];
    session->plan = pair->plan;
    session->coaching_plan = day >= pair->series_day ? pair->series : COX_NULL;
    session->skill = cox_text_of(DEMO_PICK(random, skills));
    session->note = cox_text_of(DEMO_PICK(random, seen));
    session->agreed = cox_text_of(DEMO_PICK(random, agreed));
    COX_TRY(demo_put(call, &cox_coaching_session, session, evening(day), id, reterr));
    return kind == COX_COACHING_TALK ? COX_OK
                                     : put_scores(call, pair, *id, rubric, evening(day),
                                           number > 5 ? 4 : 2 + number / 3, random, reterr);
}

/* ---- card, plan, points ---- */

static const char *const drives[] = {
    "Solving something with the customer that nobody had tried.",
    "Being the one they call. And one day a team of my own.",
    "Winning against better known names.",
};

static const char *const feedback[] = {
    "At once and plainly, but not in front of customers.",
    "In writing first, then we talk. I need a night.",
    "With an example. Praise may be public.",
};

static const char *const helps[] = {
    "A morning a week without meetings.",
    "Knowing why, not only how much.",
};

static enum cox_rc put_card(struct cox_call *call, const struct pair *pair, int64_t day,
    struct cox_random *random, struct cox_err *reterr)
{
    struct cox_card card;
    int64_t id;

    cox_struct_init(&cox_card, &card);
    card.person = pair->person->id;
    card.manager = pair->leader->id;
    card.drives = cox_text_of(DEMO_PICK(random, drives));
    card.feedback = cox_text_of(DEMO_PICK(random, feedback));
    card.helps = cox_text_of(DEMO_PICK(random, helps));
    return demo_put(call, &cox_card, &card, evening(day), &id, reterr);
}

static enum cox_rc put_plan(struct cox_call *call, const struct pair *pair, int64_t from_day,
    struct cox_random *random, int64_t *ret_plan, struct cox_err *reterr)
{
    static const char *const steps[] = {
        "Listen in on two calls of a colleague",
        "Lead three first conversations with the sheet of questions",
        "Tell the team what changed",
    };
    static const char *const goals[] = {
        "Lead a first conversation in which the customer talks most",
        "Sell to a group that decides together",
        "Say a price and wait",
    };
    int64_t today = pair->writer->plan->today;
    struct cox_plan plan;

    cox_struct_init(&cox_plan, &plan);
    plan.person = pair->person->id;
    plan.manager = pair->leader->id;
    plan.goal = cox_text_of(DEMO_PICK(random, goals));
    plan.skill = cox_text_of(DEMO_PICK(random, skills));
    plan.from_day = from_day;
    plan.to_day = today + 60;
    plan.state = COX_PLAN_ACTIVE;
    COX_TRY(demo_put(call, &cox_plan, &plan, evening(from_day), ret_plan, reterr));
    for (size_t i = 0; i < COX_COUNT(steps); i++) {
        struct cox_plan_step step;
        int64_t id;

        cox_struct_init(&cox_plan_step, &step);
        step.plan = *ret_plan;
        step.text = cox_text_of(steps[i]);
        step.due_day = today - 20 + 25 * (int64_t)i;
        step.is_done = i == 0;
        step.evidence = i == 0 ? COX_LIT("Notes of both calls") : (struct cox_text){0};
        COX_TRY(demo_put(call, &cox_plan_step, &step, evening(from_day), &id, reterr));
    }
    return COX_OK;
}

static const char *const points[] = {
    "The two deals that moved to next quarter",
    "Who covers for me in January",
    "Practise the price talk once",
    "What I heard from the lost one",
    "A word about the new territory",
};

static enum cox_rc put_point(struct cox_call *call, const struct pair *pair, bool is_leaders,
    struct cox_random *random, struct cox_err *reterr)
{
    int64_t day = pair->writer->plan->today - cox_random_range(random, 2, 9), id;
    struct cox_agenda_item item;

    cox_struct_init(&cox_agenda_item, &item);
    item.author = is_leaders ? pair->leader->id : pair->person->id;
    item.other = is_leaders ? pair->person->id : pair->leader->id;
    item.text = cox_text_of(DEMO_PICK(random, points));
    item.state = COX_AGENDA_OPEN;
    return demo_put(call, &cox_agenda_item, &item, evening(day), &id, reterr);
}

static enum cox_rc put_cadence(struct cox_call *call, const struct pair *pair, int64_t day,
    struct cox_err *reterr)
{
    struct cox_cadence cadence;
    int64_t id;

    cox_struct_init(&cox_cadence, &cadence);
    cadence.leader = pair->leader->id;
    cadence.person = pair->person->id;
    cadence.every_days = pair->leader->cadence;
    cadence.from_day = day;
    return demo_put(call, &cox_cadence, &cadence, evening(day), &id, reterr);
}

/* ---- a series: sessions of the last months, a 1:1 about them, one on a deal planned ---- */

enum { SERIES_DAYS = 150 };

static enum cox_rc put_series(struct cox_call *call, struct pair *pair, struct cox_err *reterr)
{
    static const char *const goals[] = {
        "The customer talks most of the first conversation",
        "No offer without a date that is the customer's",
        "Knows in each deal who can stop it",
    };
    int64_t today = pair->writer->plan->today, id;
    struct cox_random random = cox_random_part(pair->writer->plan->opt->seed,
        (UINT64_C(11) << 40) + ((uint64_t)pair->leader->id << 20) + (uint64_t)pair->person->id);
    struct cox_coaching_plan plan;
    struct cox_one_on_one talk;
    struct cox_coaching_session next;

    pair->series_day =
        pair->first_day > today - SERIES_DAYS ? pair->first_day : today - SERIES_DAYS;
    cox_struct_init(&cox_coaching_plan, &plan);
    plan.author = plan.coach = pair->leader->id;
    plan.other = pair->person->id;
    plan.goal = cox_text_of(DEMO_PICK(&random, goals));
    plan.skill = cox_text_of(DEMO_PICK(&random, skills));
    plan.from_day = pair->series_day;
    plan.to_day = today + 45;
    plan.state = COX_PLAN_ACTIVE;
    COX_TRY(
        demo_put(call, &cox_coaching_plan, &plan, evening(plan.from_day), &pair->series, reterr));
    cox_struct_init(&cox_one_on_one, &talk);
    talk.leader = pair->leader->id;
    talk.person = pair->person->id;
    talk.day = today - 45;
    talk.state = COX_ONE_ON_ONE_HELD;
    talk.shared_note =
        COX_LIT("Looked at the scores so far: the questions come, the figures not yet.");
    talk.coaching_plan = pair->series;
    if (talk.day > pair->series_day) {
        COX_TRY(demo_put(call, &cox_one_on_one, &talk, evening(talk.day), &id, reterr));
    }
    cox_struct_init(&cox_coaching_session, &next);
    next.coach = pair->leader->id;
    next.person = pair->person->id;
    next.kind = COX_COACHING_CALL;
    next.state = COX_COACHING_PLANNED;
    next.day = today + cox_random_range(&random, 3, 12);
    next.coaching_plan = pair->series;
    return demo_put(call, &cox_coaching_session, &next, evening(today - 2), &id, reterr);
}

/* ---- all of a pair: each of the two writes what is theirs ---- */

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static enum cox_rc put_persons(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct pair *pair = (struct pair *)ctx;
    struct cox_random *random = &pair->random;

    if (cox_random_chance(random, 0.8)) {
        COX_TRY(put_card(call, pair, pair->first_day, random, reterr));
    }
    if (cox_random_chance(random, 0.5)) {
        COX_TRY(put_point(call, pair, false, random, reterr));
    }
    return pair->is_coached ? put_plan(call, pair, pair->first_day, random, &pair->plan, reterr)
                            : COX_OK;
}

static enum cox_rc put_leaders(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct pair *pair = (struct pair *)ctx;
    struct cox_random *random = &pair->random;
    int64_t day = pair->first_day;

    if (cox_random_chance(random, 0.75)) {
        COX_TRY(put_cadence(call, pair, day, reterr));
    }
    if (cox_random_chance(random, 0.7)) {
        COX_TRY(put_point(call, pair, true, random, reterr));
    }
    if (pair->is_coached) {
        COX_TRY(put_series(call, pair, reterr));
    }
    while (pair->is_coached && day < pair->writer->plan->today - 1 &&
           pair->session_count < SESSIONS_MAX) {
        COX_TRY(put_session(call, pair, day, reterr));
        day += SESSION_DAYS + cox_random_range(random, -8, 8);
    }
    return COX_OK;
}

static int64_t rating_of(struct pair *pair)
{
    double one = pair->helps + 0.6 * cox_random_normal(&pair->random);

    return one < 1.5 ? 1 : one > 4.5 ? 5 : (int64_t)(one + 0.5);
}

/* Most sessions are rated, some days later and by the coached. */
static enum cox_rc put_ratings(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct pair *pair = (struct pair *)ctx;

    for (size_t i = 0; i < pair->session_count; i++) {
        struct cox_coaching_session versions[2] = {pair->sessions[i], pair->sessions[i]};
        int64_t at_us[2] = {evening(versions[0].day), evening(versions[0].day + 2)};

        if (at_us[1] >= pair->writer->plan->today * COX_DAY_US ||
            !cox_random_chance(&pair->random, 0.7)) {
            continue;
        }
        versions[1].rating = rating_of(pair);
        COX_TRY(demo_put_more(call, &cox_coaching_session, pair->session_ids[i], versions, at_us, 2,
            reterr));
    }
    return COX_OK;
}

/* ---- what it changes: a first call or two each working day, where the coach is good ---- */

static enum cox_rc put_call(struct cox_call *call, struct pair *pair, int64_t day,
    struct cox_err *reterr)
{
    static const char *const subjects[] = {"First call", "Called back a cold one",
        "Asked for five minutes"};
    const struct demo_scale *scale = &pair->writer->plan->scale;
    int64_t each = scale->accounts / scale->seats, id;
    struct cox_activity activity;

    cox_struct_init(&cox_activity, &activity);
    activity.kind = COX_ACTIVITY_CALL;
    activity.subject = cox_text_of(DEMO_PICK(&pair->random, subjects));
    activity.owner = pair->person->id;
    activity.start_us = demo_instant(&pair->random, day);
    activity.is_done = 1;
    activity.account =
        pair->writer
            ->accounts[pair->person->seat +
                       scale->seats * (int64_t)cox_random_below(&pair->random, (uint64_t)each)]
            .id;
    pair->call_count++;
    return demo_put(call, &cox_activity, &activity, activity.start_us, &id, reterr);
}

static enum cox_rc put_calls(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct pair *pair = (struct pair *)ctx;
    int64_t day = pair->first_day;

    pair->call_count = 0; /* a commit may be tried again */
    for (; day < pair->writer->plan->today - 3; day++) {
        for (int i = 0; i < 2 && cox_day_weekday(day) <= 5; i++) {
            if (cox_random_chance(&pair->random, 0.7)) {
                COX_TRY(put_call(call, pair, day, reterr));
            }
        }
    }
    return COX_OK;
}

/* ---- who is coached ---- */

static bool is_settled(const struct demo_plan *plan, const struct demo_person *person)
{
    return person->hire_day < plan->today - 600;
}

/*
 * Of those of a team who have been there for long, the weaker half, and of the guide's all but the best: with a handful
 * a ledger has nothing to say. Of the others some.
 */
static bool is_weak(const struct demo_plan *plan, int team, const struct demo_person *person,
    struct cox_random *random)
{
    bool is_guides = &plan->people[plan->teams[team].manager] == demo_guide(plan);
    int weaker = 0, count = 0;

    if (!is_settled(plan, person)) {
        return cox_random_chance(random, 0.25);
    }
    for (int seat = 0; seat < plan->scale.seats; seat++) {
        const struct demo_person *other = demo_seat_on(plan, seat, plan->today);

        if (other->seat == seat && demo_team_on(plan, seat, plan->today) == team &&
            is_settled(plan, other)) {
            weaker += other->skill < person->skill;
            count++;
        }
    }
    return is_guides ? weaker + 1 < count : 2 * weaker < count;
}

/* team: of a rep; below 0: the person leads one. */
static enum cox_rc write_pair(struct pair *pair, const struct demo_person *leader,
    const struct demo_person *person, int team, struct cox_err *reterr)
{
    const struct demo_plan *plan = pair->writer->plan;
    struct cox_random of_leader =
        cox_random_part(plan->opt->seed, (UINT64_C(10) << 40) + (uint64_t)leader->id);

    pair->leader = leader;
    pair->person = person;
    pair->random = cox_random_part(plan->opt->seed,
        (UINT64_C(9) << 40) + ((uint64_t)leader->id << 20) + (uint64_t)person->id);
    /* Whoever is shown around has something to see. */
    pair->helps = leader == demo_guide(plan) ? 4.4 : 3 + 2 * cox_random_unit(&of_leader);
    pair->is_coached = team < 0 ? cox_random_chance(&pair->random, 0.7)
                                : is_weak(plan, team, person, &pair->random);
    pair->first_day = later(later(plan->reorg_day, person->hire_day) + 20, plan->today - 400) +
                      cox_random_range(&pair->random, 10, 60);
    pair->plan = pair->series = COX_NULL;
    pair->series_day = COX_FOREVER;
    pair->session_count = 0;
    if (pair->first_day > plan->today - 10) {
        return COX_OK; /* too new for anything but talks */
    }
    COX_TRY(demo_write(pair->writer, person, put_persons, pair, reterr));
    COX_TRY(demo_write(pair->writer, leader, put_leaders, pair, reterr));
    if (pair->is_coached && team >= 0 && pair->helps > 4.3) {
        COX_TRY(demo_write(pair->writer, NULL, put_calls, pair, reterr));
        pair->writer->report->activities += pair->call_count;
    }
    return demo_write(pair->writer, person, put_ratings, pair, reterr);
}

enum cox_rc demo_write_coaching(struct demo_writer *writer, struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    struct pair pair = {.writer = writer};

    COX_TRY(demo_write(writer, NULL, put_rubrics, &pair, reterr));
    for (int seat = 0; seat < plan->scale.seats; seat++) {
        const struct demo_person *rep = demo_seat_on(plan, seat, plan->today);
        int team = demo_team_on(plan, seat, plan->today);
        const struct demo_person *leader = &plan->people[plan->teams[team].manager];

        if (rep->seat == seat && leader->is_leader) {
            COX_TRY(write_pair(&pair, leader, rep, team, reterr));
        }
    }
    for (int i = 0; i < plan->scale.teams; i++) {
        COX_TRY(write_pair(&pair, &plan->people[plan->regions[plan->teams[i].region_after].head],
            &plan->people[plan->teams[i].manager], -1, reterr));
    }
    return COX_OK;
}
