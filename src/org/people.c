/* org/people.c: the tables of users, teams, memberships, reporting lines and hats. */
#include "org/people.h"

#include "org/line.h"
#include "record/query.h"
#include "record/record.h"
#include "record/sign_in.h"
#include "record/token.h"

#define ROLES_ALL                                                                                  \
    (COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) |                \
        COX_ROLE_BIT(COX_EXECUTIVE))
#define ROLES_ADMIN (COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR))

const struct cox_grant cox_grants_shared[] = {
    {ROLES_ALL, .read = COX_ALL},
    {ROLES_ADMIN, .read = COX_ALL, .create = COX_ALL, .change = COX_ALL, .remove = COX_ALL},
    {0},
};

enum cox_rc cox_days_check(int64_t from_day, int64_t to_day, struct cox_err *reterr)
{
    if (from_day != COX_NULL && to_day != COX_NULL && to_day <= from_day) {
        return cox_fail_at(reterr, COX_INVALID, "to_day", 0,
            "the first day after must be later than the first day");
    }
    return COX_OK;
}

/* ---- user ---- */

static const struct cox_field user_fields[] = {
    [COX_USER_NAME] = {"name", .type = COX_TEXT, .max = 200,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED | COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_user, name),
        .alias = {"Name|Full Name", "fullName|Owner name|Name", "full_name|Full Name|User Name"},
        .also = "sales_agent|agent|sales rep|rep|salesperson|user|employee|owner",
        .help = "The name colleagues use.",
        .purpose = "To name who owns, changed or took part in a record."},
    [COX_USER_EMAIL] = {"email", .type = COX_TEXT, .max = 254, .flags = COX_UNIQUE | COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_user, email),
        .alias = {"Email|Username", "email|Email", "email|Email"}, .also = "e-mail|mail|UPN|login",
        .help = "Address to sign in with; no two people share one.",
        .purpose = "To sign in, to send digests, and to match the person on import."},
    [COX_USER_FIRST_NAME] = {"first_name", .type = COX_TEXT, .max = 100, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_user, first_name),
        .alias = {"FirstName|First Name|first_name", "firstName|first_name|First name",
            "first_name|First Name"},
        .help = "Given name.", .purpose = "To address the person."},
    [COX_USER_LAST_NAME] = {"last_name", .type = COX_TEXT, .max = 100, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_user, last_name),
        .alias = {"LastName|Last Name|last_name", "lastName|last_name|Last name",
            "last_name|Last Name"},
        .help = "Family name.", .purpose = "To address the person."},
    [COX_USER_TITLE] = {"title", .type = COX_TEXT, .max = 200,
        .at = COX_AT_TEXT(struct cox_user, title), .alias = {"Title", "jobTitle", NULL},
        .also = "job title|position", .help = "Job title."},
    [COX_USER_PHONE] = {"phone", .type = COX_TEXT, .max = 60, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_user, phone), .alias = {"Phone", NULL, "phone|Phone"},
        .help = "Business telephone.", .purpose = "So that colleagues can call."},
    [COX_USER_LOCALE] = {"locale", .type = COX_TEXT, .max = 35,
        .at = COX_AT_TEXT(struct cox_user, locale),
        .alias = {"LocaleSidKey|locale_sid_key", NULL, "locale|country_locale"},
        .help = "Language and number format, as en-GB; empty: the company's."},
    [COX_USER_ZONE] = {"zone", .type = COX_TEXT, .max = 64,
        .at = COX_AT_TEXT(struct cox_user, zone),
        .alias = {"TimeZoneSidKey|time_zone_sid_key", NULL, "time_zone"},
        .also = "time zone|timezone", .help = "Time zone, as Europe/Berlin; empty: the company's."},
    [COX_USER_CURRENCY] = {"currency", .type = COX_TEXT, .min = 0, .max = 3,
        .at = COX_AT_TEXT(struct cox_user, currency),
        .alias = {"DefaultCurrencyIsoCode|CurrencyIsoCode", NULL, NULL},
        .help = "Currency figures are shown in; empty: the company's."},
    [COX_USER_HIRE_DAY] = {"hire_day", .type = COX_DATE, .flags = COX_SORTED | COX_PERSONAL,
        .at = COX_AT_INT(struct cox_user, hire_day), .also = "hire date|HireDate|start date",
        .help = "First day with the company.",
        .purpose = "To ramp targets of newcomers and to compare like with like."},
    [COX_USER_LEAVE_DAY] = {"leave_day", .type = COX_DATE, .flags = COX_PERSONAL,
        .at = COX_AT_INT(struct cox_user, leave_day),
        .also = "leave date|end date|termination date",
        .help = "First day no longer with the company.",
        .purpose = "So that past figures keep the person and new ones do not."},
    [COX_USER_IS_ACTIVE] = {"is_active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_user, is_active),
        .alias = {"IsActive|Active", "active", "status"}, .also = "CurrentFlag",
        .help = "May this person sign in and own new records? Empty counts as yes."},
    [COX_USER_OFFICE] = {"office", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_user, office), .alias = {"Division|Department", NULL, NULL},
        .also = "regional_office|region|location|branch",
        .help = "Where the person works, as given by the source."},
};
_Static_assert(COX_COUNT(user_fields) == COX_USER_FIELD_COUNT, "one row for each field id");

