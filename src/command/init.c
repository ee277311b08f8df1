/* command/init.c: coxswain init: an empty store. */
#include <string.h>

#include "base/zone.h"
#include "command/command.h"
#include "record/audit.h"

static const struct cox_option options[] = {
    {"zone", "NAME", "time zone in which the company counts days (else UTC)", false},
    {"currency", "CODE", "the company's own currency (else EUR)", false},
    {0},
};

struct settings {
    struct cox_text zone, currency;
};

static enum cox_rc put(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct settings *settings = ctx;

    COX_TRY(cox_setting_put(call, "zone", settings->zone, reterr));
    return cox_setting_put(call, "currency", settings->currency, reterr);
}

static enum cox_rc read_settings(struct cox_cli *cli, struct settings *ret, struct cox_err *reterr)
{
    const char *zone_name = cox_cli_value(cli, "zone"), *currency = cox_cli_value(cli, "currency");
    const struct cox_zone *zone;

    ret->zone = cox_text_of(zone_name == NULL ? "UTC" : zone_name);
    ret->currency = cox_text_of(currency == NULL ? "EUR" : currency);
    COX_TRY(cox_zone_open(ret->zone, cli->arena, &zone, reterr));
    bool is_code = ret->currency.size == 3;
    for (size_t i = 0; i < ret->currency.size; i++) {
        is_code = is_code && ret->currency.ptr[i] >= 'A' && ret->currency.ptr[i] <= 'Z';
    }
    if (!is_code) {
        return cox_fail_at(reterr, COX_INVALID, "currency", 0,
            "a currency has three capital letters, like EUR");
    }
    return COX_OK;
}

static enum cox_rc run(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_write_opt opt = cox_cli_write_opt(cli);
    struct cox_store *store;
    struct settings settings;
    struct cox_audit_head head;
    struct cox_commit commit;

    COX_TRY(read_settings(cli, &settings, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_CREATE, &store, reterr));
    COX_TRY(cox_audit_head(store, &head, reterr));
    if (head.seq > 0) {
        return cox_fail(reterr, COX_CONFLICT, "there is a store at %s already, with %lld commits",
            cli->db, (long long)head.seq);
    }
    COX_TRY(cox_store_write(store, &opt, put, &settings, &commit, reterr));
    cox_cli_note(cli, "made an empty store at %s", cli->db);
    return COX_OK;
}

const struct cox_command cox_command_init = {
    .name = "init",
    .usage = "",
    .line = "make an empty store",
    .help = "Makes the store that --db names: a file for SQLite (the folder must exist), or\n"
            "the tables in a PostgreSQL database that exists and is empty. The time zone and\n"
            "currency decide how days and sums of money are counted; they can be changed\n"
            "later, for what is saved from then on.\n"
            "\n"
            "  $ coxswain init --zone Europe/Berlin --currency EUR\n"
            "  $ coxswain init --db postgresql://cox@db.example/sales",
    .options = options,
    .run = run,
};
