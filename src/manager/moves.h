/* manager/moves.h: what became of the open pipeline within a week, to the cent. */
#ifndef COX_MANAGER_MOVES_H
#define COX_MANAGER_MOVES_H

#include "sales/brief.h"

enum { COX_MOVES_DAYS = 7 };

/*
 * The section of moves between the same time a week before and the brief's instant, of the deals the
 * actor sees at the latter: opening + new + came in + raised - lowered - won - lost = closing, in
 * deals and in money. A deal that was won or lost leaves with the amount it had a week before.
 */
enum cox_rc cox_moves_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

#endif