static bool is_email(struct cox_text text)
{
    const char *at = memchr(text.ptr, '@', text.size);

    if (at == NULL || at == text.ptr || at + 1 == text.ptr + text.size) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.ptr[i] <= ' ') {
            return false;
        }
    }
    return memchr(at + 1, '@', (size_t)(text.ptr + text.size - at - 1)) == NULL;
}

/* The full name where only its parts are known. */
static enum cox_rc fill_user_name(struct cox_call *call, struct cox_row *after,
    struct cox_err *reterr)
{
    struct cox_text first = cox_row_text(after, COX_USER_FIRST_NAME);
    struct cox_text last = cox_row_text(after, COX_USER_LAST_NAME);
    const char *name;

    if (cox_row_text(after, COX_USER_NAME).size > 0 || first.size + last.size == 0) {
        return COX_OK;
    }
    name = cox_arena_format(cox_call_arena(call), "%.*s%s%.*s", (int)first.size,
        first.size > 0 ? first.ptr : "", first.size > 0 && last.size > 0 ? " " : "", (int)last.size,
        last.size > 0 ? last.ptr : "");
    if (name == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(after, COX_USER_NAME, cox_text_value(cox_text_of(name)));
    return COX_OK;
}

static enum cox_rc check_user(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    struct cox_text email;
    int64_t hire_day, leave_day;

    (void)before; /* a user is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(fill_user_name(call, after, reterr));
    email = cox_row_text(after, COX_USER_EMAIL);
    if (email.size > 0 && !is_email(email)) {
        return cox_fail_at(reterr, COX_INVALID, "email", 0, "this is not an e-mail address");
    }
    hire_day = cox_row_int(after, COX_USER_HIRE_DAY);
    leave_day = cox_row_int(after, COX_USER_LEAVE_DAY);
    if (hire_day != COX_NULL && leave_day != COX_NULL && leave_day < hire_day) {
        return cox_fail_at(reterr, COX_INVALID, "leave_day", 0, "leaves before the first day here");
    }
    if (cox_row_int(after, COX_USER_IS_ACTIVE) == COX_NULL) {
        cox_row_set(after, COX_USER_IS_ACTIVE, cox_int(1));
    }
    return COX_OK;
}

static bool works_here(const struct cox_row *row, int64_t day)
{
    int64_t leave_day;

    if (row == NULL || cox_row_int(row, COX_USER_IS_ACTIVE) != 1) {
        return false;
    }
    leave_day = cox_row_int(row, COX_USER_LEAVE_DAY);
    return leave_day == COX_NULL || day < leave_day;
}

/* By what somebody signs in ends with the work here, and does not come back with the person: also when the last
 * day has passed by itself. A password stays; it is of use again only when the person is here again. */
static enum cox_rc settle_users(struct cox_call *call, const struct cox_edit *edits, size_t count,
    struct cox_err *reterr)
{
    int64_t day = cox_call_today(call);

    for (size_t i = 0; i < count; i++) {
        const struct cox_edit *edit = &edits[i];

        if (edit->before == NULL ||
            (works_here(edit->before, day) && works_here(edit->after, day))) {
            continue;
        }
        COX_TRY(cox_session_end_all(call, edit->id, NULL, reterr));
        COX_TRY(cox_reset_drop(call, edit->id, reterr));
        COX_TRY(cox_token_revoke_user(call, edit->id, NULL, reterr));
        COX_TRY(cox_credential_put(call, edit->id, COX_CREDENTIAL_CALENDAR, (struct cox_text){0},
            reterr));
    }
    return COX_OK;
}

const struct cox_entity cox_user = {
    .name = "user",
    .plural = "users",
    .label = "Person",
    .label_plural = "People",
    .number = 20,
    .fields = user_fields,
    .field_count = COX_USER_FIELD_COUNT,
    .struct_size = sizeof(struct cox_user),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_USER_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_user,
    .settle = settle_users,
    .external_alias = {"User|sf_user", "owners|owner|users", "Users|users"},
    .also = "sales_agents|employees|salespeople|reps|Salesperson|SalesPerson",
    .keep = {"To sign in, to be named in one's work, and to be reached by colleagues.",
        COX_BASIS_CONTRACT, 0},
    .help = "Somebody who works here: signs in, owns records, reports to somebody.",
};

/* ---- team ---- */

static const struct cox_choice team_kinds[] = {
    [COX_TEAM_TEAM] = {"team", "Team", NULL},
    [COX_TEAM_OFFICE] = {"office", "Office", "branch|location"},
    [COX_TEAM_DEPARTMENT] = {"department", "Department", "dept"},
    [COX_TEAM_REGION] = {"region", "Region", "area"},
    {0},
};

static const struct cox_field team_fields[] = {
    [COX_TEAM_NAME] = {"name", .type = COX_TEXT, .max = 200,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_team, name),
        .alias = {"Name", "name|label", "name|Name"},
        .also = "team|regional_office|office|department|region",
        .help = "What the team is called."},
    [COX_TEAM_KIND] = {"kind", .type = COX_CHOICE, .choices = team_kinds,
        .at = COX_AT_INT(struct cox_team, kind), .help = "Team, office, department or region."},
    [COX_TEAM_PARENT] = {"parent", .type = COX_REF, .ref = &cox_team, .on_delete = COX_REFUSE,
        .at = COX_AT_INT(struct cox_team, parent),
        .alias = {"ParentRoleId|parent_role_id", NULL, "reporting_to"},
        .help = "The team this one is part of."},
    [COX_TEAM_LEAD] = {"lead", .type = COX_REF, .ref = &cox_user, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_team, lead), .also = "manager|team lead",
        .help = "Who runs the team."},
    [COX_TEAM_FROM_DAY] = {"from_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_team, from_day),
        .help = "First day of the team; empty: always."},
    [COX_TEAM_TO_DAY] = {"to_day", .type = COX_DATE, .at = COX_AT_INT(struct cox_team, to_day),
        .help = "First day the team is no more; empty: still is."},
};
_Static_assert(COX_COUNT(team_fields) == COX_TEAM_FIELD_COUNT, "one row for each field id");

