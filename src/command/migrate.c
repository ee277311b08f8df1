/* command/migrate.c: coxswain migrate: bring a store's tables to what this program declares. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/day.h"
#include "command/command.h"
#include "command/feature_list.h"
#include "record/db.h"

static const struct cox_option options[] = {
    {"dry-run", NULL, "print the plan and change nothing", false},
    {"no-backup", NULL, "do not copy the store first", false},
    {0},
};

/* The file as it is, before this program has touched it: SQLite's own copy. */
static enum cox_rc copy_file(struct cox_cli *cli, struct cox_err *reterr)
{
    const char *to = cox_arena_format(cli->arena, "%s.before-%s-%lld", cli->db, COX_VERSION,
        (long long)time(NULL));
    COX_AUTO_STMT stmt = NULL;
    struct cox_db *db;

    if (to == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_open(cli->db, COX_DB_WRITE, &db, reterr));
    enum cox_rc rc = cox_db_prepare(db, COX_LIT("VACUUM INTO $1"), &stmt, reterr);
    if (rc == COX_OK) {
        cox_stmt_bind_text(stmt, 1, cox_text_of(to));
        rc = cox_stmt_run(stmt, reterr);
    }
    cox_stmt_done(stmt);
    stmt = NULL;
    cox_db_close(db);
    if (rc == COX_OK) {
        cox_cli_note(cli, "copied the store to %s", to);
    }
    return rc;
}

static enum cox_rc save_before(struct cox_cli *cli, struct cox_err *reterr)
{
    if (cox_cli_has(cli, "no-backup")) {
        return COX_OK;
    }
    if (strncmp(cli->db, "postgresql://", 13) == 0 || strncmp(cli->db, "postgres://", 11) == 0) {
        return cox_fail(reterr, COX_INVALID,
            "back the database up first (pg_dump) and say so with --no-backup");
    }
    return copy_file(cli, reterr);
}

static enum cox_rc run(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_store_opt opt = {.url = cli->db, .entities = cox_features_entities(cli->arena)};
    struct cox_store *store;
    struct cox_text plan;

    if (opt.entities == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_cli_check_there(cli->db, reterr));
    COX_TRY(cox_store_plan(&opt, cli->arena, &plan, reterr));
    if (plan.size == 0) {
        cox_cli_note(cli, "nothing to do: the store fits this program");
        return COX_OK;
    }
    (void)fprintf(cli->out, "%.*s%s", (int)plan.size, plan.ptr,
        plan.ptr[plan.size - 1] == '\n' ? "" : "\n");
    if (cox_cli_has(cli, "dry-run")) {
        return COX_OK;
    }
    COX_TRY(save_before(cli, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_CREATE, &store, reterr));
    cox_cli_note(cli, "done");
    return COX_OK;
}

const struct cox_command cox_command_migrate = {
    .name = "migrate",
    .usage = "",
    .line = "bring an older store's tables to what this program needs",
    .help = "Prints the plan, one change a line: new tables, new columns (which may be empty),\n"
            "indexes, names that changed. Nothing stored is dropped or rewritten. A SQLite\n"
            "store is copied beside itself first. After a new version of the program the\n"
            "other commands say when this is needed.\n"
            "\n"
            "  $ coxswain migrate --dry-run\n"
            "  $ coxswain migrate",
    .options = options,
    .run = run,
};
