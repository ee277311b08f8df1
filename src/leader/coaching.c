/* leader/coaching.c: the tables of what coach and coached share, and their rules. */
#include "leader/coaching.h"

#include "leader/coaching_plan.h"
#include "leader/one_on_one.h"
#include "leader/prep.h"
#include "leader/skill.h"
#include "org/feed.h"
#include "org/people.h"
#include "record/record.h"
#include "sales/opportunity.h"
#include "sales/rule.h"

static const char for_two[] =
    "So that the two people can work on it together; nobody else reads it.";

const struct cox_choice cox_coaching_kinds[] = {
    [COX_COACHING_TALK] = {"talk", "Talk", "general"},
    [COX_COACHING_DEAL] = {"deal", "Deal", "opportunity"},
    [COX_COACHING_CALL] = {"call", "Call", NULL},
    [COX_COACHING_FIELD] = {"field", "In the field", "ride-along"},
    {0},
};

static enum cox_rc check_two(const struct cox_row *after, uint32_t a, uint32_t b, const char *field,
    struct cox_err *reterr)
{
    if (cox_row_int(after, a) == cox_row_int(after, b)) {
        return cox_fail_at(reterr, COX_INVALID, field, 0, "this takes two people");
    }
    return COX_OK;
}

static int64_t day_of(struct cox_call *call, const struct cox_row *after)
{
    return cox_call_day(call, cox_row_at_us(call, after));
}

/* What refers to a record of two people is of the same two. */
static enum cox_rc check_same_two(const struct cox_row *other, uint32_t a, uint32_t b, int64_t one,
    int64_t two, const char *field, struct cox_err *reterr)
{
    int64_t x = cox_row_int(other, a), y = cox_row_int(other, b);

    return (x == one && y == two) || (x == two && y == one)
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, field, 0, "that is of other people");
}

/* ---- cadence ---- */

