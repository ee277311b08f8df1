/* command/demo.c: coxswain demo: an invented company to try things on. */
#include "demo/demo.h"

#include <string.h>
#include <time.h>

#include "base/day.h"
#include "command/command.h"
#include "command/feature_list.h"

static const struct cox_option options[] = {
    {"size", "SIZE", "small (default), company, or large (two million deals: takes long)", false},
    {"seed", "NUMBER", "another number makes another company (else 1)", false},
    {"today", "DAY", "the demo's last day is the one before (else today, UTC)", false},
    {"deals", "COUNT", "that many deals instead of what the size says", false},
    {0},
};

static enum cox_rc read_opt(struct cox_cli *cli, struct cox_demo_opt *opt, struct cox_err *reterr)
{
    const struct cox_date_opt date = {.order = COX_DATE_YMD};
    const char *size = cox_cli_value(cli, "size"), *today = cox_cli_value(cli, "today");
    struct timespec now;
    int64_t seed;

    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail with this clock */
    opt->today = now.tv_sec / 86400;
    opt->size = COX_DEMO_SMALL;
    if (size != NULL) {
        for (opt->size = 0; strcmp(size, cox_demo_size_names[opt->size]) != 0;) {
            if (++opt->size == COX_DEMO_SIZE_COUNT) {
                return cox_fail(reterr, COX_INVALID, "--size is small, company or large");
            }
        }
    }
    if (today != NULL) {
        COX_TRY(cox_day_parse(cox_text_of(today), &date, &opt->today, reterr));
    }
    COX_TRY(cox_cli_int(cli, "seed", 0, INT64_MAX, 1, &seed, reterr));
    COX_TRY(cox_cli_int(cli, "deals", 1, 100000000, 0, &opt->deal_count, reterr));
    opt->seed = (uint64_t)seed;
    return COX_OK;
}

static enum cox_rc write_json(struct cox_cli *cli, const struct cox_demo_report *report,
    struct cox_err *reterr)
{
    struct cox_json json;

    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "people", report->people);
    cox_json_put_int(&json, "accounts", report->accounts);
    cox_json_put_int(&json, "contacts", report->contacts);
    cox_json_put_int(&json, "leads", report->leads);
    cox_json_put_int(&json, "deals", report->deals);
    cox_json_put_int(&json, "deal_versions", report->deal_versions);
    cox_json_put_int(&json, "activities", report->activities);
    cox_json_put_int(&json, "quotas", report->quotas);
    cox_json_put_int(&json, "one_on_ones", report->talks);
    cox_json_put_string(&json, "manager_email", report->manager_email);
    cox_json_put_string(&json, "leader_email", report->leader_email);
    cox_json_end_object(&json);
    COX_TRY(cox_json_done(&json, reterr));
    return fputc('\n', cli->out) == EOF ? cox_fail(reterr, COX_IO, "writing the output failed")
                                        : COX_OK;
}

static enum cox_rc run(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_progress progress;
    struct cox_demo_opt opt = {
        .url = cli->db,
        .entities = cox_features_entities(cli->arena),
        .progress = cli->is_json ? NULL : &progress,
    };
    struct cox_demo_report report;

    if (opt.entities == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_opt(cli, &opt, reterr));
    COX_TRY(cox_demo_make(&opt, &report, reterr));
    if (cli->is_json) {
        return write_json(cli, &report, reterr);
    }
    (void)fprintf(cli->out,
        "An invented company is in %s: %lld people, %lld accounts, %lld contacts, %lld leads,\n"
        "%lld deals in %lld versions, %lld activities, %lld quotas, %lld 1:1s.\n"
        "Look at it:\n"
        "  coxswain brief\n"
        "  coxswain brief --user %s\n"
        "  coxswain brief --hat leader --user %s\n",
        cli->db, (long long)report.people, (long long)report.accounts, (long long)report.contacts,
        (long long)report.leads, (long long)report.deals, (long long)report.deal_versions,
        (long long)report.activities, (long long)report.quotas, (long long)report.talks,
        report.manager_email, report.leader_email);
    return COX_OK;
}

const struct cox_command cox_command_demo = {
    .name = "demo",
    .usage = "",
    .line = "fill an empty store with an invented company",
    .help = "Writes a company that does not exist, with three years of history: people who\n"
            "come, ramp up and leave, a reorganisation, seasons, deals that slip, quotas,\n"
            "1:1s with notes and promises. The same size, seed and day make the same records\n"
            "on every machine. The store must be empty or not there yet.\n"
            "\n"
            "  $ coxswain demo --db demo.db\n"
            "  $ coxswain demo --db demo.db --size company --seed 7 --today 2026-07-01",
    .options = options,
    .run = run,
};
