/* serve/tls.h: the certificate that connections are shown; it can be changed while the server runs. */
#ifndef COX_SERVE_TLS_H
#define COX_SERVE_TLS_H

#include "serve/inside.h"

/* COX_INVALID says what is wrong with which file. */
enum cox_rc cox_tls_open(struct cox_server *server, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_tls_reload(struct cox_tls *tls, struct cox_err *reterr) COX_NODISCARD;
void cox_tls_close(struct cox_tls *tls); /* accepts NULL */

/* Options of the library for an encrypted daemon: 3 of them, the last one MHD_OPTION_END. */
void cox_tls_options(struct MHD_OptionItem ret_options[3]);

#endif
