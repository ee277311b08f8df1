/* command/territory_whatif.h: coxswain territory whatif. */
#ifndef COX_COMMAND_TERRITORY_WHATIF_H
#define COX_COMMAND_TERRITORY_WHATIF_H

#include "command/command.h"

enum cox_rc territory_run_whatif(struct cox_cli *cli, struct cox_err *reterr);

#endif
