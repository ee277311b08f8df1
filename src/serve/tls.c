/*
 * serve/tls.c: certificates. GnuTLS asks for one at each handshake; a pair that was replaced is kept to the
 * end, since handshakes may still be under way with it.
 */
#include "serve/tls.h"

#include <gnutls/abstract.h>
#include <stdlib.h>
#include <string.h>

enum { CHAIN_MAX = 16 };

struct pair {
    struct pair *before;
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
};

struct cox_tls {
    const char *cert_path, *key_path;
    struct pair *_Atomic newest;
};

static void drop(struct pair *pair)
{
    for (unsigned i = 0; i < pair->count; i++) {
        gnutls_pcert_deinit(&pair->chain[i]);
    }
    if (pair->key != NULL) {
        gnutls_privkey_deinit(pair->key);
    }
    free(pair);
}

static enum cox_rc refuse(const char *path, int why, struct cox_err *reterr)
{
    return cox_fail(reterr, COX_INVALID, "%s: %s", path, gnutls_strerror(why));
}

/* Do the two belong together? The library that uses them says so. */
static enum cox_rc check(const struct cox_tls *tls, const gnutls_datum_t *cert,
    const gnutls_datum_t *key, struct cox_err *reterr)
{
    gnutls_certificate_credentials_t credentials;
    int rc = gnutls_certificate_allocate_credentials(&credentials);

    if (rc != GNUTLS_E_SUCCESS) {
        return cox_no_memory(reterr);
    }
    rc = gnutls_certificate_set_x509_key_mem(credentials, cert, key, GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials(credentials);
    return rc < 0 ? refuse(tls->cert_path, rc, reterr) : COX_OK;
}

static enum cox_rc fill(const struct cox_tls *tls, struct pair *pair, const gnutls_datum_t *cert,
    const gnutls_datum_t *key, struct cox_err *reterr)
{
    unsigned count = CHAIN_MAX;
    int rc;

    COX_TRY(check(tls, cert, key, reterr));
    rc = gnutls_pcert_list_import_x509_raw(pair->chain, &count, cert, GNUTLS_X509_FMT_PEM, 0);
    if (rc != GNUTLS_E_SUCCESS) {
        return refuse(tls->cert_path, rc, reterr);
    }
    pair->count = count;
    rc = gnutls_privkey_init(&pair->key);
    if (rc == GNUTLS_E_SUCCESS) {
        rc = gnutls_privkey_import_x509_raw(pair->key, key, GNUTLS_X509_FMT_PEM, NULL, 0);
    }
    return rc != GNUTLS_E_SUCCESS ? refuse(tls->key_path, rc, reterr) : COX_OK;
}

enum cox_rc cox_tls_reload(struct cox_tls *tls, struct cox_err *reterr)
{
    struct pair *pair = calloc(1, sizeof(*pair));
    gnutls_datum_t cert = {0}, key = {0};
    enum cox_rc rc = COX_OK;
    int why;

    if (pair == NULL) {
        return cox_no_memory(reterr);
    }
    if ((why = gnutls_load_file(tls->cert_path, &cert)) != GNUTLS_E_SUCCESS) {
        rc = refuse(tls->cert_path, why, reterr);
    } else if ((why = gnutls_load_file(tls->key_path, &key)) != GNUTLS_E_SUCCESS) {
        rc = refuse(tls->key_path, why, reterr);
    } else {
        rc = fill(tls, pair, &cert, &key, reterr);
    }
    gnutls_free(cert.data);
    if (key.data != NULL) {
        explicit_bzero(key.data, key.size);
        gnutls_free(key.data);
    }
    if (rc != COX_OK) {
        drop(pair);
        return rc;
    }
    pair->before = atomic_load(&tls->newest);
    atomic_store(&tls->newest, pair);
    return COX_OK;
}

enum cox_rc cox_tls_open(struct cox_server *server, struct cox_err *reterr)
{
    struct cox_tls *tls = COX_NEW(server->arena, struct cox_tls);

    if (tls == NULL) {
        return cox_no_memory(reterr);
    }
    tls->cert_path = server->opt.tls_cert;
    tls->key_path = server->opt.tls_key;
    if (MHD_is_feature_supported(MHD_FEATURE_HTTPS_CERT_CALLBACK) != MHD_YES) {
        return cox_fail(reterr, COX_UNSUPPORTED, "this build of libmicrohttpd speaks no HTTPS");
    }
    server->tls = tls;
    return cox_tls_reload(tls, reterr);
}

void cox_tls_close(struct cox_tls *tls)
{
    struct pair *pair = tls == NULL ? NULL : atomic_load(&tls->newest);

    while (pair != NULL) {
        struct pair *before = pair->before;
        drop(pair);
        pair = before;
    }
}

/* The library keeps its connection in the session; from there it is a short way to the server. */
static int give_pair(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
    gnutls_pcert_st **ret_chain, unsigned *ret_count, gnutls_ocsp_data_st **ret_ocsp,
    unsigned *ret_ocsp_count, gnutls_privkey_t *ret_key, unsigned *ret_flags)
{
    struct MHD_Connection *mhd = gnutls_session_get_ptr(session);
    const union MHD_ConnectionInfo *context =
        mhd == NULL ? NULL : MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    (void)info;
    if (context == NULL || context->socket_context == NULL) {
        return -1;
    }
    const struct cox_connection *connection = context->socket_context;
    struct pair *pair = atomic_load(&connection->loop->server->tls->newest);
    *ret_chain = pair->chain;
    *ret_count = pair->count;
    *ret_key = pair->key;
    *ret_ocsp = NULL;
    *ret_ocsp_count = 0;
    *ret_flags = 0; /* all of it stays ours */
    return 0;
}

void cox_tls_options(struct MHD_OptionItem ret_options[3])
{
    static const char protocols[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
    gnutls_certificate_retrieve_function3 *give = give_pair;

    ret_options[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0,
        (void *)(uintptr_t)protocols}; /* only read */
    ret_options[1] =
        (struct MHD_OptionItem){MHD_OPTION_HTTPS_CERT_CALLBACK2, 0, (void *)(uintptr_t)give};
    ret_options[2] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
}
