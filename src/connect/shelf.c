/* connect/shelf.c: the private folder of files that were sent to be imported. */
#include "connect/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "base/num.h"
#include "base/utf8.h"

static const char letters[] = {[COX_SHELF_FILE] = 'f', [COX_SHELF_IMPORT] = 'j'};

enum { SMALL_MAX = 64 << 20 };

/* ---- the folder ---- */

static enum cox_rc make_private(const char *path, struct cox_err *reterr)
{
    struct stat about;

    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        return cox_fail(reterr, COX_IO, "the folder \"%s\" cannot be made: %s", path,
            strerror(errno));
    }
    if (lstat(path, &about) != 0 || !S_ISDIR(about.st_mode) || about.st_uid != geteuid() ||
        (about.st_mode & 077) != 0) {
        return cox_fail(reterr, COX_DENIED, "\"%s\" is no private folder of this program", path);
    }
    return COX_OK;
}

/* PostgreSQL stores have no place of their own on this machine; one folder each. */
static const char *base_folder(void)
{
    const char *state = getenv("STATE_DIRECTORY"), *temporary = getenv("TMPDIR");

    return state != NULL ? state : temporary != NULL ? temporary : "/tmp";
}

enum cox_rc cox_shelf_open(const char *store_url, struct cox_shelf *ret_shelf,
    struct cox_err *reterr)
{
    static const struct cox_hash_key key = {0x636f78, 0x7368656c66};
    int size;

    if (strncmp(store_url, "postgres", 8) == 0) {
        size = snprintf(ret_shelf->root, sizeof(ret_shelf->root), "%s/coxswain-imports-%08x",
            base_folder(), (unsigned)cox_hash_text(&key, cox_text_of(store_url)));
    } else {
        size = snprintf(ret_shelf->root, sizeof(ret_shelf->root), "%s.imports", store_url);
    }
    if (size < 0 || (size_t)size >= sizeof(ret_shelf->root)) {
        return cox_fail(reterr, COX_TOO_LARGE, "the path of the store is too long");
    }
    return COX_OK;
}

enum cox_rc cox_shelf_add(const struct cox_shelf *shelf, enum cox_shelf_kind kind, int64_t user,
    struct cox_arena *arena, char ret_id[COX_SHELF_ID_SIZE], const char **ret_path,
    struct cox_err *reterr)
{
    uint64_t random;
    char *path;

    if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        return cox_fail(reterr, COX_IO, "the system has no random");
    }
    (void)snprintf(ret_id, COX_SHELF_ID_SIZE, "%016llx", (unsigned long long)random); /* fits */
    path = cox_arena_format(arena, "%s/%c%s-%lld", shelf->root, letters[kind], ret_id,
        (long long)user);
    if (path == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(make_private(shelf->root, reterr));
    COX_TRY(make_private(path, reterr));
    *ret_path = path;
    return COX_OK;
}

enum cox_rc cox_shelf_find(const struct cox_shelf *shelf, enum cox_shelf_kind kind, int64_t user,
    struct cox_text id, struct cox_arena *arena, const char **ret_path, struct cox_err *reterr)
{
    struct stat about;
    char *path;

    for (size_t i = 0; i < id.size; i++) {
        if (strchr("0123456789abcdef", id.ptr[i]) == NULL || id.ptr[i] == '\0') {
            id.size = 0;
        }
    }
    path = cox_arena_format(arena, "%s/%c%.*s-%lld", shelf->root, letters[kind], (int)id.size,
        id.size > 0 ? id.ptr : "", (long long)user);
    if (path == NULL) {
        return cox_no_memory(reterr);
    }
    if (id.size != COX_SHELF_ID_SIZE - 1 || lstat(path, &about) != 0 || !S_ISDIR(about.st_mode)) {
        return cox_fail(reterr, COX_MISSING,
            kind == COX_SHELF_FILE ? "there is no such file; files are kept for a day"
                                   : "there is no such import; they are kept for a day");
    }
    *ret_path = path;
    return COX_OK;
}

/* ---- what is in it ---- */

