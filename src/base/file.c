/* base/file.c: byte sources, gzip unpacked on the way, and a sink on a descriptor. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/arena.h"

enum { CHUNK_SIZE = 65536, GZIP_WINDOW = 15 + 16 };

struct cox_file {
    int fd; /* -1: bytes in memory */
    bool own_fd, at_end, packed, looked, member_open;
    struct cox_text bytes; /* what is left of memory */
    uint64_t size, position, given, size_max;
    z_stream zip;
    size_t chunk_at, chunk_size;
    unsigned char chunk[CHUNK_SIZE];
};

static enum cox_rc fail_errno(struct cox_err *reterr, const char *what, const char *path)
{
    int error = errno;
    enum cox_rc rc = error == ENOENT || error == ENOTDIR  ? COX_MISSING
                     : error == EACCES || error == EPERM  ? COX_DENIED
                     : error == ENOSPC || error == EDQUOT ? COX_FULL
                                                          : COX_IO;

    return cox_fail(reterr, rc, "%s%s%s: %s", what, path[0] == '\0' ? "" : " ", path,
        strerror(error));
}

static struct cox_file *new_file(int fd, struct cox_text bytes, uint64_t size_max)
{
    struct cox_file *file = cox_memory_alloc(sizeof(*file));

    if (file != NULL) {
        memset(file, 0, offsetof(struct cox_file, chunk));
        file->fd = fd;
        file->bytes = bytes;
        file->size_max = size_max;
        file->size = bytes.size;
    }
    return file;
}

enum cox_rc cox_file_open_fd(int fd, uint64_t size_max, struct cox_file **ret_file,
    struct cox_err *reterr)
{
    struct stat about;
    struct cox_file *file;

    if (fstat(fd, &about) != 0) {
        return fail_errno(reterr, "cannot read the file", "");
    }
    if (S_ISDIR(about.st_mode)) {
        return cox_fail(reterr, COX_INVALID, "this is a folder, a file is wanted");
    }
    file = new_file(fd, (struct cox_text){0}, size_max);
    if (file == NULL) {
        return cox_no_memory(reterr);
    }
    file->size = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
    *ret_file = file;
    return COX_OK;
}

enum cox_rc cox_file_open(const char *path, uint64_t size_max, struct cox_file **ret_file,
    struct cox_err *reterr)
{
    bool is_input = strcmp(path, "-") == 0;
    int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    enum cox_rc rc;

    if (fd < 0) {
        return fail_errno(reterr, "cannot open", path);
    }
    rc = cox_file_open_fd(fd, size_max, ret_file, reterr);
    if (rc == COX_OK) {
        (*ret_file)->own_fd = !is_input;
    } else if (!is_input) {
        (void)close(fd); /* only read from */
    }
    return rc;
}

enum cox_rc cox_file_open_bytes(struct cox_text bytes, uint64_t size_max,
    struct cox_file **ret_file, struct cox_err *reterr)
{
    struct cox_file *file = new_file(-1, bytes, size_max);

    if (file == NULL) {
        return cox_no_memory(reterr);
    }
    *ret_file = file;
    return COX_OK;
}

void cox_file_close(struct cox_file *file)
{
    if (file == NULL) {
        return;
    }
    if (file->packed) {
        (void)inflateEnd(&file->zip); /* fails only for a stream that never began */
    }
    if (file->own_fd) {
        (void)close(file->fd); /* only read from */
    }
    cox_memory_free(file);
}

void cox_file_close_at(struct cox_file **file)
{
    cox_file_close(*file);
}

/* Bytes as they are stored. */
static enum cox_rc read_stored(struct cox_file *file, void *ret_bytes, size_t room,
    size_t *ret_size, struct cox_err *reterr)
{
    ssize_t got;

    if (file->fd < 0) {
        size_t size = room < file->bytes.size ? room : file->bytes.size;
        if (size > 0) {
            memcpy(ret_bytes, file->bytes.ptr, size);
            file->bytes.ptr += size;
            file->bytes.size -= size;
        }
        *ret_size = size;
        file->position += size;
        return COX_OK;
    }
    do {
        got = read(file->fd, ret_bytes, room);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return fail_errno(reterr, "reading the file failed", "");
    }
    *ret_size = (size_t)got;
    file->position += (uint64_t)got;
    return COX_OK;
}

static enum cox_rc fill_chunk(struct cox_file *file, struct cox_err *reterr)
{
    size_t got;

    if (file->chunk_at == file->chunk_size) {
        file->chunk_at = file->chunk_size = 0;
    }
    COX_TRY(read_stored(file, file->chunk + file->chunk_size, CHUNK_SIZE - file->chunk_size, &got,
        reterr));
    file->chunk_size += got;
    file->at_end = got == 0;
    return COX_OK;
}

static bool chunk_is_gzip(const struct cox_file *file)
{
    return file->chunk_size - file->chunk_at >= 2 && file->chunk[file->chunk_at] == 0x1F &&
           file->chunk[file->chunk_at + 1] == 0x8B;
}

