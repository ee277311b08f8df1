/* command/brief.c: coxswain brief: what deserves attention today, for one hat. */
#include "sales/brief.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/brief_text.h"
#include "command/command.h"
#include "command/feature_list.h"
#include "org/actor.h"
#include "org/people.h"
#include "record/query.h"
#include "record/switches.h"
#include "sales/brief_json.h"
#include "sales/opportunity.h"
#include "sales/team.h"

static const struct cox_option options[] = {
    {"hat", "HAT", "manager (the course), leader (the crew) or rep (my own work)", false},
    {"user", "PERSON", "as this person sees it: e-mail address or number", false},
    {"team", "TEAM", "only this team and those below it: name or number", false},
    {"quarter-of", "DAY", "figures of the quarter this day lies in (else that of --as-of)", false},
    {"as-of", "WHEN", "as it stood then: a date, an instant, seq:NUMBER, or last (closing)", false},
    {0},
};

struct ask {
    struct cox_cli *cli;
    struct cox_brief_ask brief;
    struct cox_actor actor;
    const char *who, *team;
    int64_t as_of_us; /* 0: now */
};

/* ---- who asks ---- */

/* Authority is today's, whatever instant is read. */
static enum cox_rc find_people(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ask *ask = (struct ask *)ctx;

    ask->actor = cox_cli_actor();
    if (ask->who != NULL) {
        COX_TRY(
            cox_actor_find(call, cox_text_of(ask->who), cox_call_today(call), &ask->actor, reterr));
        ask->brief.user = ask->actor.user_id;
        if (ask->brief.hat != COX_REP && (ask->actor.roles & COX_ROLE_BIT(ask->brief.hat)) == 0) {
            return cox_fail_at(reterr, COX_DENIED, "user", 0, "%s does not wear the %s's hat",
                ask->who, cox_brief_hat_name(ask->brief.hat));
        }
    }
    return ask->team == NULL
               ? COX_OK
               : cox_team_find(call, cox_text_of(ask->team), &ask->brief.team, reterr);
}

static enum cox_rc write_json(struct cox_cli *cli, const struct cox_brief *brief,
    struct cox_err *reterr)
{
    struct cox_json json;

    cox_cli_json(cli, &json);
    cox_brief_put_json(brief, COX_BRIEF_MINOR, &json);
    COX_TRY(cox_json_done(&json, reterr));
    return fputc('\n', cli->out) == EOF ? cox_fail(reterr, COX_IO, "writing the output failed")
                                        : COX_OK;
}

/* ---- the brief ---- */

static enum cox_rc write_text(struct cox_cli *cli, const struct cox_brief *brief,
    struct cox_err *reterr)
{
    struct cox_sink sink = cox_cli_sink(cli);
    struct cox_buf buf;
    enum cox_rc rc;

    cox_buf_init(&buf, 16 << 20);
    cox_brief_write_text(brief, cox_terminal_width(fileno(cli->out)), &buf);
    rc = buf.failed ? cox_no_memory(reterr) : sink.write(sink.ctx, buf.ptr, buf.size, reterr);
    cox_buf_done(&buf);
    return rc;
}

static enum cox_rc make(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ask *ask = (struct ask *)ctx;
    struct cox_brief brief;

    COX_TRY(cox_brief_open(call, &ask->brief, &brief, reterr));
    for (size_t f = 0; cox_features[f] != NULL; f++) {
        const struct cox_signal *const *signals =
            cox_call_is_off(call, cox_features[f]->name) ? NULL : cox_features[f]->signals;

        for (size_t s = 0; signals != NULL && signals[s] != NULL; s++) {
            if ((signals[s]->hats & COX_ROLE_BIT(ask->brief.hat)) != 0) {
                COX_TRY(signals[s]->add(&brief, reterr));
            }
        }
    }
    return ask->cli->is_json ? write_json(ask->cli, &brief, reterr)
                             : write_text(ask->cli, &brief, reterr);
}

/*
 * Deals that an export dates nowhere begin when they came here. In a view of an earlier day they are
 * missing, and whoever compares it with the export should read why.
 */
