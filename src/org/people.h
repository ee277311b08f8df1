/*
 * org/people.h: users, teams, who belongs to which team, who reports to whom, who wears which hat.
 * Everything that a reorganisation moves carries from_day (first day) and to_day (first day after;
 * no value: open), so the organisation can be read as it was on any day.
 */
#ifndef COX_ORG_PEOPLE_H
#define COX_ORG_PEOPLE_H

#include <stdbool.h>

#include "record/entity.h"

enum {
    COX_USER_NAME,
    COX_USER_EMAIL,
    COX_USER_FIRST_NAME,
    COX_USER_LAST_NAME,
    COX_USER_TITLE,
    COX_USER_PHONE,
    COX_USER_LOCALE,
    COX_USER_ZONE,
    COX_USER_CURRENCY,
    COX_USER_HIRE_DAY,
    COX_USER_LEAVE_DAY,
    COX_USER_IS_ACTIVE,
    COX_USER_OFFICE,
    COX_USER_FIELD_COUNT
};

struct cox_user {
    struct cox_head head;
    struct cox_text name, email, first_name, last_name, title, phone;
    struct cox_text locale, zone, currency; /* no value: the company's */
    int64_t hire_day, leave_day;            /* leave_day: first day no longer here */
    int64_t is_active;
    struct cox_text office;
};
extern const struct cox_entity cox_user;

enum cox_team_kind { COX_TEAM_TEAM, COX_TEAM_OFFICE, COX_TEAM_DEPARTMENT, COX_TEAM_REGION };

enum {
    COX_TEAM_NAME,
    COX_TEAM_KIND,
    COX_TEAM_PARENT,
    COX_TEAM_LEAD,
    COX_TEAM_FROM_DAY,
    COX_TEAM_TO_DAY,
    COX_TEAM_FIELD_COUNT
};

struct cox_team {
    struct cox_head head;
    struct cox_text name;
    int64_t kind;         /* enum cox_team_kind */
    int64_t parent, lead; /* a team; a user */
    int64_t from_day, to_day;
};
extern const struct cox_entity cox_team;

enum {
    COX_TEAM_MEMBER_TEAM,
    COX_TEAM_MEMBER_USER,
    COX_TEAM_MEMBER_FROM_DAY,
    COX_TEAM_MEMBER_TO_DAY,
    COX_TEAM_MEMBER_FIELD_COUNT
};

struct cox_team_member {
    struct cox_head head;
    int64_t team, user, from_day, to_day;
};
extern const struct cox_entity cox_team_member;

enum {
    COX_REPORTING_LINE_USER,
    COX_REPORTING_LINE_MANAGER,
    COX_REPORTING_LINE_FROM_DAY,
    COX_REPORTING_LINE_TO_DAY,
    COX_REPORTING_LINE_FIELD_COUNT
};

struct cox_reporting_line {
    struct cox_head head;
    int64_t user, manager, from_day, to_day;
};
extern const struct cox_entity cox_reporting_line;

enum { COX_HAT_USER, COX_HAT_ROLE, COX_HAT_FROM_DAY, COX_HAT_TO_DAY, COX_HAT_FIELD_COUNT };

struct cox_hat {
    struct cox_head head;
    int64_t user, role; /* role: enum cox_role, never COX_OPERATOR */
    int64_t from_day, to_day;
};
extern const struct cox_entity cox_hat;

/* Everybody reads, administrators write: the grants of what the whole company shares. */
extern const struct cox_grant cox_grants_shared[];

/* Does what is effective from from_day (COX_NULL: since ever) until before to_day (COX_NULL: open) hold on day? */
static inline bool cox_days_hold(int64_t from_day, int64_t to_day, int64_t day)
{
    return (from_day == COX_NULL || from_day <= day) && (to_day == COX_NULL || day < to_day);
}

/* A check of from_day < to_day shared by all effective-dated rows; to_day COX_NULL is open. */
enum cox_rc cox_days_check(int64_t from_day, int64_t to_day, struct cox_err *reterr) COX_NODISCARD;

#endif
