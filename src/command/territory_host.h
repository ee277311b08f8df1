/* command/territory_host.h: threads, a time limit, Ctrl-C and progress for the territory kernels. */
#ifndef COX_COMMAND_TERRITORY_HOST_H
#define COX_COMMAND_TERRITORY_HOST_H

#include "base/progress.h"
#include "command/command.h"
#include "kernel/territory/host.h"

struct territory_host {
    struct cox_territory_host host;
    struct cox_progress progress;
    const char *stage;
    size_t thread_count;
    int64_t stop_us; /* monotonic; 0: no limit */
    int64_t start_us;
    int signal_fd;  /* Ctrl-C arrives here; -1: it ends the program as usual */
    int is_stopped; /* atomic */
};

/* Reads --threads and --time. Ctrl-C from now on asks for the best plan so far. */
enum cox_rc territory_host_init(struct territory_host *host, const struct cox_cli *cli,
    struct cox_err *reterr) COX_NODISCARD;
void territory_host_done(struct territory_host *host);

double territory_host_seconds(const struct territory_host *host);

/* Of the whole program so far, all threads together: what another machine's load leaves alone. */
double territory_host_cpu_seconds(void);

/* Most memory the program ever held, in bytes. */
int64_t territory_host_peak(void);

#endif
