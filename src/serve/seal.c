/*
 * serve/seal.c: secrets that must be read back (seeds of second factors), sealed under a key that is not in the store: a file
 * beside a SQLite store (FILE.key), else COX_KEY_FILE or ./coxswain.key. Whoever copies the database alone reads none.
 */
#include "serve/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve/sign_in.h"

_Static_assert(crypto_secretbox_KEYBYTES == 32, "the size of a key");

static void path_of_key(const char *store_url, char *ret_path, size_t size)
{
    const char *given = getenv("COX_KEY_FILE");
    bool is_server = strncmp(store_url, "postgres", 8) == 0;

    if (given != NULL && given[0] != '\0') {
        (void)snprintf(ret_path, size, "%s", given);
    } else if (is_server) {
        (void)snprintf(ret_path, size, "coxswain.key");
    } else {
        (void)snprintf(ret_path, size, "%s.key", store_url);
    }
}

static enum cox_rc make_key(const char *path, unsigned char ret_key[32], struct cox_err *reterr)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool is_written;

    if (fd < 0) {
        return cox_fail(reterr, COX_IO, "the key file %s cannot be made: %s", path,
            strerror(errno));
    }
    randombytes_buf(ret_key, 32);
    is_written = write(fd, ret_key, 32) == 32 && fsync(fd) == 0;
    if (close(fd) != 0 || !is_written) {
        (void)unlink(path); /* half a key is worse than none */
        return cox_fail(reterr, COX_FULL, "the key file %s cannot be written", path);
    }
    return COX_OK;
}

enum cox_rc cox_seal_key_load(const char *store_url, unsigned char ret_key[32],
    struct cox_err *reterr)
{
    char path[1024];
    ssize_t size;
    int fd;

    path_of_key(store_url, path, sizeof(path));
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        return make_key(path, ret_key, reterr);
    }
    if (fd < 0) {
        return cox_fail(reterr, COX_IO, "the key file %s cannot be read: %s", path,
            strerror(errno));
    }
    size = read(fd, ret_key, 32);
    (void)close(fd);
    return size == 32 ? COX_OK : cox_fail(reterr, COX_CORRUPT, "the key file %s is damaged", path);
}

enum cox_rc cox_seal(const struct cox_server *server, struct cox_arena *arena,
    struct cox_text secret, struct cox_text *ret_sealed, struct cox_err *reterr)
{
    const unsigned char *key = cox_sign_in_key(server, reterr);
    size_t size = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size;
    unsigned char *sealed = cox_arena_alloc(arena, size);

    if (key == NULL) {
        return reterr->rc;
    }
    if (sealed == NULL) {
        return cox_no_memory(reterr);
    }
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    (void)crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES,
        (const unsigned char *)secret.ptr, secret.size, sealed, key); /* cannot fail */
    *ret_sealed = (struct cox_text){(const char *)sealed, size};
    return COX_OK;
}

enum cox_rc cox_unseal(const struct cox_server *server, struct cox_arena *arena,
    struct cox_text sealed, struct cox_text *ret_secret, struct cox_err *reterr)
{
    const unsigned char *key = cox_sign_in_key(server, reterr),
                        *bytes = (const unsigned char *)sealed.ptr;
    size_t head = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    unsigned char *secret;

    if (key == NULL) {
        return reterr->rc;
    }
    if (sealed.size < head) {
        return cox_fail(reterr, COX_CORRUPT, "a sealed secret is damaged");
    }
    secret = cox_arena_alloc(arena, sealed.size - head + 1);
    if (secret == NULL) {
        return cox_no_memory(reterr);
    }
    if (crypto_secretbox_open_easy(secret, bytes + crypto_secretbox_NONCEBYTES,
            sealed.size - crypto_secretbox_NONCEBYTES, bytes, key) != 0) {
        return cox_fail(reterr, COX_CORRUPT, "a sealed secret is of another key file");
    }
    *ret_secret = (struct cox_text){(const char *)secret, sealed.size - head};
    return COX_OK;
}
