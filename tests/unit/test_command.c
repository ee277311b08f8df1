/*
 * tests/unit/test_command.c: the command line's words, good and bad, help and exit statuses, with a
 * table of commands of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "command/command.h"
#include "command/help.h"

/* What the last run saw. */
struct seen {
    char text[400];
};
static struct seen seen;

static enum cox_rc run_copy(struct cox_cli *cli, struct cox_err *reterr)
{
    int64_t depth;

    COX_TRY(cox_cli_int(cli, "depth", 1, 9, 3, &depth, reterr));
    (void)snprintf(seen.text, sizeof(seen.text), "db=%s json=%d depth=%lld force=%d", cli->db,
        cli->is_json, (long long)depth, cox_cli_has(cli, "force"));
    for (size_t i = 0; cox_cli_value_at(cli, "skip", i) != NULL; i++) {
        strcat(strcat(seen.text, " skip="), cox_cli_value_at(cli, "skip", i));
    }
    for (size_t i = 0; i < cli->arg_count; i++) {
        strcat(strcat(seen.text, " "), cli->args[i]);
    }
    (void)fputs("data\n", cli->out);
    cox_cli_note(cli, "a remark");
    return COX_OK;
}

static enum cox_rc run_fail(struct cox_cli *cli, struct cox_err *reterr)
{
    int64_t rc;

    COX_TRY(cox_cli_int(cli, "rc", 0, COX_RC_COUNT - 1, 0, &rc, reterr));
    if (rc != 0) {
        return cox_fail_at(reterr, (enum cox_rc)rc, "amount", 12, "no number");
    }
    cli->exit = COX_EXIT_FAILED;
    return COX_OK;
}

static enum cox_rc run_sub(struct cox_cli *cli, struct cox_err *reterr)
{
    (void)reterr;
    (void)snprintf(seen.text, sizeof(seen.text), "%s %zu", cli->subcommand->name, cli->arg_count);
    return COX_OK;
}

static const struct cox_option copy_options[] = {{"depth", "N", "how deep", false},
    {"skip", "NAME", "what to leave out", true}, {"force", NULL, "do not ask", false}, {0}};
static const struct cox_command copy = {.name = "copy",
    .usage = "FROM TO",
    .line = "copy things",
    .help = "Copies.\n\n  $ coxswain copy a b\n\n.hidden\\dots",
    .options = copy_options,
    .arg_min = 1,
    .arg_max = 2,
    .run = run_copy};

static const struct cox_option fail_options[] = {{"rc", "N", "fails so", false}, {0}};
static const struct cox_command fails = {.name = "fail",
    .usage = "",
    .line = "fail",
    .help = "Fails.",
    .options = fail_options,
    .run = run_fail};

static const struct cox_subcommand token_commands[] = {{"add", "EMAIL", "make one", 1, 1, run_sub},
    {"list", "", "list them", 0, 0, run_sub}, {0}};
static const struct cox_command token = {.name = "token",
    .usage = "",
    .line = "tokens",
    .help = "Tokens.",
    .subcommands = token_commands};

extern const struct cox_command cox_command_help;

const struct cox_command *const cox_commands[] = {&copy, &fails, &token, &cox_command_help, NULL};

struct told {
    int status;
    char *out, *err;
};

/* words: split at blanks. */
static struct told tell(const char *words)
{
    struct told told = {0};
    char *copied = strdup(words), *rest = copied;
    const char *argv[32] = {"coxswain"};
    int argc = 1;
    size_t out_size, err_size;

    assert_non_null(copied);
    for (char *word = strtok_r(copied, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        argv[argc++] = word;
    }
    FILE *out = open_memstream(&told.out, &out_size);
    FILE *err = open_memstream(&told.err, &err_size);
    assert_non_null(out);
    assert_non_null(err);
    seen.text[0] = '\0';
    told.status = cox_cli_main(argc, argv, out, err);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(fclose(err), 0);
    free(copied);
    return told;
}

static void forget(struct told *told)
{
    free(told->out);
    free(told->err);
}

static void assert_seen(const char *words, const char *expected)
{
    struct told told = tell(words);

    if (told.status != 0) {
        fail_msg("\"%s\": %s", words, told.err);
    }
    assert_string_equal(seen.text, expected);
    forget(&told);
}

static void words(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("COX_DB"), 0);
    assert_seen("copy a", "db=./coxswain.db json=0 depth=3 force=0 a");
    assert_seen("copy a b --depth 7 --force", "db=./coxswain.db json=0 depth=7 force=1 a b");
    assert_seen("copy --depth=9 a", "db=./coxswain.db json=0 depth=9 force=0 a");
    assert_seen("--db x.db copy --json a", "db=x.db json=1 depth=3 force=0 a");
    assert_seen("copy --skip a --skip=b c",
        "db=./coxswain.db json=0 depth=3 force=0 skip=a skip=b c");
    assert_seen("copy -- --force -x", "db=./coxswain.db json=0 depth=3 force=0 --force -x");
    assert_seen("copy -", "db=./coxswain.db json=0 depth=3 force=0 -");
    assert_seen("token add a@b.c", "add 1");
    assert_seen("token list", "list 0");
    assert_int_equal(setenv("COX_DB", "from-env", 1), 0);
    assert_seen("copy a", "db=from-env json=0 depth=3 force=0 a");
    assert_seen("copy a --db given", "db=given json=0 depth=3 force=0 a");
    assert_int_equal(unsetenv("COX_DB"), 0);
}

