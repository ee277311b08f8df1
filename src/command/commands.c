/* command/commands.c: the list of subcommands, in the order of help. */
#include "command/command.h"

extern const struct cox_command cox_command_audit;
extern const struct cox_command cox_command_backup;
extern const struct cox_command cox_command_brief;
extern const struct cox_command cox_command_check;
extern const struct cox_command cox_command_demo;
extern const struct cox_command cox_command_digest;
extern const struct cox_command cox_command_erase;
extern const struct cox_command cox_command_export;
extern const struct cox_command cox_command_forecast;
extern const struct cox_command cox_command_help;
extern const struct cox_command cox_command_import;
extern const struct cox_command cox_command_init;
extern const struct cox_command cox_command_log;
extern const struct cox_command cox_command_migrate;
extern const struct cox_command cox_command_move;
extern const struct cox_command cox_command_processing;
extern const struct cox_command cox_command_report;
extern const struct cox_command cox_command_restore;
extern const struct cox_command cox_command_serve;
extern const struct cox_command cox_command_stats;
extern const struct cox_command cox_command_territory;
extern const struct cox_command cox_command_token;
extern const struct cox_command cox_command_undo;
extern const struct cox_command cox_command_user;

const struct cox_command *const cox_commands[] = {
    &cox_command_init,
    &cox_command_demo,
    &cox_command_import,
    &cox_command_serve,
    &cox_command_brief,
    &cox_command_report,
    &cox_command_export,
    &cox_command_log,
    &cox_command_undo,
    &cox_command_erase,
    &cox_command_processing,
    &cox_command_forecast,
    &cox_command_territory,
    &cox_command_stats,
    &cox_command_user,
    &cox_command_token,
    &cox_command_check,
    &cox_command_audit,
    &cox_command_digest,
    &cox_command_backup,
    &cox_command_restore,
    &cox_command_move,
    &cox_command_migrate,
    &cox_command_help,
    NULL,
};
