/* kernel/stats/release.c: rank of the released cells with a few people left out. */
#include "kernel/stats/release.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { LEAST_MAX = 8, SETS_MAX = 1000000 };
static const double zero =
    1e-9; /* pivots of a 0/1 matrix with few rows: far from this when not 0 */

struct audit {
    size_t cells, columns, least;
    size_t *size;    /* people of a column */
    double *matrix;  /* cells x columns */
    double *reduced; /* the same, worked on */
    size_t left_out[LEAST_MAX], left_count;
    size_t rank, sets;
};

size_t cox_release_workspace_size(const struct cox_release *release)
{
    return (release->people + 1) * sizeof(size_t) +
           2 * (release->cells * release->people + 1) * sizeof(double);
}

static bool is_alike(const struct cox_release *in, size_t a, size_t b)
{
    for (size_t c = 0; c < in->cells; c++) {
        if (in->member[c * in->people + a] != in->member[c * in->people + b]) {
            return false;
        }
    }
    return true;
}

/* People in the same cells become one column; who is in none is in no column. */
static void merge(const struct cox_release *in, struct audit *audit)
{
    size_t first[COX_RELEASE_PEOPLE_MAX];

    for (size_t p = 0; p < in->people; p++) {
        bool is_in = false;
        size_t at = 0;

        for (size_t c = 0; c < in->cells; c++) {
            is_in = is_in || in->member[c * in->people + p] != 0;
        }
        if (!is_in) {
            continue;
        }
        while (at < audit->columns && !is_alike(in, first[at], p)) {
            at++;
        }
        if (at == audit->columns) {
            first[audit->columns++] = p;
            audit->size[at] = 0;
        }
        audit->size[at]++;
    }
    for (size_t c = 0; c < in->cells; c++) {
        for (size_t at = 0; at < audit->columns; at++) {
            audit->matrix[c * audit->columns + at] = in->member[c * in->people + first[at]];
        }
    }
}

static bool is_left_out(const struct audit *audit, size_t column)
{
    for (size_t i = 0; i < audit->left_count; i++) {
        if (audit->left_out[i] == column) {
            return true;
        }
    }
    return false;
}

static size_t pivot_of(const struct audit *audit, size_t rank, size_t column)
{
    size_t best = rank;

    for (size_t c = rank; c < audit->cells; c++) {
        if (fabs(audit->reduced[c * audit->columns + column]) >
            fabs(audit->reduced[best * audit->columns + column])) {
            best = c;
        }
    }
    return best;
}

/* Rank of the cells over the columns that are not left out, by elimination. */
static size_t rank_of(struct audit *audit)
{
    size_t width = audit->columns, rank = 0;
    double *m = audit->reduced;

    memcpy(m, audit->matrix, audit->cells * width * sizeof(*m));
    for (size_t column = 0; column < width && rank < audit->cells; column++) {
        size_t pivot = is_left_out(audit, column) ? audit->cells : pivot_of(audit, rank, column);

        if (pivot == audit->cells || fabs(m[pivot * width + column]) < zero) {
            continue;
        }
        for (size_t at = 0; at < width; at++) {
            double held = m[pivot * width + at];
            m[pivot * width + at] = m[rank * width + at];
            m[rank * width + at] = held;
        }
        for (size_t c = rank + 1; c < audit->cells; c++) {
            double factor = m[c * width + column] / m[rank * width + column];
            for (size_t at = 0; at < width && factor != 0; at++) {
                m[c * width + at] -= factor * m[rank * width + at];
            }
        }
        rank++;
    }
    return rank;
}

/* Every set of columns from `from` on that holds fewer than least people, added to those left out. */
static bool keeps_rank(struct audit *audit, size_t from, size_t people)
{
    for (size_t at = from; at < audit->columns; at++) {
        if (people + audit->size[at] >= audit->least) {
            continue;
        }
        audit->left_out[audit->left_count++] = at;
        if (++audit->sets > SETS_MAX || rank_of(audit) < audit->rank ||
            !keeps_rank(audit, at + 1, people + audit->size[at])) {
            return false;
        }
        audit->left_count--;
    }
    return true;
}

enum cox_rc cox_release_is_safe(const struct cox_release *release, size_t least, void *workspace,
    bool *ret_is_safe, struct cox_err *reterr)
{
    char *room = (char *)workspace;
    size_t matrix_size = (release->cells * release->people + 1) * sizeof(double);
    struct audit audit = {.cells = release->cells,
        .least = least,
        .matrix = (double *)(void *)room,
        .reduced = (double *)(void *)(room + matrix_size),
        .size = (size_t *)(void *)(room + 2 * matrix_size)};

    assert(least >= 1 && least <= LEAST_MAX);
    if (release->cells > COX_RELEASE_CELLS_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "cells", 0, "too many groups for one audit");
    }
    if (release->people > COX_RELEASE_PEOPLE_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "people", 0, "too many people for one audit");
    }
    merge(release, &audit);
    audit.rank = rank_of(&audit);
    *ret_is_safe = keeps_rank(&audit, 0, 0);
    if (audit.sets > SETS_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "people", 0, "too many groups for one audit");
    }
    return COX_OK;
}
