/* command/import.c: coxswain import: records of other systems' files. */
#include "connect/import.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/command.h"
#include "command/feature_list.h"
#include "connect/names.h"

static const struct cox_option options[] = {
    {"from", "SOURCE", "salesforce, hubspot, zoho, csv, or auto (usual)", false},
    {"map", "FILE", "decisions: which column is what, which text means what", false},
    {"dry-run", NULL, "save nothing, but tell what would be saved", false},
    {"into-demo", NULL, "import into a store that holds the made-up company, too", false},
    {"keep-unknown", NULL, "make fields of columns that nothing is known of", false},
    {"errors", "FOLDER", "where files of rejected rows go (here)", false},
    {"zone", "NAME", "of a new store: zone in which the company counts days (else UTC)", false},
    {"currency", "CODE", "of a new store: the company's currency (else USD)", false},
    {"year-starts", "MONTH", "of a new store: first month of the fiscal year (else 1)", false},
    {0},
};

static enum cox_rc read_options(const struct cox_cli *cli, struct cox_import_opt *opt,
    struct cox_err *reterr)
{
    const char *from = cox_cli_value(cli, "from");
    const char *folder = cox_cli_value(cli, "errors");

    opt->from = -1;
    if (from != NULL && strcmp(from, "auto") != 0) {
        opt->from = cox_source_find(cox_text_of(from));
        if (opt->from < 0) {
            return cox_fail_at(reterr, COX_INVALID, "from", 0,
                "\"%s\" is none of auto, salesforce, hubspot, zoho, csv", from);
        }
    }
    opt->folder = folder == NULL ? "." : folder;
    opt->dry_run = cox_cli_has(cli, "dry-run");
    if (folder != NULL && !opt->dry_run) {
        (void)mkdir(folder, 0777); /* there already is fine; what is wrong shows below */
    }
    if (access(opt->folder, W_OK) != 0) {
        return cox_fail_at(reterr, COX_DENIED, "errors", 0,
            "files of rejected rows cannot be written to \"%s\"; name a folder with --errors",
            opt->folder);
    }
    opt->map_path = cox_cli_value(cli, "map");
    opt->into_demo = cox_cli_has(cli, "into-demo");
    opt->keep_unknown = cox_cli_has(cli, "keep-unknown");
    opt->show_progress = !cli->is_json;
    return COX_OK;
}

/* A trial that found no store leaves none: removed once it is closed. */
static void remove_store(void *url)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char path[4096];

    for (size_t i = 0; i < COX_COUNT(ends); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", (const char *)url, ends[i]);
        (void)unlink(path); /* not all of them exist */
    }
}

static enum cox_rc leave_no_store(struct cox_cli *cli, struct cox_err *reterr)
{
    char *url;

    if (cox_cli_check_there(cli->db, NULL) == COX_OK) {
        return COX_OK;
    }
    url = cox_arena_format(cli->arena, "%s", cli->db);
    return url == NULL || cox_arena_defer(cli->arena, remove_store, url) != COX_OK
               ? cox_no_memory(reterr)
               : COX_OK;
}

static enum cox_rc run(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_import_opt opt = {.actor = cox_cli_actor(),
        .paths = cli->args,
        .path_count = cli->arg_count};
    struct cox_import_report report;
    size_t taken = 0;

    COX_TRY(read_options(cli, &opt, reterr));
    opt.entities = cox_features_entities(cli->arena);
    if (opt.entities == NULL) {
        return cox_no_memory(reterr);
    }
    if (opt.dry_run) {
        COX_TRY(leave_no_store(cli, reterr));
    }
    COX_TRY(cox_cli_store(cli, COX_CLI_CREATE, &opt.store, reterr));
    COX_TRY(cox_cli_begin_import(cli, opt.store, reterr));
    COX_TRY(cox_import_run(cli->arena, &opt, &report, reterr));
    for (size_t i = 0; i < report.file_count; i++) {
        cli->exit = report.files[i].rejected > 0 ? COX_EXIT_FAILED : cli->exit;
        taken += !report.files[i].is_skipped;
    }
    cli->exit = taken == 0 ? COX_EXIT_FAILED : cli->exit;
    return cli->is_json ? cox_import_report_json(cli->arena, &report, cox_cli_sink(cli), reterr)
                        : cox_import_report_text(&report, cox_cli_sink(cli), reterr);
}

const struct cox_command cox_command_import = {
    .name = "import",
    .usage = "PATH...",
    .line = "take over records from files of Salesforce, HubSpot, Zoho or anything in CSV",
    .help = "Files and folders are recognised by their headers, put in order (people, products,\n"
            "accounts, contacts, leads, deals, history, activities) and saved as one batch,\n"
            "which \"coxswain undo\" takes back. What each file was taken for, and why, is told.\n"
            "\n"
            "References are followed by id, e-mail address or name. A name that is only alike\n"
            "(GTXPro, GTX Pro) is proposed in the file import.map and never taken by itself:\n"
            "look through that file and import again with --map import.map.\n"
            "\n"
            "Rows that cannot be saved go to NAME.rejected.csv with field and reason; mend it\n"
            "and import it. The same files again change nothing. After a crash the same\n"
            "command goes on where it stood. Exit status 1: some rows were rejected, or\n"
            "no file could be taken.\n"
            "\n"
            "  $ coxswain import exports/\n"
            "  $ coxswain import deals.csv --map import.map --json\n"
            "  $ coxswain import big.csv --dry-run",
    .options = options,
    .arg_min = 1,
    .arg_max = COX_ANY_COUNT,
    .run = run,
};
