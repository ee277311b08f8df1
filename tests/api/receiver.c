/* tests/api/receiver.c: see receiver.h. */
#include "receiver.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { CALLS_MAX = 256, CALL_SIZE = 16384 };

struct receiver {
    int fd;
    uint16_t port;
    const struct receiver_trust *trust;
    pthread_t thread;
    char call[CALL_SIZE]; /* the one being read */
    pthread_mutex_t lock; /* guards what follows */
    int status;           /* what is answered; 0: nothing, until the caller gives up */
    size_t count;
    char calls[CALLS_MAX][CALL_SIZE];
};

struct receiver_trust {
    gnutls_certificate_credentials_t own;
};

/* ---- certificates ---- */

#define SURE(call) assert_true((call) >= 0)

static gnutls_x509_privkey_t make_key(void)
{
    gnutls_x509_privkey_t key;

    SURE(gnutls_x509_privkey_init(&key));
    SURE(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, 256, 0));
    return key;
}

static gnutls_x509_crt_t begin_certificate(const char *name, gnutls_x509_privkey_t key, int serial)
{
    const unsigned char number[] = {1, (unsigned char)serial};
    gnutls_x509_crt_t crt;

    SURE(gnutls_x509_crt_init(&crt));
    SURE(gnutls_x509_crt_set_version(crt, 3));
    SURE(gnutls_x509_crt_set_serial(crt, number, sizeof(number)));
    SURE(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
        (unsigned)strlen(name)));
    SURE(gnutls_x509_crt_set_activation_time(crt, time(NULL) - 3600));
    SURE(gnutls_x509_crt_set_expiration_time(crt, time(NULL) + 86400));
    SURE(gnutls_x509_crt_set_key(crt, key));
    return crt;
}

static void write_pem(const char *folder, gnutls_x509_crt_t crt)
{
    unsigned char pem[4096];
    size_t size = sizeof(pem);
    char path[300];
    FILE *file;

    SURE(gnutls_x509_crt_export(crt, GNUTLS_X509_FMT_PEM, pem, &size));
    (void)snprintf(path, sizeof(path), "%s/ca.pem", folder);
    file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(pem, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

struct receiver_trust *receiver_trust_make(const char *folder, const char *address)
{
    struct receiver_trust *trust = calloc(1, sizeof(*trust));
    gnutls_x509_privkey_t ca_key = make_key(), key = make_key();
    gnutls_x509_crt_t ca = begin_certificate("Own authority", ca_key, 1);
    gnutls_x509_crt_t crt = begin_certificate("receiver", key, 2);
    struct in_addr ip;

    assert_non_null(trust);
    SURE(gnutls_x509_crt_set_ca_status(ca, 1));
    SURE(gnutls_x509_crt_set_key_usage(ca, GNUTLS_KEY_KEY_CERT_SIGN));
    SURE(gnutls_x509_crt_sign2(ca, ca, ca_key, GNUTLS_DIG_SHA256, 0));
    assert_int_equal(inet_pton(AF_INET, address, &ip), 1);
    SURE(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, &ip, sizeof(ip),
        GNUTLS_FSAN_SET));
    SURE(gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0));
    SURE(gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE));
    SURE(gnutls_x509_crt_sign2(crt, ca, ca_key, GNUTLS_DIG_SHA256, 0));
    write_pem(folder, ca);
    SURE(gnutls_certificate_allocate_credentials(&trust->own));
    SURE(gnutls_certificate_set_x509_key(trust->own, &crt, 1, key));
    gnutls_x509_crt_deinit(ca);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(ca_key);
    gnutls_x509_privkey_deinit(key);
    return trust;
}

void receiver_trust_drop(struct receiver_trust *trust)
{
    gnutls_certificate_free_credentials(trust->own);
    free(trust);
}

/* ---- one connection ---- */

struct line {
    int fd;
    gnutls_session_t session; /* NULL: plain */
};

static ssize_t take(const struct line *line, char *bytes, size_t size)
{
    return line->session == NULL ? read(line->fd, bytes, size)
                                 : gnutls_record_recv(line->session, bytes, size);
}

