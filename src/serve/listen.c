/* serve/listen.c: addresses and the sockets that share one. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve/inside.h"

enum { BACKLOG = 1024 };

enum cox_rc cox_listen_parse(const char *text, struct sockaddr_storage *ret_address,
    socklen_t *ret_size, struct cox_err *reterr)
{
    static const char wanted[] = "an address to listen on is written 127.0.0.1:8080 or [::1]:8080";
    const char *colon = strrchr(text, ':');
    size_t size = colon == NULL ? 0 : (size_t)(colon - text);
    bool is_6 = size > 2 && text[0] == '[' && text[size - 1] == ']';
    char *end, host[64];
    long port;

    if (colon == NULL || size - 2 * is_6 >= sizeof(host) || colon[1] < '0' || colon[1] > '9') {
        return cox_fail(reterr, COX_INVALID, "%s", wanted);
    }
    memcpy(host, text + is_6, size - 2 * is_6);
    host[size - 2 * is_6] = '\0';
    port = strtol(colon + 1, &end, 10);
    if (*end != '\0' || port > UINT16_MAX) {
        return cox_fail(reterr, COX_INVALID, "%s", wanted);
    }
    *ret_address = (struct sockaddr_storage){0};
    if (is_6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret_address;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)port);
        *ret_size = sizeof(*in6);
        return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1
                   ? COX_OK
                   : cox_fail(reterr, COX_INVALID, "%s", wanted);
    }
    struct sockaddr_in *in = (struct sockaddr_in *)ret_address;
    in->sin_family = AF_INET;
    in->sin_port = htons((uint16_t)port);
    *ret_size = sizeof(*in);
    return inet_pton(AF_INET, host, &in->sin_addr) == 1
               ? COX_OK
               : cox_fail(reterr, COX_INVALID, "%s", wanted);
}

static enum cox_rc failed(struct cox_server *server, int fd, struct cox_err *reterr)
{
    int why = errno;

    if (fd >= 0) {
        (void)close(fd);
    }
    if (why == EADDRINUSE) {
        return cox_fail(reterr, COX_CONFLICT, "%s is taken: is a server running there already?",
            server->opt.listen);
    }
    return cox_fail(reterr, why == EACCES ? COX_DENIED : COX_IO, "cannot listen on %s: %s",
        server->opt.listen, strerror(why));
}

static enum cox_rc open_one(struct cox_server *server, bool is_shared, int *ret_fd,
    struct cox_err *reterr)
{
    const int on = 1;
    int fd = socket(server->bind_to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        (is_shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) ||
        bind(fd, (const struct sockaddr *)&server->bind_to, server->bind_size) != 0) {
        return failed(server, fd, reterr);
    }
    *ret_fd = fd;
    return COX_OK;
}

/* Sockets that share a port also share it with another process of ours: found out by one that does not. */
static enum cox_rc claim(struct cox_server *server, struct cox_err *reterr)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof(bound);
    int fd;

    COX_TRY(open_one(server, false, &fd, reterr));
    if (getsockname(fd, (struct sockaddr *)&bound, &size) != 0) {
        return failed(server, fd, reterr);
    }
    server->bind_to = bound;
    in_port_t port = bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                 : ((struct sockaddr_in *)&bound)->sin_port;
    server->port = ntohs(port);
    (void)close(fd); /* it never listened */
    return COX_OK;
}

enum cox_rc cox_listen_open(struct cox_server *server, int *ret_fds, unsigned count,
    struct cox_err *reterr)
{
    unsigned made = 0;
    enum cox_rc rc = claim(server, reterr);

    while (rc == COX_OK && made < count) {
        rc = open_one(server, true, &ret_fds[made], reterr);
        if (rc == COX_OK && listen(ret_fds[made], BACKLOG) != 0) {
            rc = failed(server, ret_fds[made], reterr);
        } else if (rc == COX_OK) {
            made++;
        }
    }
    while (rc != COX_OK && made > 0) {
        (void)close(ret_fds[--made]);
    }
    return rc;
}

void cox_address_of(const struct sockaddr *address, struct cox_address *ret_address,
    bool *ret_is_loopback)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    unsigned char *bytes = ret_address->bytes;

    memset(bytes, 0, sizeof(ret_address->bytes));
    *ret_is_loopback = false;
    if (address->sa_family == AF_INET) {
        memcpy(bytes, mapped, sizeof(mapped));
        memcpy(bytes + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
        *ret_is_loopback = bytes[12] == 127;
    } else if (address->sa_family == AF_INET6) {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)address)->sin6_addr;
        *ret_is_loopback = IN6_IS_ADDR_LOOPBACK(in6);
        memcpy(bytes, in6, IN6_IS_ADDR_V4MAPPED(in6) ? 16 : 8);
    }
}