static const struct cox_field cadence_fields[] = {
    [COX_CADENCE_LEADER] = {"leader", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_cadence, leader),
        .help = "Who leads the talks."},
    [COX_CADENCE_PERSON] = {"person", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_cadence, person),
        .help = "With whom."},
    [COX_CADENCE_EVERY_DAYS] = {"every_days", .type = COX_INT, .min = 1, .max = 366,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_cadence, every_days),
        .help = "A 1:1 every so many days."},
    [COX_CADENCE_FROM_DAY] = {"from_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_cadence, from_day), .help = "Agreed from this day on."},
};
_Static_assert(COX_COUNT(cadence_fields) == COX_CADENCE_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_cadence(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)before; /* judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_CADENCE_FROM_DAY, day_of(call, after));
    return check_two(after, COX_CADENCE_LEADER, COX_CADENCE_PERSON, "person", reterr);
}

const struct cox_entity cox_cadence = {
    .name = "cadence",
    .plural = "cadences",
    .label = "1:1 rhythm",
    .label_plural = "1:1 rhythms",
    .number = 151,
    .fields = cadence_fields,
    .field_count = COX_CADENCE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_cadence),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_CADENCE_EVERY_DAYS,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_CADENCE_LEADER, COX_CADENCE_PERSON},
    .check = check_cadence,
    .keep = {"So that nobody is left without a talk.", COX_BASIS_INTEREST, 0},
    .help = "How often two people have agreed to talk.",
};

/* ---- agenda ---- */

static const struct cox_choice agenda_states[] = {
    [COX_AGENDA_OPEN] = {"open", "Open", NULL},
    [COX_AGENDA_TALKED] = {"talked", "Talked about", "done"},
    [COX_AGENDA_DROPPED] = {"dropped", "Dropped", NULL},
    {0},
};

static const struct cox_field agenda_fields[] = {
    [COX_AGENDA_ITEM_AUTHOR] = {"author", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_agenda_item, author), .help = "Who brings it."},
    [COX_AGENDA_ITEM_OTHER] = {"other", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_agenda_item, other),
        .help = "The other of the two."},
    [COX_AGENDA_ITEM_ONE_ON_ONE] = {"one_on_one", .type = COX_REF, .ref = &cox_one_on_one,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_agenda_item, one_on_one),
        .help = "For which talk; empty: the next one."},
    [COX_AGENDA_ITEM_TEXT] = {"text", .type = COX_TEXT, .max = 2000,
        .flags = COX_REQUIRED | COX_PERSONAL, .at = COX_AT_TEXT(struct cox_agenda_item, text),
        .help = "What to talk about.", .purpose = for_two},
    [COX_AGENDA_ITEM_STATE] = {"state", .type = COX_CHOICE, .choices = agenda_states,
        .at = COX_AT_INT(struct cox_agenda_item, state),
        .help = "What is still open comes up again in the next talk."},
    [COX_AGENDA_ITEM_DAY] = {"day", .type = COX_DATE, .flags = COX_SYSTEM | COX_SORTED,
        .at = COX_AT_INT(struct cox_agenda_item, day), .help = "When it was put there."},
    [COX_AGENDA_ITEM_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 1000000,
        .at = COX_AT_INT(struct cox_agenda_item, position),
        .help = "Order on the agenda; points without one come after, oldest first."},
};
_Static_assert(COX_COUNT(agenda_fields) == COX_AGENDA_ITEM_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_agenda(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_row *talk;
    int64_t id;

    (void)before; /* judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(check_two(after, COX_AGENDA_ITEM_AUTHOR, COX_AGENDA_ITEM_OTHER, "other", reterr));
    cox_fill_int(after, COX_AGENDA_ITEM_STATE, COX_AGENDA_OPEN);
    cox_fill_int(after, COX_AGENDA_ITEM_DAY, day_of(call, after));
    id = cox_row_int(after, COX_AGENDA_ITEM_ONE_ON_ONE);
    if (id == COX_NULL) {
        return COX_OK;
    }
    COX_TRY(cox_get(call, &cox_one_on_one, id, &talk, reterr));
    return check_same_two(talk, COX_ONE_ON_ONE_LEADER, COX_ONE_ON_ONE_PERSON,
        cox_row_int(after, COX_AGENDA_ITEM_AUTHOR), cox_row_int(after, COX_AGENDA_ITEM_OTHER),
        "one_on_one", reterr);
}

const struct cox_entity cox_agenda_item = {
    .name = "agenda_item",
    .plural = "agenda_items",
    .label = "Point for a talk",
    .label_plural = "Points for talks",
    .number = 152,
    .fields = agenda_fields,
    .field_count = COX_AGENDA_ITEM_FIELD_COUNT,
    .struct_size = sizeof(struct cox_agenda_item),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_AGENDA_ITEM_TEXT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_AGENDA_ITEM_AUTHOR, COX_AGENDA_ITEM_OTHER},
    .check = check_agenda,
    .keep = {"So that the two people can prepare, remember and keep their promises.",
        COX_BASIS_INTEREST, 36},
    .help = "What one of the two wants to talk about next time.",
};

/* ---- card ---- */

static const char of_card[] =
    "Written by the person oneself, so that feedback and work fit better.";

static const struct cox_field card_fields[] = {
    [COX_CARD_PERSON] = {"person", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_card, person),
        .help = "Whose card; only this person writes it."},
    [COX_CARD_MANAGER] = {"manager", .type = COX_REF, .ref = &cox_user, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_card, manager),
        .help = "Who may read it; the person chooses, also when the manager changes."},
    [COX_CARD_DRIVES] = {"drives", .label = "What drives me", .type = COX_TEXT, .max = 4000,
        .flags = COX_PERSONAL, .at = COX_AT_TEXT(struct cox_card, drives),
        .help = "What I work for, and what I want to become.", .purpose = of_card},
    [COX_CARD_FEEDBACK] = {"feedback", .label = "How I like feedback", .type = COX_TEXT,
        .max = 4000, .flags = COX_PERSONAL, .at = COX_AT_TEXT(struct cox_card, feedback),
        .help = "At once or later, alone or with others, written or said.", .purpose = of_card},
    [COX_CARD_HELPS] = {"helps", .label = "What helps me", .type = COX_TEXT, .max = 4000,
        .flags = COX_PERSONAL, .at = COX_AT_TEXT(struct cox_card, helps),
        .help = "When I do my best work.", .purpose = of_card},
    [COX_CARD_HINDERS] = {"hinders", .label = "What hinders me", .type = COX_TEXT, .max = 4000,
        .flags = COX_PERSONAL, .at = COX_AT_TEXT(struct cox_card, hinders),
        .help = "What costs me strength.", .purpose = of_card},
};
_Static_assert(COX_COUNT(card_fields) == COX_CARD_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_card(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;

    if (after == NULL) {
        return COX_OK;
    }
    if (before != NULL && actor != 0 && actor != cox_row_int(after, COX_CARD_PERSON)) {
        return cox_fail_at(reterr, COX_DENIED, "person", 0, "a card is written by its person");
    }
    return check_two(after, COX_CARD_PERSON, COX_CARD_MANAGER, "manager", reterr);
}

const struct cox_entity cox_card = {
    .name = "card",
    .plural = "cards",
    .label = "Card",
    .label_plural = "Cards",
    .number = 153,
    .fields = card_fields,
    .field_count = COX_CARD_FIELD_COUNT,
    .struct_size = sizeof(struct cox_card),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_CARD_PERSON,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_CARD_PERSON, COX_CARD_MANAGER},
    .check = check_card,
    .keep = {"So that one is led as one asks to be.", COX_BASIS_CONSENT, 0},
    .help = "What drives me, how I like feedback: written by oneself, read by whom one chooses.",
};

