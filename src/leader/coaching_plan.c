/* leader/coaching_plan.c: the table of coaching plans, and its rules. */
#include "leader/coaching_plan.h"

#include "leader/coaching.h"
#include "org/people.h"
#include "record/record.h"
#include "sales/rule.h"

static const char for_two[] =
    "So that the two people can work on it together; nobody else reads it.";

static const struct cox_choice states[] = {
    [COX_PLAN_ACTIVE] = {"active", "Active", "open"},
    [COX_PLAN_DONE] = {"done", "Done", NULL},
    [COX_PLAN_DROPPED] = {"dropped", "Dropped", "cancelled"},
    {0},
};

static const struct cox_field fields[] = {
    [COX_COACHING_PLAN_AUTHOR] = {"author", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_coaching_plan, author), .help = "Who made it."},
    [COX_COACHING_PLAN_OTHER] = {"other", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_coaching_plan, other), .help = "The other of the two."},
    [COX_COACHING_PLAN_COACH] = {"coach", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_coaching_plan, coach),
        .help = "Which of the two coaches; whoever made it, when nothing is said."},
    [COX_COACHING_PLAN_GOAL] = {"goal", .type = COX_TEXT, .max = 2000,
        .flags = COX_REQUIRED | COX_PERSONAL, .at = COX_AT_TEXT(struct cox_coaching_plan, goal),
        .help = "What is to be so at the end of the series.", .purpose = for_two},
    [COX_COACHING_PLAN_SKILL] = {"skill", .type = COX_TEXT, .max = 120, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_coaching_plan, skill), .help = "The skill in work.",
        .purpose = for_two},
    [COX_COACHING_PLAN_FROM_DAY] = {"from_day", .type = COX_DATE,
        .flags = COX_REQUIRED | COX_SORTED, .at = COX_AT_INT(struct cox_coaching_plan, from_day),
        .help = "First day."},
    [COX_COACHING_PLAN_TO_DAY] = {"to_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_coaching_plan, to_day), .help = "First day after."},
    [COX_COACHING_PLAN_STATE] = {"state", .type = COX_CHOICE, .choices = states,
        .at = COX_AT_INT(struct cox_coaching_plan, state), .help = "Active, done or dropped."},
    [COX_COACHING_PLAN_REASON] = {"reason", .type = COX_TEXT, .max = 2000, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_coaching_plan, reason), .help = "Why it was dropped.",
        .purpose = for_two},
};
_Static_assert(COX_COUNT(fields) == COX_COACHING_PLAN_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_coach(const struct cox_row *after, struct cox_err *reterr)
{
    int64_t author = cox_row_int(after, COX_COACHING_PLAN_AUTHOR);
    int64_t other = cox_row_int(after, COX_COACHING_PLAN_OTHER);
    int64_t coach = cox_row_int(after, COX_COACHING_PLAN_COACH);

    if (author == other) {
        return cox_fail_at(reterr, COX_INVALID, "other", 0, "this takes two people");
    }
    return coach == author || coach == other
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "coach", 0, "one of the two coaches");
}

static enum cox_rc check_plan(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)before; /* judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_COACHING_PLAN_COACH, cox_row_int(after, COX_COACHING_PLAN_AUTHOR));
    cox_fill_int(after, COX_COACHING_PLAN_STATE, COX_PLAN_ACTIVE);
    cox_fill_int(after, COX_COACHING_PLAN_FROM_DAY, cox_call_day(call, cox_row_at_us(call, after)));
    COX_TRY(check_coach(after, reterr));
    if (cox_row_int(after, COX_COACHING_PLAN_STATE) == COX_PLAN_DROPPED &&
        cox_row_text(after, COX_COACHING_PLAN_REASON).size == 0) {
        return cox_fail_at(reterr, COX_INVALID, "reason", 0, "say why the plan is dropped");
    }
    return cox_days_check(cox_row_int(after, COX_COACHING_PLAN_FROM_DAY),
        cox_row_int(after, COX_COACHING_PLAN_TO_DAY), reterr);
}

const struct cox_entity cox_coaching_plan = {
    .name = "coaching_plan",
    .plural = "coaching_plans",
    .label = "Coaching plan",
    .label_plural = "Coaching plans",
    .number = 194,
    .fields = fields,
    .field_count = COX_COACHING_PLAN_FIELD_COUNT,
    .struct_size = sizeof(struct cox_coaching_plan),
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = COX_COACHING_PLAN_GOAL,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {COX_COACHING_PLAN_AUTHOR, COX_COACHING_PLAN_OTHER},
    .check = check_plan,
    .keep = {"To learn, and to see what coaching changes.", COX_BASIS_INTEREST, 36},
    .help = "A series of sessions of two people towards one thing. Only the two see it.",
};

enum cox_rc cox_coaching_plan_check(struct cox_call *call, int64_t id, int64_t one, int64_t two,
    const char *field, struct cox_err *reterr)
{
    const struct cox_row *plan;
    int64_t author, other;

    if (id == COX_NULL) {
        return COX_OK;
    }
    COX_TRY(cox_get(call, &cox_coaching_plan, id, &plan, reterr));
    author = cox_row_int(plan, COX_COACHING_PLAN_AUTHOR);
    other = cox_row_int(plan, COX_COACHING_PLAN_OTHER);
    return (author == one && other == two) || (author == two && other == one)
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, field, 0, "that is of other people");
}
