/* leader/talent.c: the feature talent. */
#include "leader/talent.h"

#include "leader/certificate.h"
#include "leader/mentor.h"
#include "leader/skill.h"
#include "leader/talent_person.h"

static const struct cox_entity *const entities[] = {
    &cox_skill,
    &cox_skill_rating,
    &cox_certificate,
    &cox_passed,
    &cox_track,
    &cox_rung,
    &cox_expectation,
    &cox_place,
    &cox_position,
    &cox_successor,
    &cox_programme,
    &cox_member,
    &cox_apart,
    &cox_pair,
    &cox_pair_meeting,
    NULL,
};

static const struct cox_notice_source *const notices[] = {&cox_certificate_notices, NULL};

const struct cox_feature cox_feature_talent = {
    .name = "talent",
    .help =
        "Skills, certificates and what is said about them, career ladder, succession, mentoring and peer "
        "meetings.",
    .entities = entities,
    .routes = cox_routes_talent,
    .notices = notices,
};