static void refuses(void **state)
{
    static const struct {
        const char *words, *said;
    } rows[] = {
        {"cpoy a", "unknown command cpoy; did you mean copy?"},
        {"zzzzzz", "unknown command zzzzzz; \"coxswain help\" lists them"},
        {"copy a --dpeth 3", "unknown option --dpeth; did you mean --depth?"},
        {"copy a --dpeth=3", "unknown option --dpeth; did you mean --depth?"},
        {"copy a --zzz", "unknown option --zzz; \"coxswain help copy\" lists them"},
        {"copy a -f", "unknown option -f; options are written out: --help"},
        {"--force copy a", "unknown option --force; \"coxswain help\" lists them"},
        {"copy", "copy wants more: FROM TO"},
        {"copy a b c", "copy does not know what to do with \"c\""},
        {"copy a --depth", "--depth wants a value: N"},
        {"copy a --depth 0", "--depth wants a whole number from 1 to 9"},
        {"copy a --depth 10", "--depth wants a whole number from 1 to 9"},
        {"copy a --depth x", "--depth wants a whole number from 1 to 9"},
        {"copy a --depth 99999999999999999999", "--depth wants a whole number from 1 to 9"},
        {"copy a --depth 1 --depth 2", "--depth is given twice"},
        {"copy a --force=yes", "--force takes no value"},
        {"token", "token wants a command after it; try \"coxswain help token\""},
        {"token lst", "unknown token command lst; did you mean list?"},
        {"token list x", "token list does not know what to do with \"x\""},
        {"token add", "token add wants more: EMAIL"},
        {"help cpoy", "unknown command cpoy; did you mean copy?"},
    };
    char expected[300];

    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        struct told told = tell(rows[i].words);
        (void)snprintf(expected, sizeof(expected), "coxswain: %s\n", rows[i].said);
        assert_int_equal(told.status, COX_EXIT_USAGE);
        assert_string_equal(told.err, expected);
        assert_string_equal(told.out, "");
        forget(&told);
    }
}

static void helps(void **state)
{
    static const char *const ways[] = {"help copy", "copy --help", "copy -h", "copy a b c --help"};
    struct told told;

    (void)state;
    for (size_t i = 0; i < COX_COUNT(ways); i++) {
        told = tell(ways[i]);
        assert_int_equal(told.status, 0);
        assert_ptr_equal(strstr(told.out, "usage: coxswain copy [OPTION...] FROM TO\n"), told.out);
        assert_non_null(strstr(told.out, "--skip NAME"));
        assert_non_null(strstr(told.out, "  $ coxswain copy a b"));
        assert_string_equal(told.err, "");
        forget(&told);
    }
    told = tell("--help");
    assert_int_equal(told.status, 0);
    assert_non_null(strstr(told.out, "  copy       copy things\n"));
    forget(&told);
    told = tell("");
    assert_int_equal(told.status, COX_EXIT_USAGE);
    assert_string_equal(told.out, "");
    forget(&told);
    told = tell("--version");
    assert_string_equal(told.out, "coxswain " COX_VERSION "\n");
    forget(&told);
    told = tell("help --man");
    assert_non_null(strstr(told.out, "\n\\&.hidden\\edots\n"));
    assert_non_null(strstr(told.out, ".nf\n$ coxswain copy a b\n.fi\n.RE\n.PP\n"));
    forget(&told);
    told = tell("help --bash");
    assert_non_null(strstr(told.out, "    token) words='add list ' ;;\n"));
    forget(&told);
}

static void statuses(void **state)
{
    static const struct {
        enum cox_rc rc;
        enum cox_exit status;
    } rows[] = {{COX_OK, COX_EXIT_FAILED}, {COX_INVALID, COX_EXIT_USAGE},
        {COX_MISSING, COX_EXIT_MISSING}, {COX_DENIED, COX_EXIT_MISSING},
        {COX_BUSY, COX_EXIT_UNAVAILABLE}, {COX_FULL, COX_EXIT_UNAVAILABLE},
        {COX_CORRUPT, COX_EXIT_FAULT}, {COX_STALE, COX_EXIT_FAILED}, {COX_IO, COX_EXIT_FAILED}};
    char words_of[40];

    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        (void)snprintf(words_of, sizeof(words_of), "fail --rc %d", (int)rows[i].rc);
        struct told told = tell(words_of);
        assert_int_equal(told.status, rows[i].status);
        assert_string_equal(told.err,
            rows[i].rc == COX_OK ? "" : "coxswain: row 12: amount: no number\n");
        forget(&told);
    }
}

static void streams(void **state)
{
    struct told told = tell("copy a");

    (void)state;
    assert_string_equal(told.out, "data\n");
    assert_string_equal(told.err, "a remark\n");
    forget(&told);
    told = tell("copy a --json");
    assert_string_equal(told.err, "");
    forget(&told);
    /* Nowhere to write to: said, not swallowed. */
    FILE *full = fopen("/dev/full", "w");
    if (full != NULL) {
        const char *const argv[] = {"coxswain", "copy", "a"};
        char *said = NULL;
        size_t size;
        FILE *err = open_memstream(&said, &size);
        assert_non_null(err);
        assert_int_equal(cox_cli_main(3, argv, full, err), COX_EXIT_FAILED);
        (void)fclose(full);
        assert_int_equal(fclose(err), 0);
        assert_non_null(strstr(said, "coxswain: writing the output failed: "));
        free(said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(refuses),
        cmocka_unit_test(helps),
        cmocka_unit_test(statuses),
        cmocka_unit_test(streams),
    };
    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