enum { TEAM_DEPTH_MAX = 64 };

static enum cox_rc check_team(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t up;

    (void)before; /* a team is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(cox_days_check(cox_row_int(after, COX_TEAM_FROM_DAY),
        cox_row_int(after, COX_TEAM_TO_DAY), reterr));
    if (cox_row_int(after, COX_TEAM_KIND) == COX_NULL) {
        cox_row_set(after, COX_TEAM_KIND, cox_int(COX_TEAM_TEAM));
    }
    up = cox_row_int(after, COX_TEAM_PARENT);
    for (int depth = 0; up != COX_NULL; depth++) {
        const struct cox_row *row;

        if (up == after->id && after->id != 0) {
            return cox_fail_at(reterr, COX_INVALID, "parent", 0,
                "the team would be part of itself");
        }
        if (depth == TEAM_DEPTH_MAX) {
            return cox_fail_at(reterr, COX_INVALID, "parent", 0, "teams nest more than %d deep",
                TEAM_DEPTH_MAX);
        }
        COX_TRY(cox_peek(call, &cox_team, up, &row, reterr));
        up = cox_row_int(row, COX_TEAM_PARENT);
    }
    return COX_OK;
}

const struct cox_entity cox_team = {
    .name = "team",
    .plural = "teams",
    .label = "Team",
    .label_plural = "Teams",
    .number = 21,
    .fields = team_fields,
    .field_count = COX_TEAM_FIELD_COUNT,
    .struct_size = sizeof(struct cox_team),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_TEAM_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_team,
    .external_alias = {"UserRole|sf_user_role", "teams|team", "roles"},
    .also = "sales_teams|offices|departments",
    .help = "A group of people; teams nest.",
};

/* ---- team member ---- */

static const struct cox_field team_member_fields[] = {
    [COX_TEAM_MEMBER_TEAM] = {"team", .type = COX_REF, .ref = &cox_team, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_team_member, team),
        .alias = {"UserRoleId|user_role_id", "team_id", NULL}, .also = "regional_office",
        .help = "The team."},
    [COX_TEAM_MEMBER_USER] = {"user", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_team_member, user),
        .alias = {NULL, "user_id|owner_id", NULL}, .also = "sales_agent|member",
        .help = "The member."},
    [COX_TEAM_MEMBER_FROM_DAY] = {"from_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_team_member, from_day), .also = "start date|StartDate",
        .help = "First day in the team; empty: since the person was hired."},
    [COX_TEAM_MEMBER_TO_DAY] = {"to_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_team_member, to_day), .also = "end date|EndDate",
        .help = "First day no longer in the team; empty: still is."},
};
_Static_assert(COX_COUNT(team_member_fields) == COX_TEAM_MEMBER_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_team_member(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* only the days can be wrong */
    return after == NULL ? COX_OK
                         : cox_days_check(cox_row_int(after, COX_TEAM_MEMBER_FROM_DAY),
                               cox_row_int(after, COX_TEAM_MEMBER_TO_DAY), reterr);
}

const struct cox_entity cox_team_member = {
    .name = "team_member",
    .plural = "team_members",
    .label = "Team member",
    .label_plural = "Team members",
    .number = 22,
    .fields = team_member_fields,
    .field_count = COX_TEAM_MEMBER_FIELD_COUNT,
    .struct_size = sizeof(struct cox_team_member),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_TEAM_MEMBER_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_team_member,
    .external_alias = {NULL, "team_user|owner_team", NULL},
    .help = "Who belongs to a team, from when to when.",
};

/* ---- reporting line ---- */

static const struct cox_field reporting_line_fields[] = {
    [COX_REPORTING_LINE_USER] = {"user", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_reporting_line, user), .also = "sales_agent|employee",
        .help = "Who reports."},
    [COX_REPORTING_LINE_MANAGER] = {"manager", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_reporting_line, manager),
        .alias = {"ManagerId|manager_id", NULL, "Reporting_To|Reporting To"},
        .also = "manager|reports to|supervisor", .help = "To whom."},
    [COX_REPORTING_LINE_FROM_DAY] = {"from_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_reporting_line, from_day),
        .help = "First day of this line; empty: always."},
    [COX_REPORTING_LINE_TO_DAY] = {"to_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_reporting_line, to_day),
        .help = "First day it no longer holds; empty: still does."},
};
_Static_assert(COX_COUNT(reporting_line_fields) == COX_REPORTING_LINE_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_reporting_line = {
    .name = "reporting_line",
    .plural = "reporting_lines",
    .label = "Reporting line",
    .label_plural = "Reporting lines",
    .number = 23,
    .fields = reporting_line_fields,
    .field_count = COX_REPORTING_LINE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_reporting_line),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_REPORTING_LINE_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = cox_line_check,
    .settle = cox_line_settle,
    .help = "Who reports to whom, from when to when. Rights follow it.",
};

