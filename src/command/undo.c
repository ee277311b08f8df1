/* command/undo.c: coxswain undo preview, run; coxswain log. */
#include "record/undo.h"

#include <string.h>

#include "base/csv.h"
#include "base/day.h"
#include "base/num.h"
#include "base/progress.h"
#include "command/command.h"
#include "command/feature_list.h"
#include "record/journal.h"

/* ---- undo ---- */

static const struct cox_option undo_options[] = {
    {"all-or-nothing", NULL, "run: refuse unless every record can be taken back", false},
    {0},
};

struct work {
    struct cox_cli *cli;
    struct cox_undo_target target;
    const struct cox_entity *const *entities;
    struct cox_csv_out csv;
    struct cox_json json;
    struct cox_progress progress;
    struct cox_undo_plan plan;
};

/* "seq:12" or "batch:3". */
static enum cox_rc read_target(struct work *work, struct cox_err *reterr)
{
    struct cox_text text = cox_text_of(work->cli->args[0]), number = text;
    bool is_batch = cox_text_starts(text, COX_LIT("batch:"));
    size_t skip = is_batch ? 6 : 4;
    int64_t value = 0;

    if (is_batch || cox_text_starts(text, COX_LIT("seq:"))) {
        number.ptr += skip;
        number.size -= skip;
        if (cox_num_parse_plain(number, &value) && value > 0) {
            *(is_batch ? &work->target.batch : &work->target.seq) = value;
            return COX_OK;
        }
    }
    return cox_fail(reterr, COX_INVALID,
        "what to undo is written seq:12 or batch:3; \"coxswain log\" lists them");
}

static const char *entity_name(const struct work *work, uint16_t number)
{
    for (size_t i = 0; work->entities[i] != NULL; i++) {
        if (work->entities[i]->number == number) {
            return work->entities[i]->name;
        }
    }
    return "?";
}

/* A row of what is left as it is. */
static void print_item(struct work *work, const struct cox_undo_item *item, const char *why)
{
    char id[32];

    if (work->cli->is_json) {
        cox_json_begin_object(&work->json);
        cox_json_put_string(&work->json, "table", entity_name(work, item->entity));
        cox_json_put_int(&work->json, "id", item->id);
        cox_json_put_string(&work->json, "why", why);
        cox_json_end_object(&work->json);
        return;
    }
    (void)snprintf(id, sizeof(id), "%lld", (long long)item->id);
    cox_csv_out_plain(&work->csv, entity_name(work, item->entity));
    cox_csv_out_plain(&work->csv, id);
    cox_csv_out_plain(&work->csv, why);
    cox_csv_out_end_row(&work->csv);
}

static void begin_rows(struct work *work)
{
    if (work->cli->is_json) {
        cox_cli_json(work->cli, &work->json);
        cox_json_begin_array(&work->json);
        return;
    }
    cox_csv_out_init(&work->csv, cox_cli_sink(work->cli));
    work->csv.lf = true;
    cox_csv_out_plain(&work->csv, "table");
    cox_csv_out_plain(&work->csv, "id");
    cox_csv_out_plain(&work->csv, "why");
    cox_csv_out_end_row(&work->csv);
}

static enum cox_rc end_rows(struct work *work, struct cox_err *reterr)
{
    if (work->cli->is_json) {
        cox_json_end_array(&work->json);
        cox_json_newline(&work->json);
        return cox_json_done(&work->json, reterr);
    }
    return cox_csv_out_done(&work->csv, reterr);
}

static void tell_counts(struct work *work, const char *what, const size_t *counts)
{
    size_t left = 0;

    for (size_t i = 0; i < COX_UNDO_STATE_COUNT; i++) {
        left += i == COX_UNDO_FREE || i == COX_UNDO_DONE ? 0 : counts[i];
    }
    cox_cli_note(work->cli, "%s: %zu, already taken back: %zu, left as they are: %zu", what,
        counts[COX_UNDO_FREE], counts[COX_UNDO_DONE], left);
}

static enum cox_rc preview(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct work *work = ctx;

    COX_TRY(cox_undo_preview(call, &work->target, &work->plan, reterr));
    begin_rows(work);
    for (size_t i = 0; i < work->plan.count; i++) {
        const struct cox_undo_item *item = &work->plan.items[i];
        if (item->state != COX_UNDO_FREE && item->state != COX_UNDO_DONE) {
            print_item(work, item, cox_undo_state_text(item->state));
        }
    }
    return end_rows(work, reterr);
}