static enum cox_rc tell_undated(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_OPPORTUNITY_CREATED_DAY, "is", cox_null()},
        {COX_OPPORTUNITY_CLOSED_DAY, "is", cox_null()},
    };
    struct cox_query query = {.entity = &cox_opportunity, .limit = 1, .want_count = true};
    struct ask *ask = (struct ask *)ctx;
    struct cox_page page;

    COX_TRY(
        cox_filter_build(call, &cox_opportunity, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    if (page.count > 0 && page.rows[0].from_us > ask->as_of_us) {
        (void)fprintf(ask->cli->out,
            "\nNot in this view: %lld%s open deals that bear no date; they begin with the day they "
            "came here.\n",
            (long long)page.total, page.total_is_exact ? "" : "+");
    }
    return COX_OK;
}

static enum cox_rc read_hat(const struct cox_cli *cli, enum cox_role *ret_hat,
    struct cox_err *reterr)
{
    const char *hat = cox_cli_value(cli, "hat");

    if (hat == NULL || strcmp(hat, "manager") == 0) {
        *ret_hat = COX_MANAGER;
    } else if (strcmp(hat, "leader") == 0) {
        *ret_hat = COX_LEADER;
    } else if (strcmp(hat, "rep") == 0) {
        *ret_hat = COX_REP;
    } else {
        return cox_fail(reterr, COX_INVALID, "--hat is manager, leader or rep");
    }
    return COX_OK;
}

static enum cox_rc read_quarter(const struct cox_cli *cli, struct cox_brief_ask *ask,
    struct cox_err *reterr)
{
    const struct cox_date_opt date = {.order = COX_DATE_YMD};
    const char *day = cox_cli_value(cli, "quarter-of");

    ask->has_period_day = day != NULL;
    return day == NULL ? COX_OK : cox_day_parse(cox_text_of(day), &date, &ask->period_day, reterr);
}

static enum cox_rc run(struct cox_cli *cli, struct cox_err *reterr)
{
    struct ask ask = {
        .cli = cli,
        .who = cox_cli_value(cli, "user"),
        .team = cox_cli_value(cli, "team"),
    };
    struct cox_read_opt opt = cox_cli_read_opt();
    struct cox_store *store;

    COX_TRY(read_hat(cli, &ask.brief.hat, reterr));
    COX_TRY(read_quarter(cli, &ask.brief, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_store_read(store, &opt, find_people, &ask, reterr));
    COX_TRY(cox_cli_as_of(store, cox_cli_value(cli, "as-of"), &opt.as_of, reterr));
    opt.actor = ask.actor;
    COX_TRY(cox_store_read(store, &opt, make, &ask, reterr));
    ask.as_of_us = opt.as_of.at_us;
    if (cli->is_json || ask.brief.hat != COX_MANAGER || ask.as_of_us == 0) {
        return COX_OK;
    }
    opt.as_of = (struct cox_as_of){0};
    return cox_store_read(store, &opt, tell_undated, &ask, reterr);
}

const struct cox_command cox_command_brief = {
    .name = "brief",
    .usage = "",
    .line = "what deserves attention today, for the manager's or the leader's hat",
    .help = "The manager's brief: the quarter so far, quotas and pace by working days, the\n"
            "open pipeline by stage, stuck deals with their reasons, wins and losses by\n"
            "person. The leader's: who needs a 1:1, promises due, wins to recognise,\n"
            "newcomers, load. A rep's (with --user): the own number, next steps, what is due.\n"
            "Every figure is of one instant and says of which days.\n"
            "\n"
            "Without --user it is the operator's, of the whole company; 1:1s and promises\n"
            "are then not shown, as they belong to the two people of each. With --user it\n"
            "shows what that person may see today, and nothing else.\n"
            "\n"
            "  $ coxswain brief\n"
            "  $ coxswain brief --hat leader --user ada@example.com\n"
            "  $ coxswain brief --quarter-of 2025-12-31\n"
            "  $ coxswain brief --team North --as-of 2026-03-31 --json",
    .options = options,
    .run = run,
};
