/* leader/profile.c: entities and routes of 360 rounds and of the six-aspect profile. */
#include "leader/profile.h"

#include "leader/feedback.h"

static const struct cox_entity *const entities[] = {
    &cox_feedback_round,
    &cox_feedback_rater,
    &cox_feedback_result,
    &cox_act_contest,
    &cox_profile_share,
    &cox_profile_range,
    &cox_act_weight,
    NULL,
};

#define ANSWERS                                                                                    \
    "{\"type\":\"object\",\"required\":[\"answers\"],\"properties\":{\"answers\":{\"type\":"       \
    "\"array\",\"items\":{\"type\":\"integer\"}}}}"

#define PROFILE                                                                                    \
    "{\"type\":\"object\",\"required\":[\"person\",\"aspects\",\"kinds\",\"situations\"],"         \
    "\"properties\":{\"aspects\":{\"type\":\"array\"},\"kinds\":{\"type\":\"array\"},"             \
    "\"situations\":{\"type\":\"array\"}}}"
#define MADE "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"}}}"

static const struct cox_parameter role_parameters[] = {
    {"role", "string", "manager or leader; else by one's hats"},
    {"situation", "string", "steady, growing, turnaround, or one of the company's own"},
    {0},
};

static const struct cox_parameter aspect_parameters[] = {
    {"aspect", "string",
        "focus, approach, horizon, relationship, decision or motivation; else all"},
    {0},
};

static const struct cox_route routes[] = {
    {.method = COX_GET,
        .path = "/api/v1/profile",
        .handle = cox_profile_get,
        .flags = COX_ROUTE_PEOPLE,
        .parameters = role_parameters,
        .summary =
            "One's own six aspects: from acts, from 360 answers, and the range that the role "
            "asks for. No figure over all.",
        .out = PROFILE},
    {.method = COX_GET,
        .path = "/api/v1/profile/acts",
        .handle = cox_profile_acts_get,
        .flags = COX_ROUTE_PEOPLE,
        .parameters = aspect_parameters,
        .summary = "Every act that counts in one's own profile, newest first.",
        .out = "{\"type\":\"object\",\"required\":[\"rows\"],\"properties\":{\"rows\":{\"type\":"
               "\"array\"}}}"},
    {.method = COX_POST,
        .path = "/api/v1/profile/contests",
        .handle = cox_profile_contest_post,
        .flags = COX_ROUTE_PEOPLE,
        .body_max = 8192,
        .summary = "Contests one of one's own acts; somebody who leads the person decides.",
        .in = "{\"type\":\"object\",\"required\":[\"act\",\"second\",\"reason\"],\"properties\":{"
              "\"act\":{\"type\":\"string\"},\"second\":{\"type\":\"integer\"},\"reason\":{"
              "\"type\":\"string\"}}}",
        .out = MADE},
    {.method = COX_POST,
        .path = "/api/v1/profile/shares",
        .handle = cox_profile_share_post,
        .flags = COX_ROUTE_PEOPLE,
        .body_max = 1024,
        .parameters = role_parameters,
        .summary = "Shows one's own profile, as it is now, to somebody.",
        .in = "{\"type\":\"object\",\"required\":[\"reader\"],\"properties\":{\"reader\":{\"type\":"
              "\"integer\"}}}",
        .out = MADE},
    {.method = COX_GET,
        .path = "/api/v1/profiles/{user}",
        .handle = cox_profile_shared_get,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "The profile that somebody has shown to me, as it was then.",
        .out = "{\"type\":\"object\",\"required\":[\"day\",\"profile\"],\"properties\":{\"day\":{"
               "\"type\":\"string\"},\"profile\":" PROFILE "}}"},
    {.method = COX_GET,
        .path = "/api/v1/feedback",
        .handle = cox_feedback_get,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "360 rounds: about whom I am asked now, and rounds that I asked for or that are "
                   "about me.",
        .out = "{\"type\":\"object\",\"required\":[\"asked\",\"rounds\",\"least\"],\"properties\":{"
               "\"asked\":{\"type\":\"array\"},\"rounds\":{\"type\":\"array\"},\"least\":{"
               "\"type\":\"integer\"}}}"},
    {.method = COX_GET,
        .path = "/api/v1/feedback/{round}/answers",
        .handle = cox_feedback_answers_get,
        .flags = COX_ROUTE_PEOPLE | COX_ROUTE_UNLOGGED,
        .summary = "One's own answers while a round is open; empty when there are none.",
        .out = ANSWERS},
    {.method = COX_PUT,
        .path = "/api/v1/feedback/{round}/answers",
        .handle = cox_feedback_answers_put,
        .flags = COX_ROUTE_PEOPLE | COX_ROUTE_UNLOGGED,
        .body_max = 4096,
        .summary = "Answers, or answers anew. Sealed; in no log; nobody else reads them.",
        .in = ANSWERS},
    {.method = COX_DELETE,
        .path = "/api/v1/feedback/{round}/answers",
        .handle = cox_feedback_answers_drop,
        .flags = COX_ROUTE_PEOPLE | COX_ROUTE_UNLOGGED,
        .summary = "Takes one's own answers back while the round is open."},
    {.method = COX_POST,
        .path = "/api/v1/feedback/{round}/open",
        .handle = cox_feedback_open_post,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "Opens a round: from now on nobody is added and nothing changes."},
    {.method = COX_POST,
        .path = "/api/v1/feedback/{round}/close",
        .handle = cox_feedback_close_post,
        .flags = COX_ROUTE_PEOPLE,
        .summary =
            "Opens the results, by the person, once the days to answer are over. Answers are "
            "summed up and thrown away."},
    {0},
};

static const struct cox_notice_source *const notices[] = {&cox_notices_feedback, NULL};
static const struct cox_signal *const signals[] = {&cox_signal_feedback, NULL};

const struct cox_feature cox_feature_profile = {
    .name = "profile",
    .help = "360 feedback, and how somebody leads: six aspects from acts and from others' answers.",
    .entities = entities,
    .routes = routes,
    .signals = signals,
    .notices = notices,
};