/* The first bytes decide; a pipe may give them one by one. */
static enum cox_rc look(struct cox_file *file, struct cox_err *reterr)
{
    while (!file->at_end && file->chunk_size < 2) {
        COX_TRY(fill_chunk(file, reterr));
    }
    file->looked = true;
    if (!chunk_is_gzip(file)) {
        return COX_OK;
    }
    if (inflateInit2(&file->zip, GZIP_WINDOW) != Z_OK) {
        return cox_no_memory(reterr);
    }
    file->packed = file->member_open = true;
    return COX_OK;
}

static enum cox_rc read_plain(struct cox_file *file, void *ret_bytes, size_t room, size_t *ret_size,
    struct cox_err *reterr)
{
    size_t size = file->chunk_size - file->chunk_at;

    if (size == 0) {
        return read_stored(file, ret_bytes, room, ret_size, reterr);
    }
    size = size < room ? size : room;
    memcpy(ret_bytes, file->chunk + file->chunk_at, size);
    file->chunk_at += size;
    *ret_size = size;
    return COX_OK;
}

/* Behind the end of a member: another one, or padding, which gzip ignores and so do we. */
static enum cox_rc next_member(struct cox_file *file, struct cox_err *reterr)
{
    while (!file->at_end && file->chunk_size - file->chunk_at < 2) {
        if (file->chunk_at > 0) {
            memmove(file->chunk, file->chunk + file->chunk_at, file->chunk_size - file->chunk_at);
            file->chunk_size -= file->chunk_at;
            file->chunk_at = 0;
        }
        COX_TRY(fill_chunk(file, reterr));
    }
    file->member_open = chunk_is_gzip(file);
    if (file->member_open) {
        (void)inflateReset(&file->zip); /* fails only for a stream that never began */
    }
    return COX_OK;
}

static enum cox_rc inflate_some(struct cox_file *file, void *ret_bytes, size_t room,
    size_t *ret_size, struct cox_err *reterr)
{
    int status;

    if (file->chunk_at == file->chunk_size) {
        COX_TRY(fill_chunk(file, reterr));
        if (file->at_end) {
            return cox_fail(reterr, COX_INVALID, "the gzip file is cut off");
        }
    }
    file->zip.next_in = file->chunk + file->chunk_at;
    file->zip.avail_in = (uInt)(file->chunk_size - file->chunk_at);
    file->zip.next_out = ret_bytes;
    file->zip.avail_out = room > INT32_MAX ? INT32_MAX : (uInt)room;
    room = file->zip.avail_out;
    status = inflate(&file->zip, Z_NO_FLUSH);
    file->chunk_at = file->chunk_size - file->zip.avail_in;
    *ret_size = room - file->zip.avail_out;
    if (status == Z_STREAM_END) {
        return next_member(file, reterr);
    }
    if (status == Z_MEM_ERROR) {
        return cox_no_memory(reterr);
    }
    if (status != Z_OK && status != Z_BUF_ERROR) {
        return cox_fail(reterr, COX_INVALID, "the gzip file is damaged: %s",
            file->zip.msg == NULL ? "bad data" : file->zip.msg);
    }
    return COX_OK;
}

static enum cox_rc read_file(void *ctx, void *ret_bytes, size_t room, size_t *ret_size,
    struct cox_err *reterr)
{
    struct cox_file *file = ctx;
    size_t size = 0;

    if (!file->looked) {
        COX_TRY(look(file, reterr));
    }
    if (!file->packed) {
        COX_TRY(read_plain(file, ret_bytes, room, &size, reterr));
    }
    while (file->packed && size == 0 && file->member_open) {
        COX_TRY(inflate_some(file, ret_bytes, room, &size, reterr));
    }
    file->given += size;
    if (file->size_max > 0 && file->given > file->size_max) {
        return cox_fail(reterr, COX_TOO_LARGE, "the file%s is larger than %llu bytes",
            file->packed ? ", unpacked," : "", (unsigned long long)file->size_max);
    }
    *ret_size = size;
    return COX_OK;
}

struct cox_source cox_file_source(struct cox_file *file)
{
    return (struct cox_source){read_file, file};
}

uint64_t cox_file_position(const struct cox_file *file)
{
    return file->position;
}

uint64_t cox_file_size(const struct cox_file *file)
{
    return file->size;
}

static enum cox_rc write_fd(void *ctx, const void *bytes, size_t size, struct cox_err *reterr)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t done = write(*(const int *)ctx, at, size);
        if (done < 0 && errno != EINTR) {
            return fail_errno(reterr, "writing failed", "");
        }
        if (done > 0) {
            at += done;
            size -= (size_t)done;
        }
    }
    return COX_OK;
}

struct cox_sink cox_fd_sink(int *fd)
{
    return (struct cox_sink){write_fd, fd};
}
