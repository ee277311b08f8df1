/* org/settings.c: routes of what administrators settle. */
#include "org/settings.h"

#include "org/settings_routes.h"

#define ADMIN    COX_ROLE_BIT(COX_ADMIN)
#define BODY_MAX (64 * 1024)

#define SETTINGS "{\"type\":\"object\",\"required\":[\"name\",\"zone\",\"currency\",\"features\"]}"

static const struct cox_parameter access_parameters[] = {
    {"limit", "integer", "rows: 1 to 1000, 100 without it"},
    {0},
};

static const struct cox_parameter log_parameters[] = {
    {"limit", "integer", "rows: 1 to 1000, 100 without it"},
    {"before", "string", "only looks before this instant"},
    {"actor", "integer", "only looks by this person"},
    {"subject", "integer", "only looks at data about this person"},
    {0},
};

#define PROCESSING "{\"type\":\"object\",\"required\":[\"rows\",\"access_months\"]}"

static const struct cox_route routes[] = {
    {.method = COX_GET,
        .path = "/api/v1/settings",
        .handle = cox_settings_get,
        .roles = ADMIN,
        .summary = "The company's settings, and which features are on.",
        .out = SETTINGS},
    {.method = COX_PATCH,
        .path = "/api/v1/settings",
        .handle = cox_settings_patch,
        .roles = ADMIN,
        .body_max = BODY_MAX,
        .summary = "Changes settings; features_off lists every feature that is to be off.",
        .in = "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"zone\":{"
              "\"type\":\"string\"},\"currency\":{\"type\":\"string\"},\"features_off\":{"
              "\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}",
        .out = SETTINGS},
    {.method = COX_POST,
        .path = "/api/v1/fields",
        .handle = cox_fields_post,
        .roles = ADMIN,
        .body_max = BODY_MAX,
        .summary = "Adds a field to a kind of record.",
        .in = "{\"type\":\"object\",\"required\":[\"entity\",\"label\",\"type\"],\"properties\":{"
              "\"entity\":{\"type\":\"string\"},\"label\":{\"type\":\"string\"},\"type\":{"
              "\"type\":\"string\"},\"ref\":{\"type\":\"string\"},\"choices\":{\"type\":\"array\","
              "\"items\":{\"type\":\"string\"}},\"flags\":{\"type\":\"array\"}}}",
        .out = "{\"type\":\"object\",\"required\":[\"id\",\"name\"]}"},
    {.method = COX_PATCH,
        .path = "/api/v1/fields/{id}",
        .handle = cox_fields_patch,
        .roles = ADMIN,
        .body_max = BODY_MAX,
        .summary = "Gives an added field another label; its name and values stay.",
        .in = "{\"type\":\"object\",\"required\":[\"label\"],\"properties\":{\"label\":{"
              "\"type\":\"string\"}},\"additionalProperties\":false}",
        .out = "{\"type\":\"object\",\"required\":[\"id\",\"name\",\"label\",\"was\"],"
               "\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},"
               "\"label\":{\"type\":\"string\"},\"was\":{\"type\":\"string\"}}}"},
    {.method = COX_DELETE,
        .path = "/api/v1/fields/{id}",
        .handle = cox_fields_delete,
        .roles = ADMIN,
        .summary = "Retires an added field; earlier states keep its values."},
    {.method = COX_GET,
        .path = "/api/v1/audit",
        .handle = cox_audit_get,
        .roles = ADMIN,
        .summary = "The head of the chain over all commits.",
        .out = "{\"type\":\"object\",\"required\":[\"seq\",\"at\",\"digest\"]}"},
    {.method = COX_POST,
        .path = "/api/v1/audit",
        .handle = cox_audit_post,
        .roles = ADMIN,
        .flags = COX_ROUTE_SAFE,
        .body_max = BODY_MAX,
        .summary = "Computes the chain again from what is stored, and tells faults.",
        .out = "{\"type\":\"object\",\"required\":[\"commits\",\"versions\",\"faults\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/access",
        .handle = cox_access_get,
        .flags = COX_ROUTE_PEOPLE,
        .parameters = access_parameters,
        .summary = "Who looked at data about the caller, newest first.",
        .out = "{\"type\":\"object\",\"required\":[\"rows\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/access/log",
        .handle = cox_access_log_get,
        .roles = COX_ROLE_BIT(COX_COUNCIL),
        .flags = COX_ROUTE_PEOPLE,
        .parameters = log_parameters,
        .summary = "For the works council: who looked at data about whom, newest first.",
        .out = "{\"type\":\"object\",\"required\":[\"rows\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/about-me",
        .handle = cox_about_me_get,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "What is held about the caller: how much, why, on what ground, how long.",
        .out = "{\"type\":\"object\",\"required\":[\"rows\",\"access_months\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/about-me/export",
        .handle = cox_about_me_export,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "All of it that the caller may read, in one file.",
        .out = "{\"type\":\"object\"}"},
    {.method = COX_GET,
        .path = "/api/v1/processing",
        .handle = cox_processing_get,
        .roles = ADMIN | COX_ROLE_BIT(COX_COUNCIL),
        .summary =
            "The record of processing: what is held about people, why, how long, who reads it.",
        .out = PROCESSING},
    {.method = COX_GET,
        .path = "/api/v1/processing.csv",
        .handle = cox_processing_get_csv,
        .roles = ADMIN | COX_ROLE_BIT(COX_COUNCIL),
        .summary = "The record of processing as CSV, a row a field."},
    {.method = COX_GET,
        .path = "/api/v1/processing.md",
        .handle = cox_processing_get_assessment,
        .roles = ADMIN | COX_ROLE_BIT(COX_COUNCIL),
        .summary = "What an impact assessment wants from the program, as Markdown."},
    {.method = COX_PATCH,
        .path = "/api/v1/processing/{entity}",
        .handle = cox_processing_patch,
        .roles = ADMIN,
        .body_max = BODY_MAX,
        .summary =
            "How many months records of a kind (or access_log), or one field of them, are kept after "
            "their last change.",
        .in =
            "{\"type\":\"object\",\"required\":[\"months\"],\"properties\":{\"months\":{"
            "\"type\":\"integer\",\"minimum\":0,\"maximum\":240},\"field\":{\"type\":\"string\"}},"
            "\"additionalProperties\":false}",
        .out = PROCESSING},
    {.method = COX_GET,
        .path = "/api/v1/backups",
        .handle = cox_backups_get,
        .roles = ADMIN,
        .summary = "Backups there are, and whether one is being made.",
        .out = "{\"type\":\"object\",\"required\":[\"state\",\"rows\"]}"},
    {.method = COX_POST,
        .path = "/api/v1/backups",
        .handle = cox_backups_post,
        .roles = ADMIN,
        .body_max = BODY_MAX,
        .summary = "Begins a backup into the operator's folder.",
        .out = "{\"type\":\"object\",\"required\":[\"state\",\"rows\"]}"},
    {0},
};

static const struct cox_part *const parts[] = {&cox_part_backup, &cox_part_expiry, NULL};

const struct cox_feature cox_feature_settings = {
    .name = "settings",
    .help = "The company, features on and off, added fields, backups, audit, who looked at what.",
    .routes = routes,
    .parts = parts,
};
