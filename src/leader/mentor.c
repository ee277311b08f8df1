/* leader/mentor.c: the tables of mentoring and peer meetings, and their rules. */
#include "leader/mentor.h"

#include "base/random.h"
#include "leader/skill.h"
#include "leader/talent.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/rule.h"

static const char for_pairs[] = "So that pairs can be found; nobody else reads it.";

/* ---- programme ---- */

static const struct cox_choice kinds[] = {
    [COX_MENTORING] = {"mentoring", "Mentoring", NULL},
    [COX_PEER_MEETINGS] = {"peers", "Peer meetings", NULL},
    {0},
};

static const struct cox_choice states[] = {
    [COX_PROGRAMME_OPEN] = {"open", "Open for joining", NULL},
    [COX_PROGRAMME_DRAWN] = {"drawn", "Pairs drawn", NULL},
    [COX_PROGRAMME_ENDED] = {"ended", "Ended", NULL},
    {0},
};

static const struct cox_field programme_fields[] = {
    [COX_PROGRAMME_NAME] = {"name", .type = COX_TEXT, .max = 120,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_programme, name),
        .help = "What it is called."},
    [COX_PROGRAMME_KIND] = {"kind", .type = COX_CHOICE, .choices = kinds,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_programme, kind),
        .help = "Mentors and those who learn from them, or pairs of equals."},
    [COX_PROGRAMME_ORGANISER] = {"organiser", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_REFUSE, .flags = COX_SYSTEM | COX_FIXED,
        .at = COX_AT_INT(struct cox_programme, organiser),
        .help = "Who runs it and draws the pairs; does not take part. Set when saved."},
    [COX_PROGRAMME_HELP] = {"help", .type = COX_TEXT, .max = 4000,
        .at = COX_AT_TEXT(struct cox_programme, help), .help = "What it is for."},
    [COX_PROGRAMME_FROM_DAY] = {"from_day", .type = COX_DATE, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_programme, from_day),
        .help = "The first wave of pairs begins; a first of a month tells most."},
    [COX_PROGRAMME_STATE] = {"state", .type = COX_CHOICE, .choices = states,
        .flags = COX_SYSTEM | COX_SORTED, .at = COX_AT_INT(struct cox_programme, state),
        .help = "Open until the pairs are drawn."},
    [COX_PROGRAMME_OTHER_TEAM] = {"other_team", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_programme, other_team),
        .help = "The two of a pair are of different teams; yes without it."},
    [COX_PROGRAMME_OTHER_LINE] = {"other_line", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_programme, other_line),
        .help = "Neither leads the other, through however many; yes without it."},
    [COX_PROGRAMME_SLACK_PCT] = {"slack_pct", .label = "Left to chance, %", .type = COX_INT,
        .min = 0, .max = 20, .at = COX_AT_INT(struct cox_programme, slack_pct),
        .help = "How much of the best score the draw may cost; 2 without it."},
    [COX_PROGRAMME_WAVE_COUNT] = {"wave_count", .label = "Waves", .type = COX_INT, .min = 1,
        .max = 6, .at = COX_AT_INT(struct cox_programme, wave_count),
        .help = "Pairs begin in so many waves, by lot; 3 without it. With one, nothing can be "
                "learnt from who began when."},
    [COX_PROGRAMME_WAVE_MONTHS] = {"wave_months", .label = "Months between waves", .type = COX_INT,
        .min = 1, .max = 6, .at = COX_AT_INT(struct cox_programme, wave_months),
        .help = "From one wave to the next; 2 without it."},
    [COX_PROGRAMME_SEED] = {"seed", .type = COX_INT, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_programme, seed),
        .help = "Of the lot, from the first day on: the same people give the same pairs."},
    [COX_PROGRAMME_DRAWN_DAY] = {"drawn_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_programme, drawn_day), .help = "When the pairs were drawn."},
    [COX_PROGRAMME_PAIR_COUNT] = {"pair_count", .type = COX_INT, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_programme, pair_count), .help = "How many pairs there are."},
    [COX_PROGRAMME_SCORE] = {"score", .type = COX_INT, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_programme, score), .help = "Of the pairs drawn."},
    [COX_PROGRAMME_BEST_SCORE] = {"best_score", .type = COX_INT, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_programme, best_score), .help = "Of the best pairs there are."},
    [COX_PROGRAMME_BOUND] = {"bound", .type = COX_INT, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_programme, bound),
        .help = "No pairs score more: equal to the best score, that one is proved."},
};
_Static_assert(COX_COUNT(programme_fields) == COX_PROGRAMME_FIELD_COUNT,
    "one row for each field id");

