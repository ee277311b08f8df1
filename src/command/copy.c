/* command/copy.c: coxswain backup, restore, move: three names for one verified copy of a store. */
#include "record/copy.h"

#include <string.h>

#include "base/progress.h"
#include "command/command.h"

static bool show(void *ctx, int64_t done, int64_t all)
{
    struct cox_progress *progress = ctx;

    progress->total = all;
    cox_progress_at(progress, done);
    return true;
}

static enum cox_rc print_report(struct cox_cli *cli, const char *to,
    const struct cox_copy_report *report, struct cox_err *reterr)
{
    struct cox_json json;

    if (!cli->is_json) {
        (void)fprintf(cli->out, "%s: commit %lld, %lld rows, state %.16s, verified\n", to,
            (long long)report->seq, (long long)report->row_count, report->state);
        if (report->erased_count > 0) {
            (void)fprintf(cli->out, "erased anew: %lld records\n", (long long)report->erased_count);
        }
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "to", to);
    cox_json_put_int(&json, "seq", report->seq);
    cox_json_put_int(&json, "rows", report->row_count);
    cox_json_put_string(&json, "state", report->state);
    cox_json_put_string(&json, "chain", report->chain);
    cox_json_put_int(&json, "erased_anew", report->erased_count);
    cox_json_end_object(&json);
    cox_json_newline(&json);
    return cox_json_done(&json, reterr);
}

static enum cox_rc copy(struct cox_cli *cli, struct cox_store *from, struct cox_copy_opt *opt,
    struct cox_err *reterr)
{
    struct cox_copy_report report;
    struct cox_progress progress;

    cox_progress_init(&progress, "copying rows", 0);
    opt->progress = show;
    opt->ctx = &progress;
    enum cox_rc rc = cox_store_copy(from, opt, &report, reterr);
    cox_progress_done(&progress);
    COX_TRY(rc);
    return print_report(cli, opt->to_url, &report, reterr);
}

static bool is_postgres(const char *url)
{
    return strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0;
}

/* ---- backup ---- */

static const struct cox_option backup_options[] = {
    {"without-secrets", NULL, "leave passwords, tokens and keys behind", false},
    {"erased", "FILE", "also write the list of erased records, for later restores", false},
    {0},
};

static enum cox_rc run_backup(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_copy_opt opt = {.to_url = cli->args[0],
        .leave_secrets = cox_cli_has(cli, "without-secrets")};
    const char *erased = cox_cli_value(cli, "erased");
    struct cox_store *store;

    if (is_postgres(opt.to_url)) {
        return cox_fail(reterr, COX_INVALID,
            "a backup is a file; \"coxswain move\" copies into a database");
    }
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(copy(cli, store, &opt, reterr));
    return erased == NULL ? COX_OK : cox_erased_save(store, erased, reterr);
}

const struct cox_command cox_command_backup = {
    .name = "backup",
    .usage = "FILE",
    .line = "copy the store into a file while others go on working",
    .help = "The backup is a Coxswain store of its own (SQLite), whatever database the store is\n"
            "in: it can be looked into, exported from and restored. It is of one commit, is\n"
            "verified by chain and state digest before it gets its name, and is never written\n"
            "over. Who is erased later is erased from a restored backup again when --erased\n"
            "is kept beside the backups and given to restore.\n"
            "\n"
            "  $ coxswain backup /mnt/backup/sales-$(date +%F).db \\\n"
            "      --erased /mnt/backup/erased.txt\n"
            "  $ coxswain brief --db /mnt/backup/sales-2026-03-31.db",
    .options = backup_options,
    .arg_min = 1,
    .arg_max = 1,
    .run = run_backup,
};

/* ---- restore ---- */

static const struct cox_option restore_options[] = {
    {"erased", "FILE", "list of erased records kept beside the backups", false},
    {0},
};

/* The store at another place than --db names. */
static enum cox_rc open_at(struct cox_cli *cli, const char *url, struct cox_store **ret_store,
    struct cox_err *reterr)
{
    const char *db = cli->db;

    cli->db = url;
    enum cox_rc rc = cox_cli_store(cli, COX_CLI_EXISTING, ret_store, reterr);
    cli->db = db;
    return rc;
}

static enum cox_rc run_restore(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_copy_opt opt = {.to_url = cli->db, .erased = cox_cli_value(cli, "erased")};
    struct cox_store *store;

    COX_TRY(open_at(cli, cli->args[0], &store, reterr));
    return copy(cli, store, &opt, reterr);
}

const struct cox_command cox_command_restore = {
    .name = "restore",
    .usage = "FILE",
    .line = "make the store anew from a backup",
    .help = "--db names where the store will be; there must be nothing yet: a store is never\n"
            "written over. Move the old one away first. The copy is verified like a backup.\n"
            "\n"
            "  $ mv coxswain.db broken.db; mv coxswain.db-wal broken.db-wal\n"
            "  $ coxswain restore /mnt/backup/sales-2026-03-31.db \\\n"
            "      --erased /mnt/backup/erased.txt",
    .options = restore_options,
    .arg_min = 1,
    .arg_max = 1,
    .run = run_restore,
};

/* ---- move ---- */

static enum cox_rc run_move(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_copy_opt opt = {.to_url = cli->args[0]};
    struct cox_store *store;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    return copy(cli, store, &opt, reterr);
}

const struct cox_command cox_command_move = {
    .name = "move",
    .usage = "URL",
    .line = "copy the store into another database, SQLite or PostgreSQL",
    .help = "Copies everything, its history and its secrets, from --db to URL, in either\n"
            "direction. The database must exist and be empty. The copy is compared by its\n"
            "digests; the old store is left as it is, for you to put away. Stop whoever\n"
            "writes to it first: what is saved after the copy began stays behind.\n"
            "\n"
            "  $ coxswain move postgresql://cox@db.example/sales\n"
            "  $ coxswain move ./coxswain.db --db postgresql://cox@db.example/sales",
    .arg_min = 1,
    .arg_max = 1,
    .run = run_move,
};
