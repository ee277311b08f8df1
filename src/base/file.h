/* base/file.h: where bytes come from: a file (plain or .gz), a descriptor, memory. */
#ifndef COX_BASE_FILE_H
#define COX_BASE_FILE_H

#include "base/text.h"

/* Reads up to room bytes; *ret_size 0 only at the end. */
struct cox_source {
    enum cox_rc (
        *read)(void *ctx, void *ret_bytes, size_t room, size_t *ret_size, struct cox_err *reterr);
    void *ctx;
};

struct cox_file;

/*
 * Opens for reading; "-" is standard input. gzip is known by its first bytes and unpacked on the
 * way, members one after the other included. size_max limits the unpacked bytes (0: none).
 * Errors: COX_MISSING, COX_DENIED, COX_IO; while reading COX_TOO_LARGE, COX_INVALID (damaged gzip).
 */
enum cox_rc cox_file_open(const char *path, uint64_t size_max, struct cox_file **ret_file,
    struct cox_err *reterr) COX_NODISCARD;

/* The same over a descriptor, which stays the caller's, or over bytes, which must outlive the file. */
enum cox_rc cox_file_open_fd(int fd, uint64_t size_max, struct cox_file **ret_file,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_file_open_bytes(struct cox_text bytes, uint64_t size_max,
    struct cox_file **ret_file, struct cox_err *reterr) COX_NODISCARD;

/* Accepts NULL. */
void cox_file_close(struct cox_file *file);
#define COX_AUTO_FILE __attribute__((cleanup(cox_file_close_at))) struct cox_file *
void cox_file_close_at(struct cox_file **file);

struct cox_source cox_file_source(struct cox_file *file);

/* Bytes taken from the file so far (packed) and its size where known, else 0: for progress. */
uint64_t cox_file_position(const struct cox_file *file);
uint64_t cox_file_size(const struct cox_file *file);

/* A sink that writes to a descriptor, all of it, across interruptions. */
struct cox_sink cox_fd_sink(int *fd);

#endif