/* Nobody chooses it: of the instant at which the programme is made; 31 bits, which every reader of JSON keeps. */
static int64_t seed_of(int64_t at_us, int64_t organiser)
{
    struct cox_random random = cox_random_part((uint64_t)at_us, (uint64_t)organiser);

    return (int64_t)cox_random_below(&random, INT32_MAX);
}

static enum cox_rc check_programme(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;

    if (before != NULL && actor != 0 && actor != cox_row_int(before, COX_PROGRAMME_ORGANISER)) {
        return cox_fail(reterr, COX_DENIED, "only who runs a programme changes it");
    }
    if (after == NULL) {
        return COX_OK;
    }
    if (before == NULL) {
        if (actor == 0) {
            return cox_fail(reterr, COX_DENIED, "a programme is run by somebody");
        }
        cox_row_set(after, COX_PROGRAMME_ORGANISER, cox_int(actor));
        cox_fill_int(after, COX_PROGRAMME_STATE, COX_PROGRAMME_OPEN);
        cox_fill_int(after, COX_PROGRAMME_SEED, seed_of(cox_row_at_us(call, after), actor));
    }
    cox_fill_int(after, COX_PROGRAMME_OTHER_TEAM, 1);
    cox_fill_int(after, COX_PROGRAMME_OTHER_LINE, 1);
    cox_fill_int(after, COX_PROGRAMME_SLACK_PCT, 2);
    cox_fill_int(after, COX_PROGRAMME_WAVE_COUNT, 3);
    cox_fill_int(after, COX_PROGRAMME_WAVE_MONTHS, 2);
    cox_fill_int(after, COX_PROGRAMME_FROM_DAY, cox_call_day(call, cox_row_at_us(call, after)));
    return COX_OK;
}

