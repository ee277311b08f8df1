/* manager/moves.h: what became of the open pipeline since an instant, to the cent. */
#ifndef COX_MANAGER_MOVES_H
#define COX_MANAGER_MOVES_H

#include "sales/brief.h"

enum { COX_MOVES_SHOWN_MAX = 500 };

/*
 * Three sections about what has moved between brief->since_us and the brief's instant, of the deals
 * the actor sees at the latter:
 *  - "moves", the open pipeline: opening + new + came in + raised - lowered - won - lost = closing;
 *  - "due_moves", of it what is expected by the period's end: pulled in and moved out beside these;
 *  - "moved_deals", the deals behind both, for screens: the largest COX_MOVES_SHOWN_MAX.
 * In deals and in money. A deal that leaves does so with the amount it had then.
 */
enum cox_rc cox_moves_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

#endif
