/* command/erase.c: coxswain erase preview, run, finish: a person's data out of every version. */
#include "record/erase.h"

#include <string.h>

#include "base/num.h"
#include "command/command.h"
#include "record/copy.h"

struct ask {
    const char *table;
    int64_t id;
    bool is_preview;
    struct cox_erase_report report;
};

/* Ways to sign in are no records: they go by deleting them. */
static enum cox_rc drop_sign_in(struct cox_call *call, int64_t user_id, struct cox_err *reterr)
{
    static const char *const statements[] = {
        "DELETE FROM \"credential\" WHERE \"user_id\" = $1",
        "DELETE FROM \"token\" WHERE \"user_id\" = $1",
    };

    for (size_t i = 0; i < COX_COUNT(statements); i++) {
        COX_AUTO_STMT stmt = NULL;
        COX_TRY(cox_db_prepare(cox_call_db(call), cox_text_of(statements[i]), &stmt, reterr));
        cox_stmt_bind_int(stmt, 1, user_id);
        COX_TRY(cox_stmt_run(stmt, reterr));
    }
    return COX_OK;
}

static enum cox_rc erase(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ask *ask = ctx;
    const struct cox_table *table =
        cox_registry_find(cox_call_registry(call), cox_text_of(ask->table));

    if (table == NULL) {
        return cox_fail(reterr, COX_MISSING, "there is no table %s", ask->table);
    }
    COX_TRY(cox_erase(call, table->entity, ask->id, &ask->report, reterr));
    if (strcmp(table->entity->name, "user") == 0) {
        COX_TRY(drop_sign_in(call, ask->id, reterr));
    }
    /* Tried and taken back: what would be erased is known exactly. */
    return ask->is_preview ? cox_fail(reterr, COX_CANCELLED, "only looked at") : COX_OK;
}

static enum cox_rc try_erase(struct cox_cli *cli, struct ask *ask, struct cox_store **ret_store,
    struct cox_err *reterr)
{
    struct cox_write_opt opt = cox_cli_write_opt(cli);

    opt.cause = COX_CAUSE_ERASE;
    ask->table = cli->args[0];
    if (!cox_num_parse_plain(cox_text_of(cli->args[1]), &ask->id) || ask->id <= 0) {
        return cox_fail(reterr, COX_INVALID, "%s is no id", cli->args[1]);
    }
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, ret_store, reterr));
    enum cox_rc rc = cox_store_write(*ret_store, &opt, erase, ask, NULL, reterr);
    return rc == COX_CANCELLED && ask->is_preview ? COX_OK : rc;
}

static enum cox_rc print_report(struct cox_cli *cli, const struct ask *ask, const char *what,
    struct cox_err *reterr)
{
    struct cox_json json;

    if (!cli->is_json) {
        (void)fprintf(cli->out, "%s: %lld records in %lld versions\n", what,
            (long long)ask->report.record_count, (long long)ask->report.version_count);
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "records", ask->report.record_count);
    cox_json_put_int(&json, "versions", ask->report.version_count);
    cox_json_end_object(&json);
    cox_json_newline(&json);
    return cox_json_done(&json, reterr);
}

static enum cox_rc run_preview(struct cox_cli *cli, struct cox_err *reterr)
{
    struct ask ask = {.is_preview = true};
    struct cox_store *store;

    COX_TRY(try_erase(cli, &ask, &store, reterr));
    return print_report(cli, &ask, "would be erased", reterr);
}

static enum cox_rc save_list(struct cox_cli *cli, struct cox_store *store, struct cox_err *reterr)
{
    const char *list = cox_cli_value(cli, "list");

    return list == NULL ? COX_OK : cox_erased_save(store, list, reterr);
}

static enum cox_rc run_erase(struct cox_cli *cli, struct cox_err *reterr)
{
    struct ask ask = {.is_preview = false};
    struct cox_store *store;

    COX_TRY(try_erase(cli, &ask, &store, reterr));
    COX_TRY(save_list(cli, store, reterr));
    COX_TRY(cox_erase_finish(store, reterr));
    return print_report(cli, &ask, "erased", reterr);
}

static enum cox_rc run_finish(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_store *store;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(save_list(cli, store, reterr));
    COX_TRY(cox_erase_finish(store, reterr));
    (void)fprintf(cli->out, "no erasure is pending\n");
    return COX_OK;
}

static const struct cox_option options[] = {
    {"list", "FILE", "run, finish: write the list of erased records beside the backups", false},
    {0},
};

static const struct cox_subcommand commands[] = {
    {"preview", "TABLE ID", "how much would be erased; changes nothing", 2, 2, run_preview},
    {"run", "TABLE ID", "erase the person, now and in all history; cannot be undone", 2, 2,
        run_erase},
    {"finish", "", "purge what an interrupted erasure has left in the files", 0, 0, run_finish},
    {0},
};

const struct cox_command cox_command_erase = {
    .name = "erase",
    .line = "erase a person's data in every version, as law demands",
    .help = "Personal fields of the record, and of records that would be deleted with it,\n"
            "become empty in the present and in all history; a user's ways to sign in go too.\n"
            "The record itself stays and reads \"erased\": totals and the chain stand as they\n"
            "were. Then the search index is merged and old pages are overwritten; when that\n"
            "is interrupted, finish completes it. Backups made before still hold the person:\n"
            "keep the list beside them, and restore will erase again.\n"
            "\n"
            "  $ coxswain erase preview contact 4711\n"
            "  $ coxswain erase run contact 4711 --list /mnt/backup/erased.txt",
    .options = options,
    .subcommands = commands,
};
