/* command/parse.h: from words to a struct cox_cli, by the command tables. */
#ifndef COX_COMMAND_PARSE_H
#define COX_COMMAND_PARSE_H

#include "command/command.h"

/* What the words ask for before any command runs. */
enum cox_wish { COX_WISH_RUN, COX_WISH_HELP, COX_WISH_VERSION };

extern const struct cox_option cox_common_options[]; /* --db, --json, --help; ends with {0} */

/*
 * argv[0] is the program. cli comes with arena, out and err set. COX_INVALID says what is wrong and
 * names the nearest thing that exists.
 */
enum cox_rc cox_cli_parse(struct cox_cli *cli, int argc, const char *const *argv,
    enum cox_wish *ret_wish, struct cox_err *reterr) COX_NODISCARD;

/* NULL when there is none of that name. */
const struct cox_command *cox_command_find(const char *name);

/* COX_INVALID: unknown command, with a hint. */
enum cox_rc cox_command_unknown(struct cox_cli *cli, const char *name,
    struct cox_err *reterr) COX_NODISCARD;

#endif
