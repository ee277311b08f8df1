/* sales/routes.c: routes of the sales screens beyond those of the records. */
#include "sales/routes.h"

#include "sales/attachment.h"
#include "sales/attachment_route.h"
#include "sales/home.h"

static const struct cox_parameter home_parameters[] = {
    {"hat", "string", "manager, leader or rep (without it: rep)"},
    {"team", "integer", "only the people of this team and those below it"},
    {"period", "string", "a day: figures of its quarter (without it: of the quarter read)"},
    {"since", "string", "an instant: what has moved is told from then on (without it: a week)"},
    {"as_of", "string", "a date, an instant or seq:N"},
    {0},
};

static const struct cox_parameter board_parameters[] = {
    {"pipeline", "integer", "which pipeline (without it: the default one)"},
    {"column", "integer", "a stage: only its column"},
    {"cursor", "string", "with column: the next of that column, for further cards"},
    {"limit", "integer", "cards in a column: 1 to 200, 50 without it"},
    {"order", "string", "of cards: close_day, amount or stage_day"},
    {"search", "string", "words that a deal contains"},
    {"as_of", "string", "a date, an instant or seq:N"},
    {"*", "string", "filters as in lists of opportunities"},
    {0},
};

static const struct cox_parameter attachment_parameters[] = {
    {"name", "string", "the file's name"},
    {"opportunity", "integer", "the deal it belongs to"},
    {"account", "integer", "or the account"},
    {"contact", "integer", "or the contact"},
    {"lead", "integer", "or the lead"},
    {"activity", "integer", "or the activity"},
    {0},
};

static const struct cox_parameter as_of_parameters[] = {
    {"as_of", "string", "a date, an instant or seq:N"},
    {0},
};

const struct cox_route cox_routes_sales[] = {
    {.method = COX_POST,
        .path = "/api/v1/attachments",
        .handle = cox_attachments_post,
        .flags = COX_ROUTE_KEEPS_BODY,
        .body_max = COX_ATTACHMENT_SIZE_MAX,
        .summary = "Keeps a file with a record; the body is the file.",
        .parameters = attachment_parameters,
        .out = "{\"type\":\"object\",\"required\":[\"id\",\"name\",\"size\"]}"},
    {.method = COX_GET,
        .path = "/api/v1/attachments/{id}/content",
        .handle = cox_attachments_content,
        .summary = "The file, as a download.",
        .parameters = as_of_parameters},
    {.method = COX_GET,
        .path = "/api/v1/home",
        .handle = cox_home_get,
        .flags = COX_ROUTE_PEOPLE,
        .summary = "The home page of a hat: sections of figures, each with the ids of its records.",
        .parameters = home_parameters,
        .out = "{\"type\":\"object\",\"required\":[\"hat\",\"as_of_seq\",\"day\",\"period\","
               "\"sections\"],\"properties\":{\"hat\":{\"type\":\"string\"},"
               "\"as_of_seq\":{\"type\":\"integer\"},\"sections\":{\"type\":\"object\"}}}"},
    {.method = COX_GET,
        .path = "/api/v1/board",
        .handle = cox_board_get,
        .summary = "The pipeline board: exact sums of every stage, and its first cards.",
        .parameters = board_parameters,
        .out = "{\"type\":\"object\",\"required\":[\"pipeline\",\"columns\"],\"properties\":{"
               "\"pipeline\":{\"type\":\"integer\"},\"columns\":{\"type\":\"array\"}}}"},
    {0},
};
