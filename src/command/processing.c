/* command/processing.c: coxswain processing show, csv, keep, expire: the record of processing and its times. */
#include "org/processing.h"

#include "base/num.h"
#include "command/command.h"
#include "command/feature_list.h"
#include "record/expire.h"
#include "record/keep.h"

static enum cox_rc print_line(struct cox_call *call, FILE *out, const struct cox_table *table,
    struct cox_err *reterr)
{
    const struct cox_keeping *keep = &table->entity->keep;
    const char *basis = cox_basis_name(keep->basis);
    char until[40] = "until asked";
    int64_t months;

    COX_TRY(cox_keep_months(call, table, &months, reterr));
    if (months > 0) {
        (void)snprintf(until, sizeof(until), "%lld months", (long long)months); /* fits */
    }
    (void)fprintf(out, "%-24s %-20s %-12s %s\n", table->entity->name, basis == NULL ? "-" : basis,
        until, keep->purpose == NULL ? "-" : keep->purpose);
    return COX_OK;
}

static enum cox_rc show(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_cli *cli = ctx;
    const struct cox_registry *registry = cox_call_registry(call);
    struct cox_json json;

    if (cli->is_json) {
        cox_cli_json(cli, &json);
        COX_TRY(cox_processing_json(call, cox_features, &json, reterr));
        cox_json_newline(&json);
        return cox_json_done(&json, reterr);
    }
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);
        if (cox_keep_is_about_people(call, table)) {
            COX_TRY(print_line(call, cli->out, table, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc write_csv(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_csv_out csv;
    struct cox_err ignored;
    enum cox_rc rc, done;

    cox_csv_out_init(&csv, cox_cli_sink(ctx));
    csv.lf = csv.guard = true;
    rc = cox_processing_csv(call, cox_features, &csv, reterr);
    done = cox_csv_out_done(&csv, rc == COX_OK ? reterr : &ignored); /* frees in any case */
    return rc == COX_OK ? done : rc;
}

static enum cox_rc write_assessment(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_cli *cli = ctx;
    struct cox_buf text;
    enum cox_rc rc;

    cox_buf_init(&text, (size_t)4 << 20);
    rc = cox_processing_assessment(call, cox_features, &text, reterr);
    if (rc == COX_OK) {
        (void)fwrite(text.ptr, 1, text.size, cli->out); /* told when the output is closed */
    }
    cox_buf_done(&text);
    return rc;
}

static enum cox_rc read_with(struct cox_cli *cli, cox_call_fn fn, struct cox_err *reterr)
{
    const struct cox_read_opt opt = cox_cli_read_opt();
    struct cox_store *store;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    return cox_store_read(store, &opt, fn, cli, reterr);
}

static enum cox_rc run_show(struct cox_cli *cli, struct cox_err *reterr)
{
    return read_with(cli, show, reterr);
}

static enum cox_rc run_assess(struct cox_cli *cli, struct cox_err *reterr)
{
    return read_with(cli, write_assessment, reterr);
}

static enum cox_rc run_csv(struct cox_cli *cli, struct cox_err *reterr)
{
    return read_with(cli, write_csv, reterr);
}

struct keeping {
    struct cox_text entity, field;
    int64_t months;
};

static enum cox_rc put_months(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct keeping *keeping = ctx;

    return cox_processing_keep(call, keeping->entity, keeping->field, keeping->months, reterr);
}

static enum cox_rc run_keep(struct cox_cli *cli, struct cox_err *reterr)
{
    const struct cox_write_opt opt = cox_cli_write_opt(cli);
    struct keeping keeping = {.field = cox_text_of(cli->args[0])};
    struct cox_commit commit;
    struct cox_store *store;

    if (!cox_num_parse_plain(cox_text_of(cli->args[1]), &keeping.months)) {
        return cox_fail(reterr, COX_INVALID, "%s is no number of months", cli->args[1]);
    }
    keeping.entity = cox_text_split(&keeping.field, '.'); /* what is left is the field, if any */
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_store_write(store, &opt, put_months, &keeping, &commit, reterr));
    cox_cli_note(cli, "%s: kept %s months", cli->args[0], cli->args[1]);
    return COX_OK;
}

static enum cox_rc run_expire(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_expire_report report;
    struct cox_store *store;
    struct cox_json json;

    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_expire(store, NULL, NULL, &report, reterr));
    if (!cli->is_json) {
        (void)fprintf(cli->out, "erased: %lld records in %lld versions, %lld looks forgotten\n",
            (long long)report.record_count, (long long)report.version_count,
            (long long)report.look_count);
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "records", report.record_count);
    cox_json_put_int(&json, "versions", report.version_count);
    cox_json_put_int(&json, "looks", report.look_count);
    cox_json_end_object(&json);
    cox_json_newline(&json);
    return cox_json_done(&json, reterr);
}

static const struct cox_subcommand commands[] = {
    {"show", "", "what is held about people, on what ground, how long", 0, 0, run_show},
    {"csv", "", "the record of processing as a table, a row a field", 0, 0, run_csv},
    {"assess", "", "what an impact assessment wants from the program, as Markdown", 0, 0,
        run_assess},
    {"keep", "KIND[.FIELD] MONTHS",
        "how long records of a kind, or one field of them, are kept after their last change", 2, 2,
        run_keep},
    {"expire", "", "erase now what has been kept that long", 0, 0, run_expire},
    {0},
};

const struct cox_command cox_command_processing = {
    .name = "processing",
    .line = "the record of processing: what is held about people, why, how long",
    .help = "Purpose, lawful basis and time of keeping stand with each field in the program;\n"
            "the record of processing that data protection law asks for is made of them.\n"
            "What has not changed for as long as it may be kept loses its personal values,\n"
            "now and in all history, as erase does it; a running server does so every hour,\n"
            "expire does it at once. Private notes are kept 12 months unless keep says\n"
            "otherwise; 0 months (where nothing else is declared): until somebody asks.\n"
            "\n"
            "  $ coxswain processing csv > record-of-processing.csv\n"
            "  $ coxswain processing keep private_note 6\n"
            "  $ coxswain processing keep skill_rating.evidence 12\n"
            "  $ coxswain processing keep access_log 12",
    .subcommands = commands,
};
