/* command/serve.c: coxswain serve. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "command/command.h"
#include "command/serve_host.h"
#include "jobs/mail.h"
#include "serve/server.h"
#include "serve/web_files.h"

static const struct cox_option options[] = {
    {"listen", "ADDRESS", "where to listen: 127.0.0.1:8080, [::1]:8080, 0.0.0.0:80 ...", false},
    {"url", "URL", "as people reach it: https://crm.example.com", false},
    {"tls-cert", "FILE", "certificate and chain in PEM: speak HTTPS", false},
    {"tls-key", "FILE", "its key in PEM", false},
    {"behind-proxy", NULL, "believe the X-Forwarded-For of a proxy on this machine", false},
    {"rate", "N", "requests a second of one person or token, tenfold at once (else 200)", false},
    {"smtp", "URL", "send digests over this server: smtp://user:password@host:587 (or COX_SMTP)",
        false},
    {"mail-from", "ADDRESS", "the sender of digests (or COX_MAIL_FROM)", false},
    {"ca-file", "FILE", "certificates to believe when calling out, instead of the system's", false},
    {"quiet", NULL, "log warnings and errors only", false},
    {0},
};

static void close_server(void *server)
{
    cox_server_close(server);
}

/* Until it is told to stop; SIGHUP: certificates are read anew. */
static void wait_for_end(const sigset_t *signals, struct cox_server *server,
    const struct cox_log *log)
{
    struct cox_err err;
    int which;

    for (;;) {
        if (sigwait(signals, &which) != 0) {
            continue;
        }
        if (which != SIGHUP) {
            return;
        }
        if (cox_server_reload(server, &err) != COX_OK) {
            cox_log_err(log, COX_LOG_ERROR, "reload_failed", &err);
        } else {
            COX_LOG_EVENT(log, COX_LOG_INFO, "reloaded", COX_LOGT("by", COX_LIT("SIGHUP")));
        }
    }
}

static enum cox_rc print_address(struct cox_cli *cli, const struct cox_server *server,
    struct cox_err *reterr)
{
    struct cox_json json;

    if (!cli->is_json) {
        (void)fprintf(cli->out, "%s\n", cox_server_url(server)); /* flush tells a failure */
    } else {
        cox_cli_json(cli, &json);
        cox_json_begin_object(&json);
        cox_json_put_string(&json, "url", cox_server_url(server));
        cox_json_put_int(&json, "port", cox_server_port(server));
        cox_json_end_object(&json);
        cox_json_newline(&json);
        COX_TRY(cox_json_done(&json, reterr));
    }
    if (fflush(cli->out) != 0) {
        return cox_fail(reterr, COX_IO, "writing the output failed: %s", strerror(errno));
    }
    return COX_OK;
}

/* A password on the command line is seen by everybody on the machine: the variable is not. */
static enum cox_rc read_mail(const struct cox_cli *cli, struct cox_server_opt *ret_opt,
    struct cox_err *reterr)
{
    const char *smtp = cox_cli_value(cli, "smtp"), *from = cox_cli_value(cli, "mail-from");

    ret_opt->smtp = smtp != NULL ? smtp : getenv("COX_SMTP");
    ret_opt->mail_from = from != NULL ? from : getenv("COX_MAIL_FROM");
    if (ret_opt->smtp == NULL) {
        return COX_OK;
    }
    COX_TRY(cox_mail_check_url(ret_opt->smtp, reterr));
    return cox_mail_is_address(cox_text_of(ret_opt->mail_from))
               ? COX_OK
               : cox_fail(reterr, COX_INVALID, "--smtp needs --mail-from, an e-mail address");
}

static enum cox_rc read_options(struct cox_cli *cli, struct cox_server_opt *ret_opt,
    struct cox_err *reterr)
{
    const char *listen = cox_cli_value(cli, "listen");
    int64_t rate;

    ret_opt->listen = listen == NULL ? "127.0.0.1:8080" : listen;
    ret_opt->url = cox_cli_value(cli, "url");
    ret_opt->is_behind_proxy = cox_cli_has(cli, "behind-proxy");
    ret_opt->tls_cert = cox_cli_value(cli, "tls-cert");
    ret_opt->tls_key = cox_cli_value(cli, "tls-key");
    COX_TRY(cox_cli_int(cli, "rate", 1, 1000000, 200, &rate, reterr));
    ret_opt->limits.user_rate = (unsigned)rate;
    ret_opt->limits.user_burst = (unsigned)rate * 10;
    ret_opt->ca_file = cox_cli_value(cli, "ca-file");
    COX_TRY(read_mail(cli, ret_opt, reterr));
    if ((ret_opt->tls_cert == NULL) != (ret_opt->tls_key == NULL)) {
        return cox_fail(reterr, COX_INVALID, "--tls-cert and --tls-key go together");
    }
    return COX_OK;
}

/* A connection is a descriptor: as many as the system lets us have. */
static void raise_descriptors(void)
{
    enum { WANTED = 16384 };
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < WANTED) {
        limit.rlim_cur = limit.rlim_max < WANTED ? limit.rlim_max : WANTED;
        (void)setrlimit(RLIMIT_NOFILE, &limit); /* refused: with those there are */
    }
}

static enum cox_rc run(struct cox_cli *cli, struct cox_err *reterr)
{
    enum { GRACE_MS = 30000 };
    const struct cox_log log = {.least = cox_cli_has(cli, "quiet") ? COX_LOG_WARN : COX_LOG_INFO};
    struct cox_server_opt opt = {.host = &cox_serve_host, .files = cox_web_files, .log = &log};
    struct cox_server *server = NULL;
    sigset_t signals;

    COX_TRY(read_options(cli, &opt, reterr));
    raise_descriptors();
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    /* Before any thread is made, so that all of them leave these signals to sigwait. */
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    COX_TRY(cox_cli_store(cli, COX_CLI_EXISTING, &opt.store, reterr));
    COX_TRY(cox_server_open(&opt, &server, reterr));
    COX_TRY(cox_arena_defer(cli->arena, close_server, server)); /* it has closed the server */
    COX_TRY(cox_server_start(server, reterr));
    COX_TRY(print_address(cli, server, reterr));
    COX_LOG_EVENT(&log, COX_LOG_INFO, "started", COX_LOGT("version", COX_LIT(COX_VERSION)),
        COX_LOGI("port", cox_server_port(server)));
    wait_for_end(&signals, server, &log);
    cox_server_stop(server, GRACE_MS);
    COX_LOG_EVENT(&log, COX_LOG_INFO, "stopped", COX_LOGI("seq", cox_server_head(server)));
    return COX_OK;
}

const struct cox_command cox_command_serve = {
    .name = "serve",
    .usage = "",
    .line = "answer the web app and the API over HTTP",
    .help = "Serves the store until it is told to stop (SIGTERM or Ctrl-C), and prints its\n"
            "address once it answers. What has begun is answered first, for at most 30\n"
            "seconds. Without --listen it is reached from this machine only. To reach it\n"
            "from elsewhere give it a certificate, or put a proxy with one before it; then\n"
            "--url says by which name people come, and requests for other hosts are\n"
            "refused. SIGHUP reads the certificate anew.\n"
            "\n"
            "  $ coxswain serve\n"
            "  $ coxswain serve --listen 0.0.0.0:443 --url https://crm.example.com \\\n"
            "        --tls-cert /etc/ssl/crm.pem --tls-key /etc/ssl/crm.key\n"
            "  $ coxswain serve --url https://crm.example.com --behind-proxy",
    .options = options,
    .run = run,
};