/* ---- hat ---- */

static const struct cox_choice roles[] = {
    [COX_REP] = {"rep", "Rep", "sales rep|salesperson|user"},
    [COX_MANAGER] = {"manager", "Sales manager", "sales manager"},
    [COX_LEADER] = {"leader", "Sales leader", "sales leader"},
    [COX_EXECUTIVE] = {"executive", "Executive", "exec"},
    [COX_ADMIN] = {"admin", "Administrator", "administrator|system administrator"},
    [COX_COUNCIL] = {"works_council", "Works council", "council|data protection officer"},
    {0},
};

static const struct cox_field hat_fields[] = {
    [COX_HAT_USER] = {"user", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_hat, user), .help = "Who wears it."},
    [COX_HAT_ROLE] = {"role", .type = COX_CHOICE, .choices = roles, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_hat, role),
        .help = "Rep, manager, leader, executive, administrator or works council."},
    [COX_HAT_FROM_DAY] = {"from_day", .type = COX_DATE, .at = COX_AT_INT(struct cox_hat, from_day),
        .help = "First day; empty: always."},
    [COX_HAT_TO_DAY] = {"to_day", .type = COX_DATE, .at = COX_AT_INT(struct cox_hat, to_day),
        .help = "First day no longer; empty: still."},
};
_Static_assert(COX_COUNT(hat_fields) == COX_HAT_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_hat(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* only the days can be wrong */
    return after == NULL ? COX_OK
                         : cox_days_check(cox_row_int(after, COX_HAT_FROM_DAY),
                               cox_row_int(after, COX_HAT_TO_DAY), reterr);
}

const struct cox_entity cox_hat = {
    .name = "hat",
    .plural = "hats",
    .label = "Hat",
    .label_plural = "Hats",
    .number = 24,
    .fields = hat_fields,
    .field_count = COX_HAT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_hat),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_HAT_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_hat,
    .help = "The role somebody holds, from when to when. One person may wear several.",
};
