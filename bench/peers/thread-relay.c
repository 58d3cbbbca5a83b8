/*
 * The plain relay that one would write in C: TLS in, TCP out, one thread a session, 512 KiB a read. It looks at
 * nothing: requests, frames and messages pass as they came.
 *
 *     thread-relay PORT CERTIFICATE KEY UPSTREAM_PORT
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { buffer_bytes = 512 * 1024, backlog = 1024, stack_bytes = 256 * 1024 };

static SSL_CTX *context;
static struct sockaddr_in upstream_address;

static struct sockaddr_in loopback(const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void send_at_once(int socket) {
  int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* The whole buffer to the desktop; 0 when it is gone. */
static int write_all(int socket, const char *bytes, int length) {
  for (int at = 0; at < length;) {
    ssize_t taken = write(socket, bytes + at, (size_t)(length - at));
    if (taken <= 0) return 0;
    at += (int)taken;
  }
  return 1;
}

/* Both ways until one side ends. Sockets block: a slow reader stops its own session and no other. */
static void relay(SSL *tls, int client, int upstream, char *buffer) {
  struct pollfd sides[2] = {{.fd = client, .events = POLLIN}, {.fd = upstream, .events = POLLIN}};
  for (;;) {
    if (SSL_pending(tls) == 0 && poll(sides, 2, -1) < 0) return;
    if (SSL_pending(tls) > 0 || (sides[0].revents & (POLLIN | POLLHUP | POLLERR))) {
      int length = SSL_read(tls, buffer, buffer_bytes);
      if (length <= 0 || !write_all(upstream, buffer, length)) return;
    }
    if (sides[1].revents & (POLLIN | POLLHUP | POLLERR)) {
      ssize_t length = read(upstream, buffer, buffer_bytes);
      if (length <= 0 || SSL_write(tls, buffer, (int)length) <= 0) return;
    }
    sides[0].revents = sides[1].revents = 0;
  }
}

static void *serve(void *argument) {
  int client = (int)(long)argument;
  int upstream = socket(AF_INET, SOCK_STREAM, 0);
  SSL *tls = SSL_new(context);
  char *buffer = malloc(buffer_bytes);
  send_at_once(client);
  send_at_once(upstream);
  SSL_set_fd(tls, client);
  if (buffer && SSL_accept(tls) == 1 &&
      connect(upstream, (struct sockaddr *)&upstream_address, sizeof upstream_address) == 0) {
    relay(tls, client, upstream, buffer);
  }
  free(buffer);
  SSL_free(tls);
  close(upstream);
  close(client);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 5) {
    fprintf(stderr, "usage: thread-relay PORT CERTIFICATE KEY UPSTREAM_PORT\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context, arguments[2]) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, arguments[3], SSL_FILETYPE_PEM) != 1) {
    ERR_print_errors_fp(stderr);
    return 1;
  }
  upstream_address = loopback(arguments[4]);
  struct sockaddr_in address = loopback(arguments[1]);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, backlog) != 0) {
    perror("listen");
    return 1;
  }
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&detached, stack_bytes);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    pthread_t thread;
    if (client >= 0 && pthread_create(&thread, &detached, serve, (void *)(long)client) != 0) close(client);
  }
}
