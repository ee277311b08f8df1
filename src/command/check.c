/* command/check.c: coxswain check: is this machine fit, and does the store hold together? */
#include <string.h>
#include <sys/statvfs.h>

#include "base/zone.h"
#include "command/command.h"
#include "record/audit.h"
#include "record/erase.h"
#include "record/inspect.h"

enum { FREE_LEAST_MIB = 256 };

static const struct cox_option options[] = {
    {"quick", NULL, "leave out what reads the whole store", false},
    {0},
};

struct check {
    struct cox_cli *cli;
    struct cox_json json;
    int64_t fault_count;
    bool is_quick;
    struct cox_inspect_report inspect;
    struct cox_text zone; /* ptr NULL: not set */
};

/* One line: what was looked at, whether it is well, and what was found. */
static void say(struct check *check, const char *what, bool is_well, const char *found)
{
    check->fault_count += is_well ? 0 : 1;
    if (!check->cli->is_json) {
        (void)fprintf(check->cli->out, "%-4s %-12s %s\n", is_well ? "ok" : "BAD", what, found);
        return;
    }
    cox_json_begin_object(&check->json);
    cox_json_put_string(&check->json, "check", what);
    cox_json_put_bool(&check->json, "ok", is_well);
    cox_json_put_string(&check->json, "found", found);
    cox_json_end_object(&check->json);
}

static void check_disk(struct check *check, enum cox_engine engine)
{
    char folder[4096], found[160];
    struct statvfs space;

    if (engine != COX_SQLITE) {
        return;
    }
    const char *slash = strrchr(check->cli->db, '/');
    int length = slash == NULL ? 1 : (int)(slash - check->cli->db) + 1;
    (void)snprintf(folder, sizeof(folder), "%.*s", length, slash == NULL ? "." : check->cli->db);
    if (statvfs(folder, &space) != 0) {
        return; /* the store is open, so the folder is there; what cannot be asked is no fault */
    }
    uint64_t mib = (uint64_t)space.f_bavail * space.f_frsize >> 20;
    (void)snprintf(found, sizeof(found), "%llu MiB free beside the store", (unsigned long long)mib);
    say(check, "disk", mib >= FREE_LEAST_MIB, found);
}

static void check_zone(struct check *check)
{
    const struct cox_zone *zone;
    struct cox_err err;
    struct cox_text name = check->zone.ptr == NULL ? COX_LIT("UTC") : check->zone;

    if (cox_zone_open(name, check->cli->arena, &zone, &err) == COX_OK) {
        say(check, "time zone", true, check->zone.ptr == NULL ? "UTC" : check->zone.ptr);
    } else {
        say(check, "time zone", false, err.text);
    }
}

static enum cox_rc read_store(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct check *check = ctx;
    struct cox_text zone;

    COX_TRY(cox_setting_get(call, "zone", &zone, reterr));
    check->zone = cox_arena_text(check->cli->arena, zone);
    return check->is_quick ? COX_OK : cox_inspect(call, &check->inspect, reterr);
}

static enum cox_rc check_content(struct check *check, struct cox_store *store,
    struct cox_err *reterr)
{
    struct cox_audit_report audit;
    bool is_pending;
    char found[400];

    (void)snprintf(found, sizeof(found), "%lld references; %s",
        (long long)check->inspect.reference_count,
        check->inspect.fault_count == 0 ? "all lead somewhere" : check->inspect.fault);
    say(check, "structure", check->inspect.fault_count == 0, found);
    COX_TRY(cox_audit_verify(store, NULL, NULL, &audit, reterr));
    (void)snprintf(found, sizeof(found), "%lld commits, %lld versions; %s",
        (long long)audit.commit_count, (long long)audit.version_count,
        audit.fault_count == 0 ? "the chain is whole" : audit.fault);
    say(check, "audit", audit.fault_count == 0, found);
    COX_TRY(cox_erase_is_pending(store, &is_pending, reterr));
    say(check, "erasure", !is_pending,
        is_pending ? "traces of erased people are still to be purged" : "nothing left to purge");
    return COX_OK;
}

static enum cox_rc run(struct cox_cli *cli, struct cox_err *reterr)
{
    struct check check = {.cli = cli, .is_quick = cox_cli_has(cli, "quick")};
    const struct cox_read_opt opt = cox_cli_read_opt();
    struct cox_store *store;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_store_read(store, &opt, read_store, &check, reterr));
    if (cli->is_json) {
        cox_cli_json(cli, &check.json);
        cox_json_begin_array(&check.json);
    }
    say(&check, "store", true,
        cox_store_engine(store) == COX_SQLITE ? "SQLite, opened" : "PostgreSQL, opened");
    check_disk(&check, cox_store_engine(store));
    check_zone(&check);
    if (!check.is_quick) {
        COX_TRY(check_content(&check, store, reterr));
    }
    cli->exit = check.fault_count == 0 ? COX_EXIT_DONE : COX_EXIT_FAULT;
    if (!cli->is_json) {
        return COX_OK;
    }
    cox_json_end_array(&check.json);
    cox_json_newline(&check.json);
    return cox_json_done(&check.json, reterr);
}

const struct cox_command cox_command_check = {
    .name = "check",
    .usage = "",
    .line = "is this machine fit, and does the store hold together?",
    .help = "A line for each thing looked at. The store: can it be opened, are its indexes and\n"
            "tables one, do all references lead somewhere, is the chain of commits whole, is\n"
            "nothing left of erased people. The machine: disk space, time zones. With a fault\n"
            "the exit status is 5.\n"
            "\n"
            "  $ coxswain check\n"
            "  $ coxswain check --quick --json",
    .options = options,
    .run = run,
};
