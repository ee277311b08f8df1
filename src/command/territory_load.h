/* command/territory_load.h: a territory problem from files: the benchmark's .bin, or two CSVs. */
#ifndef COX_COMMAND_TERRITORY_LOAD_H
#define COX_COMMAND_TERRITORY_LOAD_H

#include "base/map.h"
#include "command/command.h"
#include "kernel/territory/problem.h"

/* A problem whose arrays are the arena's. Names are NULL for a .bin, which has only numbers. */
struct territory_input {
    struct cox_territory_problem problem;
    struct cox_text *account, *rep;
    struct cox_map *account_map; /* name -> account; NULL for a .bin */
    struct cox_map *rep_map;     /* name -> rep; NULL for a .bin */
    struct cox_map *skill_map;   /* skill -> bit; NULL for a .bin, whose skills are bits' numbers */
};

/* The one argument is a .bin; else --accounts and --reps are CSVs. Tolerances come from options. */
enum cox_rc territory_load(struct cox_cli *cli, struct territory_input *ret_input,
    struct cox_err *reterr) COX_NODISCARD;

/* The format written by the benchmark's generator: see docs/territory.md. */
enum cox_rc territory_load_bin(struct cox_cli *cli, const char *path,
    struct territory_input *ret_input, struct cox_err *reterr) COX_NODISCARD;

/* Accounts: account, lat, lon or x, y, visits, work, potential ...; reps: rep, lat, lon or x, y ... */
enum cox_rc territory_load_csv(struct cox_cli *cli, const char *accounts, const char *reps,
    struct territory_input *ret_input, struct cox_err *reterr) COX_NODISCARD;

/* Reps who join those of the input: a file like that of reps. Before the travel times. */
enum cox_rc territory_load_joins(struct cox_cli *cli, const char *path,
    struct territory_input *input, struct cox_err *reterr) COX_NODISCARD;

/* Minutes of every account to every rep, in place of distances: columns account, rep, minutes. */
enum cox_rc territory_load_travel(struct cox_cli *cli, const char *path,
    struct territory_input *input, struct cox_err *reterr) COX_NODISCARD;

/* "12.5" for a percentage option as 0.125; otherwise when not given. */
enum cox_rc territory_real(const struct cox_cli *cli, const char *name, double otherwise,
    double *ret_value, struct cox_err *reterr) COX_NODISCARD;

#endif
