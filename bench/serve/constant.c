/* bench/serve/constant.c: see constant.h. */
#include "constant.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct MHD_Response *response;

static enum MHD_Result answer(void *ctx, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_size,
    void **request)
{
    static int seen;

    (void)ctx;
    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    (void)upload_size;
    if (*request == NULL) { /* the head; the library calls again for the reply */
        *request = &seen;
        return MHD_YES;
    }
    return MHD_queue_response(mhd, 200, response);
}

static void *run(void *arg)
{
    struct MHD_Daemon *daemon = arg;
    struct pollfd poller = {.fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
        .events = POLLIN};
    MHD_UNSIGNED_LONG_LONG timeout;

    for (;;) {
        int wait = MHD_get_timeout(daemon, &timeout) == MHD_YES && timeout == 0 ? 0 : 250;
        (void)poll(&poller, 1, wait); /* interrupted: as good */
        (void)MHD_run(daemon);
    }
    return NULL;
}

static int listen_on(uint16_t *port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(*port)};
    socklen_t size = sizeof(to);
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0 ||
        bind(fd, (const struct sockaddr *)&to, sizeof(to)) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&to, &size) != 0) {
        perror("listen");
        exit(1);
    }
    *port = ntohs(to.sin_port);
    return fd;
}

uint16_t constant_start(size_t size, unsigned loop_count)
{
    uint16_t port = 0;
    char *bytes = malloc(size + 1);
    pthread_t thread;

    if (bytes == NULL) {
        exit(1);
    }
    memset(bytes, 'x', size);
    response = MHD_create_response_from_buffer(size, bytes, MHD_RESPMEM_MUST_FREE);
    for (unsigned i = 0; i < loop_count; i++) {
        struct MHD_Daemon *daemon =
            MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, NULL, MHD_OPTION_LISTEN_SOCKET,
                listen_on(&port), MHD_OPTION_CONNECTION_LIMIT, 4096u, MHD_OPTION_END);
        if (daemon == NULL || pthread_create(&thread, NULL, run, daemon) != 0) {
            fprintf(stderr, "the library does not start\n");
            exit(1);
        }
    }
    return port;
}
