/* command/open.c: the store of the command line, with the entities of all features. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "command/command.h"
#include "command/feature_list.h"

static void close_store(void *store)
{
    cox_store_close(store);
}

/* A file that is not there gets a sentence that helps, before the database library's own. */
enum cox_rc cox_cli_check_there(const char *url, struct cox_err *reterr)
{
    struct stat status;

    if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0) {
        return COX_OK;
    }
    if (stat(url, &status) != 0 && errno == ENOENT) {
        return cox_fail(reterr, COX_MISSING,
            "there is no store at %s; make one with \"coxswain init\" or name another with --db",
            url);
    }
    return COX_OK;
}

enum cox_rc cox_cli_store(struct cox_cli *cli, enum cox_cli_open how, struct cox_store **ret_store,
    struct cox_err *reterr)
{
    struct cox_store_opt opt = {.url = cli->db,
        .entities = cox_features_entities(cli->arena),
        .create = how == COX_CLI_CREATE,
        .migrate = how == COX_CLI_CREATE};
    struct cox_store *store = NULL;

    if (opt.entities == NULL) {
        return cox_no_memory(reterr);
    }
    if (how == COX_CLI_EXISTING) {
        COX_TRY(cox_cli_check_there(cli->db, reterr));
    }
    COX_TRY(cox_store_open(&opt, &store, reterr));
    if (cox_arena_defer(cli->arena, close_store, store) != COX_OK) { /* it has closed the store */
        return cox_no_memory(reterr);
    }
    *ret_store = store;
    return COX_OK;
}