/* ---- session ---- */

static const struct cox_choice session_states[] = {
    [COX_COACHING_PLANNED] = {"planned", "Planned", NULL},
    [COX_COACHING_HELD] = {"held", "Held", "done"},
    [COX_COACHING_MISSED] = {"missed", "Did not take place", "no show"},
    {0},
};

bool cox_coaching_is_held(const struct cox_coaching_session *session)
{
    return session->state == COX_NULL || session->state == COX_COACHING_HELD;
}

static const struct cox_field session_fields[] = {
    [COX_COACHING_SESSION_COACH] = {"coach", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_coaching_session, coach), .help = "Who coaches."},
    [COX_COACHING_SESSION_PERSON] = {"person", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_coaching_session, person), .help = "Who is coached."},
    [COX_COACHING_SESSION_KIND] = {"kind", .type = COX_CHOICE, .choices = cox_coaching_kinds,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_coaching_session, kind),
        .help = "On a deal, a call, in the field, or a talk."},
    [COX_COACHING_SESSION_DAY] = {"day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_coaching_session, day), .help = "The day it was."},
    [COX_COACHING_SESSION_MINUTES] = {"minutes", .type = COX_INT, .min = 1, .max = 1440,
        .at = COX_AT_INT(struct cox_coaching_session, minutes), .help = "How long it took."},
    [COX_COACHING_SESSION_OPPORTUNITY] = {"opportunity", .type = COX_REF, .ref = &cox_opportunity,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_coaching_session, opportunity),
        .help = "The deal it was about."},
    [COX_COACHING_SESSION_RUBRIC] = {"rubric", .type = COX_REF, .ref = &cox_rubric,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_coaching_session, rubric),
        .help = "What was looked at."},
    [COX_COACHING_SESSION_PLAN] = {"plan", .type = COX_REF, .ref = &cox_plan,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_coaching_session, plan),
        .help = "The development plan it is part of."},
    [COX_COACHING_SESSION_SKILL] = {"skill", .type = COX_TEXT, .max = 120, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_coaching_session, skill), .help = "What was practised.",
        .purpose = for_two},
    [COX_COACHING_SESSION_NOTE] = {"note", .type = COX_TEXT, .max = 16000, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_coaching_session, note), .help = "What was seen and said.",
        .purpose = for_two},
    [COX_COACHING_SESSION_AGREED] = {"agreed", .type = COX_TEXT, .max = 4000, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_coaching_session, agreed),
        .help = "What the coached will try next.", .purpose = for_two},
    [COX_COACHING_SESSION_RATING] = {"rating", .type = COX_INT, .min = 1, .max = 5,
        .flags = COX_PERSONAL, .at = COX_AT_INT(struct cox_coaching_session, rating),
        .help = "Did it help? 1 not at all, 5 very much. By the coached alone; the coach sees it.",
        .purpose = "So that the coach learns what helps; never a figure in a review."},
    [COX_COACHING_SESSION_RATED_DAY] = {"rated_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_coaching_session, rated_day), .help = "Set when saved."},
    [COX_COACHING_SESSION_STATE] = {"state", .type = COX_CHOICE, .choices = session_states,
        .at = COX_AT_INT(struct cox_coaching_session, state),
        .help = "Planned when its day is to come, else held; only what was held counts."},
    [COX_COACHING_SESSION_COACHING_PLAN] = {"coaching_plan", .type = COX_REF,
        .ref = &cox_coaching_plan, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_coaching_session, coaching_plan),
        .help = "The series it is part of."},
};
_Static_assert(COX_COUNT(session_fields) == COX_COACHING_SESSION_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_rating(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t was = before == NULL ? COX_NULL : cox_row_int(before, COX_COACHING_SESSION_RATING);
    int64_t actor = cox_call_actor(call)->user_id;

    if (cox_row_int(after, COX_COACHING_SESSION_RATING) == was) {
        return COX_OK;
    }
    if (actor != 0 && actor != cox_row_int(after, COX_COACHING_SESSION_PERSON)) {
        return cox_fail_at(reterr, COX_DENIED, "rating", 0, "the coached say whether it helped");
    }
    cox_row_set(after, COX_COACHING_SESSION_RATED_DAY, cox_int(day_of(call, after)));
    return COX_OK;
}

/* A rating, like a score, is of something that was. */
static enum cox_rc check_held(struct cox_call *call, struct cox_row *after, struct cox_err *reterr)
{
    bool is_to_come = cox_row_int(after, COX_COACHING_SESSION_DAY) > day_of(call, after);
    int64_t state;

    cox_fill_int(after, COX_COACHING_SESSION_STATE,
        is_to_come ? COX_COACHING_PLANNED : COX_COACHING_HELD);
    state = cox_row_int(after, COX_COACHING_SESSION_STATE);
    if (is_to_come && state != COX_COACHING_PLANNED) {
        return cox_fail_at(reterr, COX_INVALID, "state", 0,
            "a session on a day to come has not been");
    }
    if (state != COX_COACHING_HELD && cox_row_int(after, COX_COACHING_SESSION_RATING) != COX_NULL) {
        return cox_fail_at(reterr, COX_INVALID, "rating", 0, "only what was held is rated");
    }
    return COX_OK;
}

static enum cox_rc check_session(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t coach, person, id;
    const struct cox_row *plan;

    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(check_two(after, COX_COACHING_SESSION_COACH, COX_COACHING_SESSION_PERSON, "person",
        reterr));
    cox_fill_int(after, COX_COACHING_SESSION_KIND, COX_COACHING_TALK);
    cox_fill_int(after, COX_COACHING_SESSION_DAY, day_of(call, after));
    COX_TRY(check_held(call, after, reterr));
    COX_TRY(check_rating(call, before, after, reterr));
    coach = cox_row_int(after, COX_COACHING_SESSION_COACH);
    person = cox_row_int(after, COX_COACHING_SESSION_PERSON);
    COX_TRY(cox_coaching_plan_check(call, cox_row_int(after, COX_COACHING_SESSION_COACHING_PLAN),
        coach, person, "coaching_plan", reterr));
    id = cox_row_int(after, COX_COACHING_SESSION_PLAN);
    if (id == COX_NULL) {
        return COX_OK;
    }
    COX_TRY(cox_get(call, &cox_plan, id, &plan, reterr));
    return check_same_two(plan, COX_PLAN_PERSON, COX_PLAN_MANAGER, coach, person, "plan", reterr);
}

const struct cox_entity cox_coaching_session = {
    .name = "coaching_session",
    .plural = "coaching_sessions",
    .label = "Coaching session",
    .label_plural = "Coaching sessions",
    .number = 154,
    .fields = session_fields,
    .field_count = COX_COACHING_SESSION_FIELD_COUNT,
    .struct_size = sizeof(struct cox_coaching_session),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_COACHING_SESSION_DAY,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_COACHING_SESSION_COACH, COX_COACHING_SESSION_PERSON},
    .check = check_session,
    .keep = {"To learn, and to see what coaching changes.", COX_BASIS_INTEREST, 36},
    .help = "Coaching on a deal, a call or in the field. Only the two see it.",
};

