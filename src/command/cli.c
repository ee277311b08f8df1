/* command/cli.c: what commands use: their options, the store, output; and the run of one command. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "command/command.h"
#include "command/help.h"
#include "command/parse.h"

#define MEMORY_MAX ((size_t)1 << 30)

/* Is it one of the command's options? A misspelt name in code is found by the first test. */
static void check_name(const struct cox_cli *cli, const char *name)
{
    for (const struct cox_option *o = cli->command->options; o != NULL && o->name != NULL; o++) {
        if (strcmp(o->name, name) == 0) {
            return;
        }
    }
    assert(false && "no such option");
}

const char *cox_cli_value_at(const struct cox_cli *cli, const char *name, size_t at)
{
    check_name(cli, name);
    for (size_t i = 0; i < cli->given_count; i++) {
        if (strcmp(cli->given[i].option->name, name) == 0) {
            if (at == 0) {
                return cli->given[i].value;
            }
            at--;
        }
    }
    return NULL;
}

const char *cox_cli_value(const struct cox_cli *cli, const char *name)
{
    return cox_cli_value_at(cli, name, 0);
}

bool cox_cli_has(const struct cox_cli *cli, const char *name)
{
    check_name(cli, name);
    for (size_t i = 0; i < cli->given_count; i++) {
        if (strcmp(cli->given[i].option->name, name) == 0) {
            return true;
        }
    }
    return false;
}

enum cox_rc cox_cli_int(const struct cox_cli *cli, const char *name, int64_t least, int64_t most,
    int64_t otherwise, int64_t *ret, struct cox_err *reterr)
{
    const char *text = cox_cli_value(cli, name);
    int64_t value = 0;

    if (text == NULL) {
        *ret = otherwise;
        return COX_OK;
    }
    bool is_negative = text[0] == '-';
    const char *at = text + is_negative;
    bool is_number = *at != '\0';
    for (; *at != '\0' && is_number; at++) {
        int64_t digit = *at - '0';
        is_number = digit >= 0 && digit <= 9 && !__builtin_mul_overflow(value, 10, &value) &&
                    !__builtin_add_overflow(value, digit, &value);
    }
    value = is_negative ? -value : value;
    if (!is_number || value < least || value > most) {
        return cox_fail(reterr, COX_INVALID, "--%s wants a whole number from %lld to %lld", name,
            (long long)least, (long long)most);
    }
    *ret = value;
    return COX_OK;
}

struct cox_actor cox_cli_actor(void)
{
    return (struct cox_actor){.user_id = 0, .roles = COX_ROLE_BIT(COX_OPERATOR)};
}

struct cox_read_opt cox_cli_read_opt(void)
{
    return (struct cox_read_opt){.actor = cox_cli_actor()};
}

struct cox_write_opt cox_cli_write_opt(const struct cox_cli *cli)
{
    return (struct cox_write_opt){.actor = cox_cli_actor(),
        .cause = COX_CAUSE_CLI,
        .request = cli->command->name};
}

static enum cox_rc write_out(void *ctx, const void *bytes, size_t size, struct cox_err *reterr)
{
    struct cox_cli *cli = ctx;

    if (size > 0 && fwrite(bytes, 1, size, cli->out) != size) {
        return cox_fail(reterr, COX_IO, "writing the output failed: %s", strerror(errno));
    }
    return COX_OK;
}

struct cox_sink cox_cli_sink(struct cox_cli *cli)
{
    return (struct cox_sink){write_out, cli};
}

void cox_cli_json(struct cox_cli *cli, struct cox_json *ret_json)
{
    cox_json_init(ret_json, cli->arena, cox_cli_sink(cli));
}

void cox_cli_note(struct cox_cli *cli, const char *text, ...)
{
    va_list args;

    if (cli->is_json) {
        return;
    }
    va_start(args, text);
    (void)vfprintf(cli->err, text, args); /* a remark that cannot be printed is not worth failing */
    va_end(args);
    (void)fputc('\n', cli->err);
}

enum cox_exit cox_exit_of(enum cox_rc rc)
{
    switch (rc) {
    case COX_OK:
        return COX_EXIT_DONE;
    case COX_INVALID:
        return COX_EXIT_USAGE;
    case COX_MISSING:
    case COX_DENIED:
    case COX_SIGN_IN:
    case COX_GONE:
        return COX_EXIT_MISSING;
    case COX_BUSY:
    case COX_TOO_OFTEN:
    case COX_FULL:
    case COX_TIMEOUT:
    case COX_NO_MEMORY:
    case COX_UNKNOWN_OUTCOME:
        return COX_EXIT_UNAVAILABLE;
    case COX_CORRUPT:
    case COX_INTERNAL:
        return COX_EXIT_FAULT;
    case COX_CONFLICT:
    case COX_STALE:
    case COX_TOO_LARGE:
    case COX_CANCELLED:
    case COX_IO:
    case COX_UNSUPPORTED:
    case COX_RC_COUNT:
        break;
    }
    return COX_EXIT_FAILED;
}

static void print_error(FILE *err, const struct cox_err *what)
{
    char text[512];

    cox_err_format(what, text, sizeof(text));
    (void)fprintf(err, "coxswain: %s\n", text); /* there is nowhere else to say it */
}

static enum cox_rc run(struct cox_cli *cli, struct cox_err *reterr)
{
    cox_command_fn fn = cli->subcommand != NULL ? cli->subcommand->run : cli->command->run;
    enum cox_rc rc = fn(cli, reterr);

    if (rc == COX_OK && (fflush(cli->out) != 0 || ferror(cli->out))) {
        return cox_fail(reterr, COX_IO, "writing the output failed: %s", strerror(errno));
    }
    return rc;
}

static enum cox_exit run_in(struct cox_cli *cli, int argc, const char *const *argv)
{
    enum cox_wish wish = COX_WISH_HELP;
    struct cox_err err = {0};
    enum cox_rc rc = cox_cli_parse(cli, argc, argv, &wish, &err);

    if (rc != COX_OK) {
        print_error(cli->err, &err);
        return cox_exit_of(rc);
    }
    if (wish == COX_WISH_VERSION) {
        (void)fprintf(cli->out, "coxswain %s\n", COX_VERSION);
        return COX_EXIT_DONE;
    }
    if (wish == COX_WISH_HELP) {
        if (cli->command != NULL) {
            cox_help_command(cli->command, cli->out);
            return COX_EXIT_DONE;
        }
        cox_help_list(argc > 1 ? cli->out : cli->err); /* no command at all is a mistake */
        return argc > 1 ? COX_EXIT_DONE : COX_EXIT_USAGE;
    }
    rc = run(cli, &err);
    if (rc != COX_OK) {
        print_error(cli->err, &err);
        return cox_exit_of(rc);
    }
    return cli->exit;
}

int cox_cli_main(int argc, const char *const *argv, FILE *out, FILE *err)
{
    COX_AUTO_ARENA arena = cox_arena_open(MEMORY_MAX);
    struct cox_cli cli = {.out = out, .err = err, .arena = arena};

    if (arena == NULL) {
        (void)fputs("coxswain: out of memory\n", err);
        return COX_EXIT_UNAVAILABLE;
    }
    return (int)run_in(&cli, argc, argv);
}
