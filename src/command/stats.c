/* command/stats.c: coxswain stats: the statistics of the leader's screens, from files. */
#include "command/stats.h"

#include "command/stats_plan.h"

static const struct cox_option options[] = {
    {"alpha", "P", "chance of a false finding allowed (else .05)", false},
    {"tau", "X", "experiment: spread of lifts thought possible (else .08)", false},
    {"share", "P", "experiment: share planned for the variant (else .5)", false},
    {"start", "PERIOD", "impact: the first period of the change", false},
    {"plan", "FILE", "experiment, impact, rollout: read by this sealed plan and no other way",
        false},
    {"out", "FILE", "seal: the sealed plan (else standard output)", false},
    {"plot", "FILE", "impact: the effect by period as a picture (SVG)", false},
    {"seed", "N", "of the shuffles; the same seed gives the same answer (else 1)", false},
    {"answers-min", "N", "impact: answers behind a figure, 5 or more (else 5)", false},
    {"draws", "N", "how many shuffles", false},
    {"method", "NAME", "watch: cusum (the usual one) or ewma", false},
    {"ratio", "X", "watch: the change looked for, as a share of expected (else .6)", false},
    {"budget", "P", "watch: chance of a false alarm in a healthy rep's year; sets the limit",
        false},
    {"baseline", "N", "watch: learn what is expected from each rep's first N weeks", false},
    {"dispersion", "X", "watch: how much weeks vary beyond chance (else 0)", false},
    {"limit", "X", "watch: alarm at (else 4.5, or 2.75 for ewma)", false},
    {"power", "P", "power: chance of finding a real effect (else .8)", false},
    {"rate", "P", "power: rate without the change", false},
    {"trials", "N", "power: trials in each arm", false},
    {"per-cluster", "N", "power: trials of each rep, where whole reps are assigned", false},
    {"icc", "X", "power: correlation within a rep or team (else .04)", false},
    {"sd", "X", "power: spread of a figure between teams", false},
    {"periods", "N", "power: roll-out over so many periods, with --sd and --cell-sd", false},
    {"cell-sd", "X", "power: spread of a team's own periods about its mean", false},
    {"teams", "N", "power: teams on each side", false},
    {0},
};

static const struct cox_subcommand subcommands[] = {
    {"experiment", "FILE", "read an experiment with two arms, at any time", 1, 1,
        stats_run_experiment},
    {"impact", "FILE", "what a change did to teams, all starting together", 1, 1, stats_run_impact},
    {"rollout", "FILE", "what a change did to teams starting at different times", 1, 1,
        stats_run_rollout},
    {"compare", "FILE", "many estimates with their errors, without a naked league table", 1, 1,
        stats_run_compare},
    {"watch", "FILE", "early warning on weekly figures", 1, 1, stats_run_watch},
    {"diagnose", "FILE", "where funnels leak against comparable peers", 1, 1, stats_run_diagnose},
    {"seal", "PLAN", "seal a plan before there are data", 1, 1, stats_run_seal},
    {"power", "", "the smallest effect a plan could detect", 0, 0, stats_run_power},
    {0},
};

const struct cox_command cox_command_stats = {
    .name = "stats",
    .line = "experiments, impact, early warning and diagnosis from files",
    .help =
        "Works on CSV files (plain or .gz, \"-\" for standard input) whose first row names\n"
        "the columns; other columns are ignored. No database is opened.\n"
        "\n"
        "experiment: look, arm (control or variant), trials, wins; rep where whole reps\n"
        "were assigned; received, the arm that was met in truth: such trials count as\n"
        "assigned and are told. Rows of a look are what came new since the look before.\n"
        "impact: team, period, outcome, treated (0 or 1), with --start; answers, how many\n"
        "people a figure comes from: under --answers-min they are left out.\n"
        "rollout: team, period, outcome, start (its first treated period; empty: never).\n"
        "compare: name, estimate, error.\n"
        "watch: rep, week, events, expected; attempts where events are successes. A week\n"
        "without expected does not count.\n"
        "diagnose: rep, stage, entries, successes; segment, to compare with peers on the\n"
        "same mix (or mix_ratio, worked out elsewhere); downstream and amount (what a\n"
        "success is worth: chance of winning, mean value) where known.\n"
        "\n"
        "seal: a plan in JSON: question, design (experiment, impact or rollout), unit (what is\n"
        "assigned), outcomes (columns, the one that decides first), alpha, size, effect; where\n"
        "wanted power, method (impact: difference, adjusted or mixed), start, share, tau, seed,\n"
        "draws, note. With --plan every outcome of it is told, also those without an effect,\n"
        "with p-values adjusted for their number (Holm); other settings are refused.\n"
        "\n"
        "  $ coxswain stats seal plan.json --out sealed.json\n"
        "  $ coxswain stats impact panel.csv --plan sealed.json --plot effect.svg\n"
        "  $ coxswain stats power --rate .22 --trials 288 --per-cluster 36\n"
        "  $ coxswain stats experiment looks.csv\n"
        "  $ coxswain stats impact panel.csv --start 2024Q3 --json",
    .options = options,
    .subcommands = subcommands,
};