/* The parts of a folder's name; false for anything else. */
static bool read_name(const char *name, char *ret_letter, char ret_id[COX_SHELF_ID_SIZE],
    int64_t *ret_user)
{
    if (strlen(name) < COX_SHELF_ID_SIZE + 2 || name[COX_SHELF_ID_SIZE] != '-') {
        return false;
    }
    *ret_letter = name[0];
    memcpy(ret_id, name + 1, COX_SHELF_ID_SIZE - 1);
    ret_id[COX_SHELF_ID_SIZE - 1] = '\0';
    return cox_num_parse_plain(cox_text_of(name + COX_SHELF_ID_SIZE + 1), ret_user);
}

void cox_shelf_drop(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            (void)unlinkat(dirfd(folder), entry->d_name, 0); /* if it stays, so does the folder */
        }
    }
    if (folder != NULL) {
        (void)closedir(folder); /* read only */
    }
    (void)rmdir(path); /* what stays is tried again by the next expiry */
}

static int64_t size_of(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *inside = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    int64_t size = 0;

    while (inside != NULL && (entry = readdir(inside)) != NULL) {
        struct stat about;

        if (fstatat(dirfd(inside), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(about.st_mode)) {
            size += about.st_size;
        }
    }
    if (inside != NULL) {
        (void)closedir(inside); /* read only */
    } else if (fd >= 0) {
        (void)close(fd); /* likewise */
    }
    return size;
}

static enum cox_rc check_room(const struct cox_shelf *shelf, int64_t user, int64_t more,
    struct cox_err *reterr)
{
    DIR *root = opendir(shelf->root);
    const struct dirent *entry;
    int64_t size = more;
    int count = 1;

    while (root != NULL && (entry = readdir(root)) != NULL) {
        char letter, id[COX_SHELF_ID_SIZE];
        int64_t whose;

        if (read_name(entry->d_name, &letter, id, &whose) && whose == user && letter == 'f') {
            size += size_of(dirfd(root), entry->d_name);
            count++;
        }
    }
    if (root != NULL) {
        (void)closedir(root); /* read only */
    }
    if (size > COX_SHELF_USER_MAX || count > COX_SHELF_FILES_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE,
            "you have sent %d files with %lld MiB within a day, which is the most there may be",
            count - 1, (long long)((size - more) >> 20));
    }
    return COX_OK;
}

enum cox_rc cox_shelf_each(const struct cox_shelf *shelf, cox_shelf_fn fn, void *ctx,
    struct cox_err *reterr)
{
    DIR *root = opendir(shelf->root);
    const struct dirent *entry;
    enum cox_rc rc = COX_OK;

    while (root != NULL && rc == COX_OK && (entry = readdir(root)) != NULL) {
        char letter, id[COX_SHELF_ID_SIZE], path[700];
        int64_t user;

        if (read_name(entry->d_name, &letter, id, &user) && letter == 'j') {
            (void)snprintf(path, sizeof(path), "%s/%s", shelf->root, entry->d_name); /* fits */
            rc = fn(ctx, path, id, user, reterr);
        }
    }
    if (root != NULL) {
        (void)closedir(root); /* read only */
    }
    return rc;
}

