/* sales/routes.c: routes of the sales screens beyond those of the records. */
#include "sales/routes.h"

#include "sales/attachment.h"
#include "sales/attachment_route.h"
#include "sales/home.h"
#include "sales/measure_route.h"
#include "sales/pipeline_route.h"

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

#define ANALYSIS(members)                                                                          \
    "{\"type\":\"object\",\"required\":[\"as_of\",\"as_of_seq\",\"currency\",\"period\"," members  \
    "]}"
#define ABOUT_DEALS                                                                                \
    {"team", "integer", "only deals of the people of this team and those below it"},               \
        {"pipeline", "integer", "only deals of this pipeline"},                                    \
        {"view", "string",                                                                         \
            "was: teams and calendar of the instant read (without it); is: of today"},             \
        {"as_of", "string", "a date, an instant or seq:N"},                                        \
    {                                                                                              \
        "*", "string", "filters as in lists of opportunities"                                      \
    }
#define PERIOD(what)                                                                               \
    {                                                                                              \
        "period", "string",                                                                        \
            what ": 2026-Q1, 2026, 2026-03, a day (its fiscal quarter), 2026-01-05..2026-02-10"    \
    }
#define LIMIT                                                                                      \
    {                                                                                              \
        "limit", "integer", "of the deals shown: 1 to 1000, 100 without it"                        \
    }

static const struct cox_parameter query_parameters[] = {
    {"measure", "string", "one or more names of measures, with commas"},
    {"by", "string", "one or two of owner, team, stage, product, month, quarter, week, day"},
    PERIOD("without it the fiscal quarter of the day read"),
    ABOUT_DEALS,
    {0},
};

static const struct cox_parameter waterfall_parameters[] = {
    {"from", "string", "a day (its beginning) or an instant; without it a week before the end"},
    {"to", "string", "the end, as as_of: a day (its end) or an instant; without it as_of or now"},
    {"by", "string", "owner or team: a waterfall of each beside that of all"},
    {"move", "string", "keys of moves, with commas: the deals behind them are told as well"},
    {"of", "integer", "with by and move: only the deals behind the row of this owner or team"},
    LIMIT,
    PERIOD("only deals expected to close in it"),
    ABOUT_DEALS,
    {0},
};

static const struct cox_parameter slippage_parameters[] = {
    {"by", "string", "owner or team: the same of each"},
    {"move", "string", "keys of moves, with commas: the deals behind them are told as well"},
    {"of", "integer", "with by and move: only the deals behind the row of this owner or team"},
    {"pushed", "integer",
        "open deals whose close day was moved back so often (4: or more) instead"},
    LIMIT,
    PERIOD("what was due in it; without it the fiscal quarter of the day read"),
    ABOUT_DEALS,
    {0},
};

static const struct cox_parameter funnel_parameters[] = {
    {"by", "string", "month or quarter: a cohort of each"},
    {"step", "integer", "a stage: the deals behind its figures are told as well"},
    {"outcome", "string", "with step: entered (without it), onward, still or lost"},
    LIMIT,
    PERIOD("deals created in it; without it the fiscal quarter of the day read"),
    ABOUT_DEALS,
    {0},
};

static const struct cox_parameter velocity_parameters[] = {
    {"by", "string", "month or quarter: the same of each, with the deals open at its end"},
    PERIOD("of winning and losing; without it the fiscal quarter of the day read"),
    ABOUT_DEALS,
    {0},
};

static const struct cox_parameter ageing_parameters[] = {LIMIT, ABOUT_DEALS, {0}};

static const struct cox_parameter reasons_parameters[] = {
    PERIOD("of closing; without it the fiscal quarter of the day read"),
    ABOUT_DEALS,
    {0},
};

static const struct cox_parameter hygiene_parameters[] = {
    {"problem", "string", "a key of problems: the deals that have it are told as well"},
    LIMIT,
    ABOUT_DEALS,
    {0},
};

static const struct cox_parameter risk_parameters[] = {
    {"reason", "string", "a key of reasons: only deals at risk that have it"},
    LIMIT,
    ABOUT_DEALS,
    {0},
};

const struct cox_route cox_routes_sales[] = {
    {.method = COX_GET,
        .path = "/api/v1/measures",
        .handle = cox_measures_get,
        .summary = "What can be measured: name, unit, formula and dimensions of each.",
        .out = "{\"type\":\"object\",\"required\":[\"rows\"],\"properties\":{\"rows\":{"
               "\"type\":\"array\"}}}"},
    {.method = COX_GET,
        .path = "/api/v1/measures/query",
        .handle = cox_measures_query,
        .summary = "Measures by dimensions, with the filter of the records behind each figure.",
        .parameters = query_parameters,
        .out = ANALYSIS("\"by\",\"measures\",\"rows\",\"total\"")},
    {.method = COX_GET,
        .path = "/api/v1/pipeline/waterfall",
        .handle = cox_waterfall_get,
        .summary = "What became of the open pipeline between two instants, every event counted.",
        .parameters = waterfall_parameters,
        .out = ANALYSIS("\"opening\",\"moves\",\"closing\"")},
    {.method = COX_GET,
        .path = "/api/v1/pipeline/slippage",
        .handle = cox_slippage_get,
        .summary =
            "What was due in a period and moved out of it, and how often open deals were pushed.",
        .parameters = slippage_parameters,
        .out = ANALYSIS("\"rate\",\"opening\",\"moves\",\"closing\",\"pushes\"")},
    {.method = COX_GET,
        .path = "/api/v1/pipeline/funnel",
        .handle = cox_funnel_get,
        .summary =
            "How far the deals created in a period came, stage by stage and cohort by cohort.",
        .parameters = funnel_parameters,
        .out = ANALYSIS("\"pipeline\",\"steps\"")},
    {.method = COX_GET,
        .path = "/api/v1/pipeline/velocity",
        .handle = cox_velocity_get,
        .summary = "Sales velocity with its parts, and the days deals stay in each stage.",
        .parameters = velocity_parameters,
        .out = ANALYSIS("\"velocity\",\"stages\"")},
    {.method = COX_GET,
        .path = "/api/v1/pipeline/ageing",
        .handle = cox_ageing_get,
        .summary = "Days of open deals in their stage against what won deals took, by product too.",
        .parameters = ageing_parameters,
        .out = ANALYSIS("\"stages\",\"segments\",\"deals\"")},
    {.method = COX_GET,
        .path = "/api/v1/pipeline/reasons",
        .handle = cox_reasons_get,
        .summary = "Why deals were lost in a period, beside what was won.",
        .parameters = reasons_parameters,
        .out = ANALYSIS("\"won\",\"lost\",\"rows\"")},
    {.method = COX_GET,
        .path = "/api/v1/pipeline/hygiene",
        .handle = cox_hygiene_get,
        .summary = "Open deals without next step, past their day, without amount or activity.",
        .parameters = hygiene_parameters,
        .out = ANALYSIS("\"count\",\"problems\",\"rows\"")},
    {.method = COX_GET,
        .path = "/api/v1/pipeline/risk",
        .handle = cox_risk_get,
        .summary = "Open deals at risk, the largest first, each with its reasons.",
        .parameters = risk_parameters,
        .out = ANALYSIS("\"count\",\"reasons\",\"rows\"")},
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