/* ---- score ---- */

static const struct cox_field score_fields[] = {
    [COX_COACHING_SCORE_SESSION] = {"session", .type = COX_REF, .ref = &cox_coaching_session,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_coaching_score, session), .help = "In which session."},
    [COX_COACHING_SCORE_LINE] = {"line", .type = COX_REF, .ref = &cox_rubric_line,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_coaching_score, line),
        .help = "What was looked at; a line that was scored is retired, not deleted."},
    [COX_COACHING_SCORE_SCORE] = {"score", .type = COX_INT, .min = 1, .max = 5,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_coaching_score, score),
        .help = "From 1 to 5, as the rubric describes both ends."},
    [COX_COACHING_SCORE_EVIDENCE] = {"evidence", .type = COX_TEXT, .max = 2000,
        .flags = COX_PERSONAL, .at = COX_AT_TEXT(struct cox_coaching_score, evidence),
        .help = "What was seen or heard.", .purpose = for_two},
};
_Static_assert(COX_COUNT(score_fields) == COX_COACHING_SCORE_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_coaching_score = {
    .name = "coaching_score",
    .plural = "coaching_scores",
    .label = "Score",
    .label_plural = "Scores",
    .number = 155,
    .fields = score_fields,
    .field_count = COX_COACHING_SCORE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_coaching_score),
    .reach = COX_REACH_LINE,
    .name_field = COX_COACHING_SCORE_SCORE,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_COACHING_SCORE_SESSION,
    .currency_field = COX_NO_FIELD,
    .keep = {"To learn, and to see what coaching changes.", COX_BASIS_INTEREST, 36},
    .help = "How one line of a rubric went in a session; seen by those who see the session.",
};

