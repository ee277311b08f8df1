/*
 * kernel/stats/release.h: may a set of group means be shown? A mean over a group, with its size, is a linear equation
 * over the people in it; several together can be solved for fewer people than any of them holds. This says whether
 * some combination of all that has been shown speaks of fewer than so many people.
 */
#ifndef COX_KERNEL_STATS_RELEASE_H
#define COX_KERNEL_STATS_RELEASE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { COX_RELEASE_CELLS_MAX = 64, COX_RELEASE_PEOPLE_MAX = 200 };

/* member[cell * people + person] is 1 where the cell's figure includes the person, else 0. */
struct cox_release {
    size_t cells, people;
    const unsigned char *member;
};

/*
 * true: no linear combination of the cells' figures, other than nothing, involves fewer than least people; so none of
 * them, and no group below least, can be worked out, however the cells overlap. Works on what people have in
 * common (those in the same cells are one column), and asks for each set of such columns of fewer than least people
 * whether leaving it out loses rank. Answers of one person that differ between cells (a later round) only make
 * it harder: they are taken as the same.
 * least 1..8. O(sets * cells^2 * columns). COX_TOO_LARGE "cells" or "people" beyond the limits above, or past a million sets: take that
 * as false. The workspace has cox_release_workspace_size bytes.
 */
enum cox_rc cox_release_is_safe(const struct cox_release *release, size_t least, void *workspace,
    bool *ret_is_safe, struct cox_err *reterr) COX_NODISCARD;
size_t cox_release_workspace_size(const struct cox_release *release);

#endif