static const struct cox_grant programme_grants[] = {
    {COX_TALENT_ANYBODY, .read = COX_ALL},
    {COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

const struct cox_entity cox_programme = {
    .name = "mentor_programme",
    .plural = "mentor_programmes",
    .label = "Programme of pairs",
    .label_plural = "Programmes of pairs",
    .number = 162,
    .fields = programme_fields,
    .field_count = COX_PROGRAMME_FIELD_COUNT,
    .struct_size = sizeof(struct cox_programme),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_PROGRAMME_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = programme_grants,
    .check = check_programme,
    .help = "Mentoring or peer meetings: pairs drawn by lot near the best, begun in waves.",
};

/* ---- member ---- */

static const struct cox_choice sides[] = {
    [COX_SIDE_MENTOR] = {"mentor", "Mentor", NULL},
    [COX_SIDE_MENTEE] = {"mentee", "Wants to learn", NULL},
    [COX_SIDE_PEER] = {"peer", "Peer", NULL},
    {0},
};

static const struct cox_field member_fields[] = {
    [COX_MEMBER_AUTHOR] = {"author", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_member, author),
        .help = "Who has entered it: the person, or who runs the programme."},
    [COX_MEMBER_OTHER] = {"other", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_SYSTEM | COX_FIXED, .at = COX_AT_INT(struct cox_member, other),
        .help = "The other of the two. Set when saved."},
    [COX_MEMBER_PROGRAMME] = {"programme", .type = COX_REF, .ref = &cox_programme,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_member, programme), .help = "Where they take part."},
    [COX_MEMBER_PERSON] = {"person", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_member, person),
        .help = "Who takes part."},
    [COX_MEMBER_SIDE] = {"side", .type = COX_CHOICE, .choices = sides, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_member, side), .help = "As what."},
    [COX_MEMBER_WANTED] = {"wanted", .type = COX_REF, .ref = &cox_skill, .on_delete = COX_SET_NULL,
        .flags = COX_PERSONAL, .at = COX_AT_INT(struct cox_member, wanted),
        .help = "The skill they want to learn.", .purpose = for_pairs},
    [COX_MEMBER_OFFERED] = {"offered", .type = COX_REF, .ref = &cox_skill,
        .on_delete = COX_SET_NULL, .flags = COX_PERSONAL,
        .at = COX_AT_INT(struct cox_member, offered), .help = "The skill they can pass on.",
        .purpose = for_pairs},
    [COX_MEMBER_CAPACITY] = {"capacity", .type = COX_INT, .min = 1, .max = 5,
        .at = COX_AT_INT(struct cox_member, capacity),
        .help = "How many people a mentor takes; 1 without it."},
    [COX_MEMBER_HAS_LEFT] = {"has_left", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_member, has_left), .help = "No longer takes part."},
};
_Static_assert(COX_COUNT(member_fields) == COX_MEMBER_FIELD_COUNT, "one row for each field id");

/* The programme of what two people write; who runs it is one of the two. */
static enum cox_rc find_organiser(struct cox_call *call, int64_t programme,
    struct cox_programme *ret_programme, struct cox_err *reterr)
{
    const struct cox_row *row;

    COX_TRY(cox_peek(call, &cox_programme, programme, &row, reterr));
    cox_row_unpack(row, ret_programme);
    return COX_OK;
}

static enum cox_rc check_once(struct cox_call *call, int64_t programme, int64_t person,
    struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_MEMBER_PROGRAMME, "eq", cox_int(programme)},
        {COX_MEMBER_PERSON, "eq", cox_int(person)},
    };
    struct cox_query query = {.entity = &cox_member, .limit = 1};
    struct cox_page page;

    COX_TRY(cox_filter_build(call, &cox_member, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    return page.count == 0
               ? COX_OK
               : cox_fail_at(reterr, COX_CONFLICT, "person", 0, "this person takes part already");
}

static enum cox_rc check_new_member(struct cox_call *call, struct cox_row *after,
    struct cox_err *reterr)
{
    int64_t author = cox_row_int(after, COX_MEMBER_AUTHOR), person;
    struct cox_programme programme;

    cox_fill_int(after, COX_MEMBER_PERSON, author);
    person = cox_row_int(after, COX_MEMBER_PERSON);
    if (cox_row_int(after, COX_MEMBER_PROGRAMME) == COX_NULL || author == COX_NULL) {
        return COX_OK; /* said to be required */
    }
    COX_TRY(find_organiser(call, cox_row_int(after, COX_MEMBER_PROGRAMME), &programme, reterr));
    if (programme.state != COX_PROGRAMME_OPEN) {
        return cox_fail_at(reterr, COX_CONFLICT, "programme", 0, "the pairs are drawn already");
    }
    if (person == programme.organiser) {
        return cox_fail_at(reterr, COX_INVALID, "person", 0,
            "who runs a programme does not take part");
    }
    if (author != programme.organiser && author != person) {
        return cox_fail_at(reterr, COX_DENIED, "person", 0,
            "one joins oneself, or is entered by who runs the programme");
    }
    cox_row_set(after, COX_MEMBER_OTHER, cox_int(author == person ? programme.organiser : person));
    cox_fill_int(after, COX_MEMBER_SIDE,
        programme.kind == COX_PEER_MEETINGS ? COX_SIDE_PEER : COX_SIDE_MENTEE);
    if ((programme.kind == COX_PEER_MEETINGS) !=
        (cox_row_int(after, COX_MEMBER_SIDE) == COX_SIDE_PEER)) {
        return cox_fail_at(reterr, COX_INVALID, "side", 0, "is not a side of this programme");
    }
    return check_once(call, programme.head.id, person, reterr);
}

static enum cox_rc check_member(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_MEMBER_CAPACITY, 1);
    return before == NULL ? check_new_member(call, after, reterr) : COX_OK;
}