/* ---- plan ---- */

static const struct cox_choice plan_states[] = {
    [COX_PLAN_ACTIVE] = {"active", "Active", "open"},
    [COX_PLAN_DONE] = {"done", "Done", NULL},
    [COX_PLAN_DROPPED] = {"dropped", "Dropped", "cancelled"},
    {0},
};

static const struct cox_field plan_fields[] = {
    [COX_PLAN_PERSON] = {"person", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_plan, person),
        .help = "Whose plan; the person makes it."},
    [COX_PLAN_MANAGER] = {"manager", .type = COX_REF, .ref = &cox_user, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_plan, manager),
        .help = "Who helps; both write, the person chooses."},
    [COX_PLAN_GOAL] = {"goal", .type = COX_TEXT, .max = 2000, .flags = COX_REQUIRED | COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_plan, goal), .help = "What one wants to be able to do.",
        .purpose = for_two},
    [COX_PLAN_SKILL] = {"skill", .type = COX_TEXT, .max = 120, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_plan, skill), .help = "The skill in work.",
        .purpose = for_two},
    [COX_PLAN_FROM_DAY] = {"from_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_plan, from_day), .help = "First day."},
    [COX_PLAN_TO_DAY] = {"to_day", .type = COX_DATE, .at = COX_AT_INT(struct cox_plan, to_day),
        .help = "First day after."},
    [COX_PLAN_STATE] = {"state", .type = COX_CHOICE, .choices = plan_states,
        .at = COX_AT_INT(struct cox_plan, state), .help = "Active, done or dropped."},
};
_Static_assert(COX_COUNT(plan_fields) == COX_PLAN_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_plan(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)before; /* judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_PLAN_STATE, COX_PLAN_ACTIVE);
    cox_fill_int(after, COX_PLAN_FROM_DAY, day_of(call, after));
    COX_TRY(check_two(after, COX_PLAN_PERSON, COX_PLAN_MANAGER, "manager", reterr));
    return cox_days_check(cox_row_int(after, COX_PLAN_FROM_DAY),
        cox_row_int(after, COX_PLAN_TO_DAY), reterr);
}

const struct cox_entity cox_plan = {
    .name = "development_plan",
    .plural = "development_plans",
    .label = "Development plan",
    .label_plural = "Development plans",
    .number = 156,
    .fields = plan_fields,
    .field_count = COX_PLAN_FIELD_COUNT,
    .struct_size = sizeof(struct cox_plan),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_PLAN_GOAL,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_PLAN_PERSON, COX_PLAN_MANAGER},
    .check = check_plan,
    .keep = {"To grow as the person and a helper have agreed.", COX_BASIS_INTEREST, 36},
    .help = "What somebody wants to be able to do, and the way there. Two people see it.",
};

static const struct cox_field step_fields[] = {
    [COX_PLAN_STEP_PLAN] = {"plan", .type = COX_REF, .ref = &cox_plan, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_plan_step, plan),
        .help = "Of which plan."},
    [COX_PLAN_STEP_TEXT] = {"text", .type = COX_TEXT, .max = 2000,
        .flags = COX_REQUIRED | COX_PERSONAL, .at = COX_AT_TEXT(struct cox_plan_step, text),
        .help = "What to do.", .purpose = for_two},
    [COX_PLAN_STEP_DUE_DAY] = {"due_day", .type = COX_DATE, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_plan_step, due_day), .help = "By when."},
    [COX_PLAN_STEP_IS_DONE] = {"is_done", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_plan_step, is_done), .help = "Done?"},
    [COX_PLAN_STEP_EVIDENCE] = {"evidence", .type = COX_TEXT, .max = 2000, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_plan_step, evidence), .help = "By what one sees it.",
        .purpose = for_two},
    [COX_PLAN_STEP_SKILL] = {"skill", .type = COX_REF, .ref = &cox_skill, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_plan_step, skill), .help = "The skill it is a step towards."},
};
_Static_assert(COX_COUNT(step_fields) == COX_PLAN_STEP_FIELD_COUNT, "one row for each field id");

const struct cox_entity cox_plan_step = {
    .name = "plan_step",
    .plural = "plan_steps",
    .label = "Step of a plan",
    .label_plural = "Steps of plans",
    .number = 157,
    .fields = step_fields,
    .field_count = COX_PLAN_STEP_FIELD_COUNT,
    .struct_size = sizeof(struct cox_plan_step),
    .reach = COX_REACH_LINE,
    .name_field = COX_PLAN_STEP_TEXT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_PLAN_STEP_PLAN,
    .currency_field = COX_NO_FIELD,
    .keep = {"To grow as the person and a helper have agreed.", COX_BASIS_INTEREST, 36},
    .help = "One step of a development plan; seen by those who see the plan.",
};

static const struct cox_entity *const entities[] = {
    &cox_cadence,
    &cox_agenda_item,
    &cox_card,
    &cox_coaching_session,
    &cox_coaching_score,
    &cox_plan,
    &cox_plan_step,
    &cox_rubric,
    &cox_rubric_line,
    &cox_coaching_question,
    &cox_talk_template,
    &cox_coaching_plan,
    NULL,
};

static const struct cox_dated dated[] = {
    {&cox_coaching_session, "Coaching", COX_COACHING_SESSION_DAY, COX_NO_FIELD,
        COX_COACHING_SESSION_MINUTES, COX_COACHING_SESSION_STATE, 1u << COX_COACHING_MISSED},
    {0},
};

const struct cox_feature cox_feature_coaching = {
    .name = "coaching",
    .help = "Rhythm of 1:1s, points for talks, cards, coaching with rubrics, development plans.",
    .entities = entities,
    .routes = cox_routes_prep,
    .dated = dated,
};