static enum cox_rc run_preview(struct cox_cli *cli, struct cox_err *reterr)
{
    const struct cox_read_opt opt = cox_cli_read_opt();
    struct work work = {.cli = cli, .entities = cox_features_entities(cli->arena)};
    struct cox_store *store;

    if (work.entities == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_target(&work, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    COX_TRY(cox_store_read(store, &opt, preview, &work, reterr));
    tell_counts(&work, "can be taken back", work.plan.counts);
    return COX_OK;
}

static void note_left(void *ctx, const struct cox_undo_item *item, const char *why)
{
    print_item(ctx, item, why);
}

static void show(void *ctx, int64_t done, int64_t all)
{
    struct work *work = ctx;

    work->progress.total = all;
    cox_progress_at(&work->progress, done);
}

static enum cox_rc run_undo(struct cox_cli *cli, struct cox_err *reterr)
{
    struct work work = {.cli = cli, .entities = cox_features_entities(cli->arena)};
    struct cox_undo_opt opt = {.actor = cox_cli_actor(),
        .all_or_nothing = cox_cli_has(cli, "all-or-nothing"),
        .left = note_left,
        .progress = show,
        .ctx = &work};
    struct cox_undo_report report;
    struct cox_store *store;

    if (work.entities == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_target(&work, reterr));
    opt.target = work.target;
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    cox_progress_init(&work.progress, "taking back", 0);
    begin_rows(&work);
    enum cox_rc rc = cox_undo(store, &opt, &report, reterr);
    cox_progress_done(&work.progress);
    enum cox_rc written = end_rows(&work, rc == COX_OK ? reterr : NULL);
    COX_TRY(rc);
    COX_TRY(written);
    size_t left = 0;
    for (size_t i = 0; i < COX_UNDO_STATE_COUNT; i++) {
        left += i == COX_UNDO_DONE ? 0 : report.counts[i];
    }
    cox_cli_note(cli, "taken back: %zu in %lld commits, left as they are: %zu",
        report.counts[COX_UNDO_DONE], (long long)report.commit_count, left);
    cli->exit = left == 0 ? COX_EXIT_DONE : COX_EXIT_FAILED;
    return COX_OK;
}

static const struct cox_subcommand undo_commands[] = {
    {"preview", "TARGET", "what would stay as it is, and why; changes nothing", 1, 1, run_preview},
    {"run", "TARGET", "take back what can be; prints what stays as it is", 1, 1, run_undo},
    {0},
};

const struct cox_command cox_command_undo = {
    .name = "undo",
    .line = "take back a commit, or a whole import",
    .help = "TARGET is a commit (seq:12) or a batch (batch:3), as \"coxswain log\" lists them.\n"
            "Undoing is a new commit: what was known before stays readable as of its instant.\n"
            "A record that was changed since, or that others refer to by now, stays as it is\n"
            "and is printed as a row (CSV, or --json) with the reason; the exit status is then\n"
            "1. With --all-or-nothing nothing is done when there is any such record.\n"
            "\n"
            "  $ coxswain log --batches\n"
            "  $ coxswain undo preview batch:3\n"
            "  $ coxswain undo run batch:3 >left.csv",
    .options = undo_options,
    .subcommands = undo_commands,
};

/* ---- log ---- */

static const struct cox_option log_options[] = {
    {"batches", NULL, "imports, bulk edits and the like instead of commits", false},
    {"limit", "N", "at most so many (else 20)", false},
    {0},
};

struct journal {
    struct cox_cli *cli;
    int64_t limit;
    struct cox_json json;
};

static void json_at(struct cox_json *json, const char *key, int64_t us)
{
    char at[COX_INSTANT_SIZE];

    cox_json_key(json, key);
    if (us == COX_NULL) {
        cox_json_null(json);
        return;
    }
    cox_instant_format(us, at);
    cox_json_string(json, at);
}

static void print_commit(struct journal *journal, const struct cox_journal_commit *commit)
{
    char at[COX_INSTANT_SIZE], batch[32] = "-";

    if (journal->cli->is_json) {
        struct cox_json *json = &journal->json;
        cox_json_begin_object(json);
        cox_json_put_int(json, "seq", commit->seq);
        json_at(json, "at", commit->at_us);
        cox_json_put_string(json, "cause", cox_cause_name(commit->cause));
        cox_json_put_int(json, "actor", commit->actor_id);
        cox_json_key(json, "batch");
        if (commit->batch == COX_NULL) {
            cox_json_null(json);
        } else {
            cox_json_int(json, commit->batch);
        }
        cox_json_put_int(json, "changes", commit->change_count);
        cox_json_put_text(json, "request", commit->request);
        cox_json_put_text(json, "note", commit->note);
        cox_json_end_object(json);
        return;
    }
    cox_instant_format(commit->at_us, at);
    if (commit->batch != COX_NULL) {
        (void)snprintf(batch, sizeof(batch), "batch:%lld", (long long)commit->batch);
    }
    (void)fprintf(journal->cli->out, "seq:%-9lld %.19s %-8s %-12s %7lld  %.*s\n",
        (long long)commit->seq, at, cox_cause_name(commit->cause), batch,
        (long long)commit->change_count, (int)commit->request.size,
        commit->request.size == 0 ? "" : commit->request.ptr);
}

static void print_batch(struct journal *journal, const struct cox_journal_batch *batch)
{
    char at[COX_INSTANT_SIZE];

    if (journal->cli->is_json) {
        struct cox_json *json = &journal->json;
        cox_json_begin_object(json);
        cox_json_put_int(json, "batch", batch->id);
        cox_json_put_text(json, "kind", batch->kind);
        cox_json_put_text(json, "name", batch->name);
        cox_json_put_int(json, "actor", batch->actor_id);
        json_at(json, "started", batch->started_us);
        json_at(json, "ended", batch->ended_us);
        cox_json_put_string(json, "state", cox_batch_state_name(batch->state));
        cox_json_put_int(json, "commits", batch->commit_count);
        cox_json_end_object(json);
        return;
    }
    cox_instant_format(batch->started_us, at);
    (void)fprintf(journal->cli->out, "batch:%-7lld %.19s %-7s %-8.*s %7lld  %.*s\n",
        (long long)batch->id, at, cox_batch_state_name(batch->state), (int)batch->kind.size,
        batch->kind.ptr, (long long)batch->commit_count, (int)batch->name.size, batch->name.ptr);
}

static enum cox_rc print_journal(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct journal *journal = ctx;
    const struct cox_journal_commit *commits = NULL;
    const struct cox_journal_batch *batches = NULL;
    size_t count;
    bool is_batches = cox_cli_has(journal->cli, "batches");

    COX_TRY(is_batches
                ? cox_journal_batches(call, (uint32_t)journal->limit, &batches, &count, reterr)
                : cox_journal_commits(call, (uint32_t)journal->limit, &commits, &count, reterr));
    if (journal->cli->is_json) {
        cox_cli_json(journal->cli, &journal->json);
        cox_json_begin_array(&journal->json);
    }
    for (size_t i = 0; i < count; i++) {
        if (is_batches) {
            print_batch(journal, &batches[i]);
        } else {
            print_commit(journal, &commits[i]);
        }
    }
    if (!journal->cli->is_json) {
        return COX_OK;
    }
    cox_json_end_array(&journal->json);
    cox_json_newline(&journal->json);
    return cox_json_done(&journal->json, reterr);
}

static enum cox_rc run_log(struct cox_cli *cli, struct cox_err *reterr)
{
    const struct cox_read_opt opt = cox_cli_read_opt();
    struct journal journal = {.cli = cli};
    struct cox_store *store;

    COX_TRY(cox_cli_int(cli, "limit", 1, COX_JOURNAL_MAX, 20, &journal.limit, reterr));
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &store, reterr));
    return cox_store_read(store, &opt, print_journal, &journal, reterr);
}

const struct cox_command cox_command_log = {
    .name = "log",
    .usage = "",
    .line = "list the last commits, or the last imports",
    .help = "Every save is a commit: its number, instant (UTC), cause, the batch it is part of,\n"
            "how many records it changed, and what asked for it. Newest first.\n"
            "\n"
            "  $ coxswain log --limit 5\n"
            "  $ coxswain log --batches --json",
    .options = log_options,
    .run = run_log,
};