const struct cox_entity cox_member = {
    .name = "mentor_member",
    .plural = "mentor_members",
    .label = "Taking part",
    .label_plural = "Taking part",
    .number = 163,
    .fields = member_fields,
    .field_count = COX_MEMBER_FIELD_COUNT,
    .struct_size = sizeof(struct cox_member),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_MEMBER_PERSON,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_MEMBER_AUTHOR, COX_MEMBER_OTHER},
    .check = check_member,
    .keep = {"So that pairs can be found; nobody else reads it.", COX_BASIS_INTEREST, 24},
    .help = "Somebody who takes part in a programme of pairs, with what they want and offer.",
};

/* ---- apart ---- */

static const struct cox_field apart_fields[] = {
    [COX_APART_AUTHOR] = {"author", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_apart, author),
        .help = "Who says so."},
    [COX_APART_OTHER] = {"other", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_SYSTEM | COX_FIXED, .at = COX_AT_INT(struct cox_apart, other),
        .help = "Who runs the programme, if somebody else says it. Set when saved."},
    [COX_APART_PROGRAMME] = {"programme", .type = COX_REF, .ref = &cox_programme,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_apart, programme), .help = "In which programme."},
    [COX_APART_ONE] = {"one", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_apart, one),
        .help = "One of the two; oneself without it."},
    [COX_APART_TWO] = {"two", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_apart, two),
        .help = "The other of the two."},
};
_Static_assert(COX_COUNT(apart_fields) == COX_APART_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_apart(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t author, one;
    struct cox_programme programme;

    if (after == NULL || before != NULL) {
        return COX_OK;
    }
    author = cox_row_int(after, COX_APART_AUTHOR);
    cox_fill_int(after, COX_APART_ONE, author);
    one = cox_row_int(after, COX_APART_ONE);
    if (cox_row_int(after, COX_APART_PROGRAMME) == COX_NULL) {
        return COX_OK; /* said to be required */
    }
    COX_TRY(find_organiser(call, cox_row_int(after, COX_APART_PROGRAMME), &programme, reterr));
    if (author != programme.organiser && author != one) {
        return cox_fail_at(reterr, COX_DENIED, "one", 0, "of others, who runs the programme says");
    }
    if (one == cox_row_int(after, COX_APART_TWO)) {
        return cox_fail_at(reterr, COX_INVALID, "two", 0, "this takes two people");
    }
    cox_row_set(after, COX_APART_OTHER,
        author == programme.organiser ? cox_null() : cox_int(programme.organiser));
    return COX_OK;
}

const struct cox_entity cox_apart = {
    .name = "mentor_apart",
    .plural = "mentor_aparts",
    .label = "Not these two",
    .label_plural = "Not these two",
    .number = 164,
    .fields = apart_fields,
    .field_count = COX_APART_FIELD_COUNT,
    .struct_size = sizeof(struct cox_apart),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_APART_TWO,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_APART_AUTHOR, COX_APART_OTHER},
    .check = check_apart,
    .keep = {"So that nobody is paired with whom they should not be.", COX_BASIS_INTEREST, 0},
    .help = "Two people who shall not be a pair; no reason is asked for.",
};

/* ---- pair ---- */