static void give(const struct line *line, const char *bytes, size_t size)
{
    if (line->session == NULL) {
        (void)!write(line->fd, bytes, size); /* whoever has gone needs no answer */
    } else {
        (void)gnutls_record_send(line->session, bytes, size);
    }
}

static void read_call(const struct line *line, char *call)
{
    size_t size = 0, wanted = CALL_SIZE;
    ssize_t got;

    while (size < wanted && (got = take(line, call + size, CALL_SIZE - 1 - size)) > 0) {
        const char *end, *length;
        size += (size_t)got;
        call[size] = '\0';
        end = strstr(call, "\r\n\r\n");
        length = strstr(call, "Content-Length: ");
        if (end != NULL && length != NULL) {
            wanted = (size_t)(end + 4 - call) + strtoul(length + 16, NULL, 10);
        }
    }
    call[size] = '\0';
}

static void answer_call(struct receiver *r, const struct line *line)
{
    char *call = r->call, text[200], rest[64];
    int status, size;

    read_call(line, call);
    (void)pthread_mutex_lock(&r->lock);
    status = r->status;
    if (call[0] != '\0' && r->count < CALLS_MAX) {
        memcpy(r->calls[r->count++], call, CALL_SIZE);
    }
    (void)pthread_mutex_unlock(&r->lock);
    if (status == 0) {
        while (take(line, rest, sizeof(rest)) > 0) {
        }
        return;
    }
    size = snprintf(text, sizeof(text),
        "HTTP/1.1 %d Said\r\nLocation: http://127.0.0.1:%u/else\r\nContent-Length: 0\r\n\r\n",
        status, r->port);
    give(line, text, (size_t)size);
}

static void answer_over_tls(struct receiver *r, struct line *line)
{
    SURE(gnutls_init(&line->session, GNUTLS_SERVER));
    SURE(gnutls_set_default_priority(line->session));
    SURE(gnutls_credentials_set(line->session, GNUTLS_CRD_CERTIFICATE, r->trust->own));
    gnutls_transport_set_int(line->session, line->fd);
    if (gnutls_handshake(line->session) >= 0) {
        answer_call(r, line);
        (void)gnutls_bye(line->session, GNUTLS_SHUT_WR);
    }
    gnutls_deinit(line->session);
}

static void *receive(void *ctx)
{
    struct receiver *r = ctx;
    int fd;

    while ((fd = accept(r->fd, NULL, NULL)) >= 0) {
        struct line line = {.fd = fd};

        if (r->trust == NULL) {
            answer_call(r, &line);
        } else {
            answer_over_tls(r, &line);
        }
        (void)close(fd);
    }
    return NULL;
}

struct receiver *receiver_open(const struct receiver_trust *trust)
{
    struct receiver *r = calloc(1, sizeof(*r));
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(here);

    assert_non_null(r);
    r->trust = trust;
    r->status = 200;
    r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(r->fd, (struct sockaddr *)&here, sizeof(here)), 0);
    assert_int_equal(listen(r->fd, 16), 0);
    assert_int_equal(getsockname(r->fd, (struct sockaddr *)&here, &size), 0);
    r->port = ntohs(here.sin_port);
    (void)pthread_mutex_init(&r->lock, NULL);
    assert_int_equal(pthread_create(&r->thread, NULL, receive, r), 0);
    return r;
}

void receiver_close(struct receiver *r)
{
    (void)shutdown(r->fd, SHUT_RDWR);
    (void)pthread_join(r->thread, NULL);
    (void)close(r->fd);
    free(r);
}

uint16_t receiver_port(const struct receiver *r)
{
    return r->port;
}

void receiver_says(struct receiver *r, int status)
{
    (void)pthread_mutex_lock(&r->lock);
    r->status = status;
    (void)pthread_mutex_unlock(&r->lock);
}

size_t receiver_count(struct receiver *r)
{
    size_t count;

    (void)pthread_mutex_lock(&r->lock);
    count = r->count;
    (void)pthread_mutex_unlock(&r->lock);
    return count;
}

const char *receiver_call(struct receiver *r, size_t at)
{
    for (int i = 0; i < 6000 && receiver_count(r) <= at; i++) {
        (void)usleep(10000);
    }
    assert_true(receiver_count(r) > at);
    return r->calls[at];
}
