/* command/init.c: coxswain init: a new store. */
#include "base/money.h"
#include "base/zone.h"
#include "command/command.h"
#include "leader/skill.h"
#include "record/audit.h"
#include "sales/seed.h"

static const struct cox_option options[] = {
    {"zone", "NAME", "time zone in which the company counts days (else UTC)", false},
    {"currency", "CODE", "the company's own currency (else EUR)", false},
    {"year-starts", "MONTH", "first month of the fiscal year, 1 to 12 (else 1)", false},
    {0},
};

static enum cox_rc seed(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_seed_opt *opt = ctx;
    size_t count;

    COX_TRY(cox_seed(call, opt, reterr));
    return opt->no_pipeline ? COX_OK : cox_skill_seed(call, &count, reterr);
}

static enum cox_rc read_settings(struct cox_cli *cli, const char *usual_currency,
    struct cox_seed_opt *ret, struct cox_err *reterr)
{
    const char *zone_name = cox_cli_value(cli, "zone"), *currency = cox_cli_value(cli, "currency");
    const struct cox_zone *zone;
    int64_t month;

    *ret = (struct cox_seed_opt){.zone = zone_name == NULL ? "UTC" : zone_name,
        .currency = currency == NULL ? usual_currency : currency};
    COX_TRY(cox_zone_open(cox_text_of(ret->zone), cli->arena, &zone, reterr));
    const struct cox_iso_currency *known = cox_iso_currency_find(cox_text_of(ret->currency));
    if (known == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "currency", 0,
            "a currency is a code of ISO 4217: three capital letters, like EUR");
    }
    ret->currency = known->code;
    COX_TRY(cox_cli_int(cli, "year-starts", 1, 12, 1, &month, reterr));
    ret->fiscal_start_month = (int)month;
    return COX_OK;
}

enum cox_rc cox_cli_begin_import(struct cox_cli *cli, struct cox_store *store,
    struct cox_err *reterr)
{
    struct cox_write_opt opt = cox_cli_write_opt(cli);
    struct cox_seed_opt settings;
    struct cox_audit_head head;

    COX_TRY(cox_audit_head(store, &head, reterr));
    if (head.seq > 0) {
        if (cox_cli_has(cli, "zone") || cox_cli_has(cli, "currency") ||
            cox_cli_has(cli, "year-starts")) {
            cox_cli_note(cli,
                "the store at %s keeps its settings: --zone, --currency and "
                "--year-starts are for a new one",
                cli->db);
        }
        return COX_OK;
    }
    COX_TRY(read_settings(cli, "USD", &settings, reterr));
    settings.no_pipeline = true;
    COX_TRY(cox_store_write(store, &opt, seed, &settings, NULL, reterr));
    cox_cli_note(cli, "%s a new store at %s; the company's currency is %s, its zone %s",
        cox_cli_has(cli, "dry-run") ? "a real import would make" : "made", cli->db,
        settings.currency, settings.zone);
    return COX_OK;
}

static enum cox_rc run(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_write_opt opt = cox_cli_write_opt(cli);
    struct cox_store *store;
    struct cox_seed_opt settings;
    struct cox_audit_head head;

    COX_TRY(read_settings(cli, "EUR", &settings, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_CREATE, &store, reterr));
    COX_TRY(cox_audit_head(store, &head, reterr));
    if (head.seq > 0) {
        return cox_fail(reterr, COX_CONFLICT, "there is a store at %s already, with %lld commits",
            cli->db, (long long)head.seq);
    }
    COX_TRY(cox_store_write(store, &opt, seed, &settings, NULL, reterr));
    cox_cli_note(cli, "made a new store at %s", cli->db);
    return COX_OK;
}

const struct cox_command cox_command_init = {
    .name = "init",
    .usage = "",
    .line = "make a new store",
    .help = "Makes the store that --db names: a file for SQLite (the folder must exist), or\n"
            "the tables in a PostgreSQL database that exists and is empty. The time zone and\n"
            "currency decide how days and sums of money are counted; they can be changed\n"
            "later, for what is saved from then on. A new store has one pipeline of six stages,\n"
            "reasons for loss, a fiscal calendar, working hours and a catalogue of skills, all to\n"
            "be changed.\n"
            "\n"
            "  $ coxswain init --zone Europe/Berlin --currency EUR\n"
            "  $ coxswain init --db postgresql://cox@db.example/sales",
    .options = options,
    .run = run,
};
