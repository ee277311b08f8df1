/* command/stats.h: the subcommands of coxswain stats, each in the file of its subject. */
#ifndef COX_COMMAND_STATS_H
#define COX_COMMAND_STATS_H

#include "command/command.h"

enum cox_rc stats_run_experiment(struct cox_cli *cli, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc stats_run_power(struct cox_cli *cli, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc stats_run_impact(struct cox_cli *cli, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc stats_run_rollout(struct cox_cli *cli, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc stats_run_compare(struct cox_cli *cli, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc stats_run_watch(struct cox_cli *cli, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc stats_run_diagnose(struct cox_cli *cli, struct cox_err *reterr) COX_NODISCARD;

#endif
