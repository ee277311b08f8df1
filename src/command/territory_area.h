/* command/territory_area.h: the subcommands of territory that choose centres. */
#ifndef COX_COMMAND_TERRITORY_AREA_H
#define COX_COMMAND_TERRITORY_AREA_H

#include "command/command.h"

enum cox_rc territory_run_centers(struct cox_cli *cli, struct cox_err *reterr);
enum cox_rc territory_run_size(struct cox_cli *cli, struct cox_err *reterr);

#endif