void cox_shelf_expire(const struct cox_shelf *shelf)
{
    DIR *root = opendir(shelf->root);
    const struct dirent *entry;
    time_t now = time(NULL);

    while (root != NULL && (entry = readdir(root)) != NULL) {
        char letter, id[COX_SHELF_ID_SIZE], path[700];
        struct stat about;
        int64_t user;

        if (read_name(entry->d_name, &letter, id, &user) &&
            fstatat(dirfd(root), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
            now - about.st_mtime > COX_SHELF_DAY_S) {
            (void)snprintf(path, sizeof(path), "%s/%s", shelf->root, entry->d_name); /* fits */
            cox_shelf_drop(path);
        }
    }
    if (root != NULL) {
        (void)closedir(root); /* read only */
    }
}

/* ---- files ---- */

/* The last part of a path, with letters, digits and a few signs of any script. */
static char *safe_name(struct cox_arena *arena, struct cox_text name)
{
    char *safe;
    size_t size = 0;

    for (size_t i = name.size; i > 0; i--) {
        if (name.ptr[i - 1] == '/' || name.ptr[i - 1] == '\\') {
            name = (struct cox_text){name.ptr + i, name.size - i};
            break;
        }
    }
    while (name.size > 0 && name.ptr[0] == '.') {
        name = (struct cox_text){name.ptr + 1, name.size - 1};
    }
    safe = cox_arena_alloc(arena, COX_SHELF_NAME_MAX + 8);
    for (size_t at = 0; safe != NULL && at < name.size;) {
        int32_t code;
        size_t length = cox_utf8_read(name.ptr + at, name.size - at, &code);

        if (size + length > COX_SHELF_NAME_MAX) {
            break;
        }
        if (code < ' ' || code == 0x7F || (code < 0x80 && strchr("*?[]\"<>|:", code) != NULL)) {
            safe[size++] = '_';
        } else {
            memcpy(safe + size, name.ptr + at, length);
            size += length;
        }
        at += length;
    }
    if (safe != NULL && size == 0) {
        memcpy(safe, "file.csv", 9);
    }
    return safe;
}

enum cox_rc cox_shelf_write(const char *folder, const char *name, struct cox_text bytes,
    struct cox_err *reterr)
{
    char path[900], part[920];
    struct cox_sink sink;
    enum cox_rc rc;
    int fd;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name); /* cut paths are not found */
    (void)snprintf(part, sizeof(part), "%s.part", path);
    fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return cox_fail(reterr, COX_IO, "\"%s\" cannot be written: %s", name, strerror(errno));
    }
    sink = cox_fd_sink(&fd);
    rc = sink.write(sink.ctx, bytes.ptr, bytes.size, reterr);
    if (close(fd) != 0 && rc == COX_OK) {
        rc = cox_fail(reterr, COX_IO, "\"%s\" cannot be written: %s", name, strerror(errno));
    }
    if (rc == COX_OK && rename(part, path) != 0) {
        rc = cox_fail(reterr, COX_IO, "\"%s\" cannot be named: %s", name, strerror(errno));
    }
    if (rc != COX_OK) {
        (void)unlink(part); /* it may not be there */
    }
    return rc;
}

enum cox_rc cox_shelf_read(const char *folder, const char *name, struct cox_arena *arena,
    struct cox_text *ret_bytes, struct cox_err *reterr)
{
    char path[900], *bytes;
    struct stat about;
    size_t size = 0;
    int fd;

    *ret_bytes = (struct cox_text){0};
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name); /* cut paths are not found */
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return COX_OK;
    }
    bytes = fstat(fd, &about) == 0 && about.st_size <= SMALL_MAX
                ? cox_arena_alloc(arena, (size_t)about.st_size + 1)
                : NULL;
    while (bytes != NULL && size < (size_t)about.st_size) {
        ssize_t got = read(fd, bytes + size, (size_t)about.st_size - size);

        if (got <= 0) {
            break;
        }
        size += (size_t)got;
    }
    (void)close(fd); /* read only */
    *ret_bytes = (struct cox_text){bytes, size};
    return bytes == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_shelf_put(const struct cox_shelf *shelf, int64_t user, struct cox_text name,
    struct cox_text bytes, struct cox_arena *arena, char ret_id[COX_SHELF_ID_SIZE],
    const char **ret_name, struct cox_err *reterr)
{
    char *safe = safe_name(arena, name);
    const char *path;
    enum cox_rc rc;

    if (safe == NULL) {
        return cox_no_memory(reterr);
    }
    cox_shelf_expire(shelf);
    COX_TRY(check_room(shelf, user, (int64_t)bytes.size, reterr));
    COX_TRY(cox_shelf_add(shelf, COX_SHELF_FILE, user, arena, ret_id, &path, reterr));
    rc = cox_shelf_write(path, safe, bytes, reterr);
    if (rc != COX_OK) {
        cox_shelf_drop(path);
        return rc;
    }
    *ret_name = safe;
    return COX_OK;
}

enum cox_rc cox_shelf_file(const struct cox_shelf *shelf, int64_t user, struct cox_text id,
    struct cox_arena *arena, const char **ret_path, struct cox_err *reterr)
{
    const struct dirent *entry;
    const char *folder;
    DIR *inside;

    COX_TRY(cox_shelf_find(shelf, COX_SHELF_FILE, user, id, arena, &folder, reterr));
    inside = opendir(folder);
    *ret_path = NULL;
    while (inside != NULL && *ret_path == NULL && (entry = readdir(inside)) != NULL) {
        if (entry->d_name[0] != '.') {
            *ret_path = cox_arena_format(arena, "%s/%s", folder, entry->d_name);
        }
    }
    if (inside != NULL) {
        (void)closedir(inside); /* read only */
    }
    return *ret_path == NULL ? cox_fail(reterr, COX_MISSING, "there is no such file") : COX_OK;
}
