/*
 * leader/certificate.h: certificates that the company knows, what skill and level each speaks for, and who has passed which:
 * evidence for a skill beside what people say (leader/skill_estimate.h). It counts once somebody of the line has
 * seen it, and until it ends.
 */
#ifndef COX_LEADER_CERTIFICATE_H
#define COX_LEADER_CERTIFICATE_H

#include "record/feature.h"

struct cox_notice_source;

enum {
    COX_CERTIFICATE_NAME,
    COX_CERTIFICATE_ISSUER,
    COX_CERTIFICATE_SKILL,
    COX_CERTIFICATE_LEVEL,
    COX_CERTIFICATE_MONTHS,
    COX_CERTIFICATE_HELP,
    COX_CERTIFICATE_IS_ACTIVE,
    COX_CERTIFICATE_FIELD_COUNT
};

struct cox_certificate {
    struct cox_head head;
    struct cox_text name, issuer;
    int64_t skill, level; /* what passing says; either both or none */
    int64_t months;       /* valid after it was earned; COX_NULL: for good */
    struct cox_text help;
    int64_t is_active;
};
extern const struct cox_entity cox_certificate;

enum {
    COX_PASSED_PERSON,
    COX_PASSED_CERTIFICATE,
    COX_PASSED_EARNED_DAY,
    COX_PASSED_END_DAY,
    COX_PASSED_NOTE,
    COX_PASSED_SEEN_BY,
    COX_PASSED_SEEN_DAY,
    COX_PASSED_IS_SEEN,
    COX_PASSED_FIELD_COUNT
};

/* Somebody's certificate. */
struct cox_passed {
    struct cox_head head;
    int64_t person, certificate;
    int64_t earned_day,
        end_day;          /* end_day: first day on which it does not hold; COX_NULL: for good */
    struct cox_text note; /* number, where it is kept */
    int64_t seen_by, seen_day; /* somebody of the line; COX_NULL: nobody has seen it yet */
    int64_t is_seen;
};
extern const struct cox_entity cox_passed;

/* So many days before its end a certificate is told about; and so many after it. */
enum { COX_CERTIFICATE_AHEAD_DAYS = 60, COX_CERTIFICATE_AFTER_DAYS = 30 };

extern const struct cox_notice_source cox_certificate_notices;

#endif
