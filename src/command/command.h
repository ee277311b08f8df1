/*
 * command/command.h: how a subcommand of the program is declared. Parsing, help, the man page and
 * the shell's completion follow from these tables. A new command is one file with one
 * const struct cox_command, one line in commands.c and one in meson.build.
 *
 * Standard output carries nothing but the data asked for. Errors are one sentence on standard
 * error, printed by main from what run returns; a command does not print its own failure.
 */
#ifndef COX_COMMAND_COMMAND_H
#define COX_COMMAND_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "record/record.h"

struct cox_cli;

/* Documented in docs/operations.md; scripts rely on them. */
enum cox_exit {
    COX_EXIT_DONE = 0,
    COX_EXIT_FAILED = 1,      /* it did not work, or only in part (rejected rows, faults found) */
    COX_EXIT_USAGE = 2,       /* the command line or a value in it is not valid */
    COX_EXIT_MISSING = 3,     /* no such thing, or not allowed */
    COX_EXIT_UNAVAILABLE = 4, /* busy, full, timed out: trying again later may help */
    COX_EXIT_FAULT = 5,       /* stored data contradicts itself, or a fault of the program */
};

/* "--name VALUE" or "--name=VALUE"; value NULL: a switch. --db, --json and --help are always there. */
struct cox_option {
    const char *name;
    const char *value; /* what stands for it in help: "FILE" */
    const char *help;  /* one line */
    bool is_repeated;  /* may be given several times */
};

typedef enum cox_rc (*cox_command_fn)(struct cox_cli *cli, struct cox_err *reterr);

enum { COX_ANY_COUNT = 1000000 };

/* A word after the command: "token add". Its arguments come after it. */
struct cox_subcommand {
    const char *name;
    const char *usage; /* its arguments: "EMAIL" ; "" for none */
    const char *line;  /* one line, lower case, no full stop */
    int arg_min, arg_max;
    cox_command_fn run;
};

struct cox_command {
    const char *name;
    const char *usage; /* arguments: "PATH..." ; "" for none; unused with subcommands */
    const char *line;  /* one line, lower case, no full stop */
    /* Teaches: paragraphs of at most 78 columns; examples are lines indented by two blanks that
     * start with "$ ". */
    const char *help;
    const struct cox_option *options;         /* ends with {0}; may be NULL */
    int arg_min, arg_max;                     /* COX_ANY_COUNT: any number */
    cox_command_fn run;                       /* NULL with subcommands */
    const struct cox_subcommand *subcommands; /* ends with {0}; may be NULL */
};

/* All of them, NULL-terminated, in the order of help: commands.c. */
extern const struct cox_command *const cox_commands[];

struct cox_given {
    const struct cox_option *option;
    const char *value; /* NULL: a switch */
};

/* One run of the program. Everything in it lives until the end of the run. */
struct cox_cli {
    const struct cox_command *command;
    const struct cox_subcommand *subcommand; /* NULL: the command has none */
    const char *const *args;
    size_t arg_count;
    const struct cox_given *given;
    size_t given_count;
    const char *db;          /* --db, else COX_DB, else ./coxswain.db */
    bool is_json;            /* --json */
    FILE *out, *err;         /* standard output and error; a test's own */
    struct cox_arena *arena; /* 1 GiB at most */
    enum cox_exit exit; /* set by run to say more than COX_OK: COX_EXIT_FAILED with rejected rows */
};

/* Was it given? / its last value, NULL when it was not. The name must be one of the options. */
bool cox_cli_has(const struct cox_cli *cli, const char *name);
const char *cox_cli_value(const struct cox_cli *cli, const char *name);

/* The at-th value of a repeated option; NULL behind the last. */
const char *cox_cli_value_at(const struct cox_cli *cli, const char *name, size_t at);

/* A whole number within bounds; otherwise when not given. COX_INVALID names the option. */
enum cox_rc cox_cli_int(const struct cox_cli *cli, const char *name, int64_t least, int64_t most,
    int64_t otherwise, int64_t *ret, struct cox_err *reterr) COX_NODISCARD;

/*
 * An --as-of value: a date (its end in the company's zone), an instant, "seq:123", or "last": the end of the
 * day of the last closing when that lies more than a month back, else now.
 * text NULL gives {0}: now.
 */
enum cox_rc cox_cli_as_of(struct cox_store *store, const char *text, struct cox_as_of *ret_as_of,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Before an import: a store without a commit gets the company's settings (options zone, currency,
 * year-starts), its calendar and reasons for loss; pipelines come with the files.
 */
enum cox_rc cox_cli_begin_import(struct cox_cli *cli, struct cox_store *store,
    struct cox_err *reterr) COX_NODISCARD;

enum cox_cli_open {
    COX_CLI_EXISTING, /* refuses a store that is absent or needs migrating, and says what to do */
    COX_CLI_CREATE,   /* makes it when absent, carries out changes to its tables */
};

/* The store of --db with the entities of all features, closed at the end of the run. */
enum cox_rc cox_cli_store(struct cox_cli *cli, enum cox_cli_open how, struct cox_store **ret_store,
    struct cox_err *reterr) COX_NODISCARD;

/* COX_MISSING with a sentence that helps when url is a file that is not there. */
enum cox_rc cox_cli_check_there(const char *url, struct cox_err *reterr) COX_NODISCARD;

/* The command line acts as operator: an administrator without people entities. */
struct cox_actor cox_cli_actor(void);
struct cox_read_opt cox_cli_read_opt(void);
struct cox_write_opt cox_cli_write_opt(
    const struct cox_cli *cli); /* cause CLI, request: the command */

/* JSON to standard output; end with cox_json_done. */
void cox_cli_json(struct cox_cli *cli, struct cox_json *ret_json);
struct cox_sink cox_cli_sink(struct cox_cli *cli);

/* A remark for people, on standard error; nothing with --json. */
void cox_cli_note(struct cox_cli *cli, const char *text, ...) COX_PRINTF(2, 3);

/* What main does: parse, run, print the error. Returns the exit status. Writes only to out, err. */
int cox_cli_main(int argc, const char *const *argv, FILE *out, FILE *err);

enum cox_exit cox_exit_of(enum cox_rc rc);

#endif
