/* serve/body.c: the body of a request: in memory, or past 1 MiB in a file without a name. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "serve/inside.h"

enum { IN_MEMORY_MAX = 1 << 20 };

static enum cox_rc write_all(int fd, const char *bytes, size_t size, struct cox_err *reterr)
{
    while (size > 0) {
        ssize_t done = write(fd, bytes, size);
        if (done < 0 && errno != EINTR) {
            enum cox_rc rc = errno == ENOSPC || errno == EDQUOT ? COX_FULL : COX_IO;
            return cox_fail(reterr, rc, "the body cannot be kept: %s", strerror(errno));
        }
        if (done > 0) {
            bytes += done;
            size -= (size_t)done;
        }
    }
    return COX_OK;
}

/* What has come so far moves into a file. */
static enum cox_rc to_file(struct cox_request *request, struct cox_err *reterr)
{
    const char *folder = getenv("TMPDIR");

    request->body_fd = open(folder == NULL ? "/tmp" : folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (request->body_fd < 0) {
        return cox_fail(reterr, COX_IO, "there is no place for large bodies: %s", strerror(errno));
    }
    COX_TRY(write_all(request->body_fd, request->body.ptr, request->body.size, reterr));
    cox_buf_done(&request->body);
    return COX_OK;
}

enum cox_rc cox_body_add(struct cox_request *request, const char *bytes, size_t size,
    struct cox_err *reterr)
{
    if (size > request->body_max - request->body_size) {
        return cox_fail(reterr, COX_TOO_LARGE, "a body of at most %zu bytes is taken here",
            request->body_max);
    }
    request->body_size += size;
    if (request->body_fd < 0 && request->body_size > IN_MEMORY_MAX &&
        (request->x.route->flags & COX_ROUTE_KEEPS_BODY) != 0) {
        COX_TRY(to_file(request, reterr));
    }
    if (request->body_fd >= 0) {
        return write_all(request->body_fd, bytes, size, reterr);
    }
    cox_buf_add(&request->body, bytes, size);
    return request->body.failed ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_body_finish(struct cox_request *request, struct cox_err *reterr)
{
    if (request->body_fd < 0) {
        request->x.body =
            request->body_size == 0 ? (struct cox_text){0} : cox_buf_text(&request->body);
        return COX_OK;
    }
    void *map = mmap(NULL, request->body_size, PROT_READ, MAP_PRIVATE, request->body_fd, 0);
    if (map == MAP_FAILED) {
        return cox_fail(reterr, COX_NO_MEMORY, "the body cannot be read: %s", strerror(errno));
    }
    request->body_map = map;
    request->x.body = (struct cox_text){map, request->body_size};
    return COX_OK;
}

void cox_body_drop(struct cox_request *request)
{
    cox_buf_done(&request->body);
    if (request->body_map != NULL) {
        (void)munmap(request->body_map, request->body_size); /* our own mapping: cannot fail */
        request->body_map = NULL;
    }
    if (request->body_fd >= 0) {
        (void)close(request->body_fd); /* it has no name: nothing is lost */
        request->body_fd = -1;
    }
}
