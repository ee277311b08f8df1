/* command/audit.c: coxswain audit verify, head; coxswain digest. */
#include "record/audit.h"

#include "base/day.h"
#include "base/progress.h"
#include "command/command.h"

static enum cox_rc run_head(struct cox_cli *cli, struct cox_err *reterr)
{
    char at[COX_INSTANT_SIZE];
    struct cox_audit_head head;
    struct cox_store *store;
    struct cox_json json;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_audit_head(store, &head, reterr));
    cox_instant_format(head.at_us, at);
    if (!cli->is_json) {
        (void)fprintf(cli->out, "%lld %s %s\n", (long long)head.seq, at, head.digest);
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "seq", head.seq);
    cox_json_put_string(&json, "at", at);
    cox_json_put_string(&json, "digest", head.digest);
    cox_json_end_object(&json);
    cox_json_newline(&json);
    return cox_json_done(&json, reterr);
}

static void show(void *ctx, int64_t done, int64_t all)
{
    struct cox_progress *progress = ctx;

    progress->total = all;
    cox_progress_at(progress, done);
}

static enum cox_rc print_report(struct cox_cli *cli, const struct cox_audit_report *report,
    struct cox_err *reterr)
{
    struct cox_json json;

    if (!cli->is_json) {
        (void)fprintf(cli->out, "%lld commits, %lld versions, %lld faults\n",
            (long long)report->commit_count, (long long)report->version_count,
            (long long)report->fault_count);
        if (report->fault_count > 0) {
            (void)fprintf(cli->out, "first fault: %s\n", report->fault);
        }
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "commits", report->commit_count);
    cox_json_put_int(&json, "versions", report->version_count);
    cox_json_put_int(&json, "faults", report->fault_count);
    cox_json_put_text(&json, "first_fault",
        report->fault_count == 0 ? (struct cox_text){0} : cox_text_of(report->fault));
    cox_json_end_object(&json);
    cox_json_newline(&json);
    return cox_json_done(&json, reterr);
}

static enum cox_rc run_verify(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_audit_report report;
    struct cox_progress progress;
    struct cox_store *store;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    cox_progress_init(&progress, "verifying commits", 0);
    enum cox_rc rc = cox_audit_verify(store, show, &progress, &report, reterr);
    cox_progress_done(&progress);
    COX_TRY(rc);
    COX_TRY(print_report(cli, &report, reterr));
    cli->exit = report.fault_count == 0 ? COX_EXIT_DONE : COX_EXIT_FAULT;
    return COX_OK;
}

static const struct cox_subcommand audit_commands[] = {
    {"verify", "", "compute the chain of commits again from what is stored", 0, 0, run_verify},
    {"head", "", "print number, instant and digest of the last commit", 0, 0, run_head},
    {0},
};

const struct cox_command cox_command_audit = {
    .name = "audit",
    .line = "prove that nothing stored was changed behind the log's back",
    .help = "Every commit carries a digest over what it changed and over the commit before.\n"
            "\"verify\" computes them all again: a value that was altered in the database, a\n"
            "version or commit that is missing, is a fault, and the exit status is 5.\n"
            "\n"
            "A chain proves nothing against one who can rewrite all of it. Keep what \"head\"\n"
            "prints somewhere else from time to time; a later verify that still passes through\n"
            "that commit and digest shows that nothing before it has changed.\n"
            "\n"
            "  $ coxswain audit verify\n"
            "  $ coxswain audit head >>/mnt/elsewhere/heads.txt",
    .subcommands = audit_commands,
};

static const struct cox_option digest_options[] = {
    {"as-of", "WHEN", "a day (its end), an instant, or seq:123", false},
    {0},
};

static enum cox_rc run_digest(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_as_of as_of;
    struct cox_store *store;
    char digest[65];
    struct cox_json json;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_cli_as_of(store, cox_cli_value(cli, "as-of"), &as_of, reterr));
    COX_TRY(cox_state_digest(store, as_of, digest, reterr));
    if (!cli->is_json) {
        (void)fprintf(cli->out, "%s\n", digest);
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "state", digest);
    cox_json_end_object(&json);
    cox_json_newline(&json);
    return cox_json_done(&json, reterr);
}

const struct cox_command cox_command_digest = {
    .name = "digest",
    .usage = "",
    .line = "print one number for all that is stored, now or as of any instant",
    .help = "The digest is over every record as it was at that instant. Two stores that hold\n"
            "the same, on either database, print the same; an export and a copy can be\n"
            "compared by it.\n"
            "\n"
            "  $ coxswain digest\n"
            "  $ coxswain digest --as-of 2026-03-31",
    .options = digest_options,
    .run = run_digest,
};
