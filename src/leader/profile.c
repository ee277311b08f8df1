/* leader/profile.c: entities and routes of 360 rounds and of the six-aspect profile. */
#include "leader/profile.h"

#include "leader/feedback.h"

static const struct cox_entity *const entities[] = {
    &cox_feedback_round,
    &cox_feedback_rater,
    &cox_feedback_result,
    NULL,
};

#define ANSWERS                                                                                    \
    "{\"type\":\"object\",\"required\":[\"answers\"],\"properties\":{\"answers\":{\"type\":"       \
    "\"array\",\"items\":{\"type\":\"integer\"}}}}"

static const struct cox_route routes[] = {
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

const struct cox_feature cox_feature_profile = {
    .name = "profile",
    .help = "360 feedback, and how somebody leads: six aspects from acts and from others' answers.",
    .entities = entities,
    .routes = routes,
};