static const struct cox_field pair_fields[] = {
    [COX_PAIR_PROGRAMME] = {"programme", .type = COX_REF, .ref = &cox_programme,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_pair, programme), .help = "Of which programme."},
    [COX_PAIR_ORGANISER] = {"organiser", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_pair, organiser),
        .help = "Who runs it."},
    [COX_PAIR_MENTOR] = {"mentor", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_pair, mentor),
        .help = "The mentor; of peers one of the two."},
    [COX_PAIR_MENTEE] = {"mentee", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_pair, mentee),
        .help = "Who learns; of peers the other."},
    [COX_PAIR_SKILL] = {"skill", .type = COX_REF, .ref = &cox_skill, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_pair, skill), .help = "What one wants and the other offers."},
    [COX_PAIR_WAVE] = {"wave", .type = COX_INT, .min = 1, .max = 6,
        .flags = COX_REQUIRED | COX_SYSTEM | COX_FIXED, .at = COX_AT_INT(struct cox_pair, wave),
        .help = "Drawn by lot with the pair."},
    [COX_PAIR_START_DAY] = {"start_day", .type = COX_DATE,
        .flags = COX_REQUIRED | COX_SYSTEM | COX_FIXED,
        .at = COX_AT_INT(struct cox_pair, start_day), .help = "When its wave begins."},
    [COX_PAIR_END_DAY] = {"end_day", .type = COX_DATE, .at = COX_AT_INT(struct cox_pair, end_day),
        .help = "When the two have ended it; any of the three may say so."},
};
_Static_assert(COX_COUNT(pair_fields) == COX_PAIR_FIELD_COUNT, "one row for each field id");

static const struct cox_grant pair_grants[] = {
    {COX_TALENT_ANYBODY, COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {0},
};

const struct cox_entity cox_pair = {
    .name = "mentor_pair",
    .plural = "mentor_pairs",
    .label = "Pair",
    .label_plural = "Pairs",
    .number = 165,
    .fields = pair_fields,
    .field_count = COX_PAIR_FIELD_COUNT,
    .struct_size = sizeof(struct cox_pair),
    .reach = COX_REACH_PERSON,
    .name_field = COX_PAIR_START_DAY,
    .owner_field = COX_PAIR_ORGANISER,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_PAIR_MENTOR, COX_PAIR_MENTEE},
    .grants = pair_grants,
    .keep = {"So that the two find each other, and the programme can be judged.",
        COX_BASIS_INTEREST, 0},
    .help = "Two people of a programme, drawn by lot; read by them and who runs it.",
};

/* ---- meeting ---- */

static const struct cox_field meeting_fields[] = {
    [COX_PAIR_MEETING_PAIR] = {"pair", .type = COX_REF, .ref = &cox_pair, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_pair_meeting, pair),
        .help = "Of which pair."},
    [COX_PAIR_MEETING_DAY] = {"day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_pair_meeting, day), .help = "The day they met."},
    [COX_PAIR_MEETING_MINUTES] = {"minutes", .type = COX_INT, .min = 1, .max = 1440,
        .at = COX_AT_INT(struct cox_pair_meeting, minutes),
        .help = "How long it took; what was said is theirs and not kept here."},
};
_Static_assert(COX_COUNT(meeting_fields) == COX_PAIR_MEETING_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_pair_meeting = {
    .name = "pair_meeting",
    .plural = "pair_meetings",
    .label = "Meeting of a pair",
    .label_plural = "Meetings of pairs",
    .number = 166,
    .fields = meeting_fields,
    .field_count = COX_PAIR_MEETING_FIELD_COUNT,
    .struct_size = sizeof(struct cox_pair_meeting),
    .reach = COX_REACH_LINE,
    .name_field = COX_PAIR_MEETING_DAY,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_PAIR_MEETING_PAIR,
    .currency_field = COX_NO_FIELD,
    .keep = {"So that one sees whether pairs meet.", COX_BASIS_INTEREST, 0},
    .help = "That a pair has met; seen by those who see the pair.",
};
