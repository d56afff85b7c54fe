// TLS contexts of OpenSSL 3: who we are to clients, whom we believe upstream. Knows no sockets; a
// stream is made from the SSL that accept() or connect() returns.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "net/options.h"

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace sy::net {

struct SslFree {
  void operator()(ssl_st* ssl) const;
  void operator()(ssl_ctx_st* context) const;
  void operator()(ssl_session_st* session) const;
};
using SslPtr = std::unique_ptr<ssl_st, SslFree>;
using SslCtxPtr = std::unique_ptr<ssl_ctx_st, SslFree>;
using SslSessionPtr = std::unique_ptr<ssl_session_st, SslFree>;

struct ServerTlsOptions {
  std::vector<Certificate> certificates{};  // the first answers clients that name nobody we know
  std::vector<std::string> alpn{"http/1.1"};
  std::string client_ca{};  // PEM file; not empty: clients must show a certificate it signed
  bool operator==(const ServerTlsOptions&) const = default;
};

// One listener's certificates, chosen by SNI. Immutable, so any thread may use it.
class ServerTls {
 public:
  // Errors name the file and say what OpenSSL said about it.
  [[nodiscard]] static Result<std::shared_ptr<const ServerTls>> load(
      const ServerTlsOptions& options);

  // A server's end of one connection.
  [[nodiscard]] SslPtr accept() const;
  // The default context; the one to construct a stream from. Never null, owned by this.
  [[nodiscard]] ssl_ctx_st* native() const { return contexts_.front().get(); }
  // The context that answers for a server name (RFC 6066 section 3): exact, then wildcard, then
  // default.
  [[nodiscard]] ssl_ctx_st* select(std::string_view name) const;
  [[nodiscard]] std::string_view alpn() const { return alpn_; }  // as on the wire, RFC 7301

 private:
  ServerTls() = default;
  [[nodiscard]] Result<> add(const Certificate& files, const std::string& client_ca);
  void add_names(ssl_ctx_st* context);

  std::vector<SslCtxPtr> contexts_;
  std::unordered_map<std::string, ssl_ctx_st*> exact_;
  std::unordered_map<std::string, ssl_ctx_st*> wildcard_;  // "*.example.com" by ".example.com"
  std::string alpn_;
};

struct ClientTlsOptions {
  bool verify = true;  // chain and host name; false believes anybody
  std::string ca{};    // PEM file; empty: the system's
  std::vector<std::string> alpn{"http/1.1"};
  bool operator==(const ClientTlsOptions&) const = default;
};

// Where one endpoint's latest session is kept for the next connection to it. Belongs to one thread
// and outlives the SSLs made with it.
struct ClientSession {
  SslSessionPtr latest;
};

// How upstreams are verified. Immutable, so any thread may use it.
class ClientTls {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const ClientTls>> load(
      const ClientTlsOptions& options);

  // A client's end of one connection to `host`, a name or an address, not empty. The name is sent
  // as SNI, and the certificate must carry name or address. With `session`, resumes and keeps what
  // it is given. The first call reads the system's CAs, if those are meant.
  [[nodiscard]] SslPtr connect(std::string_view host, ClientSession* session = nullptr) const;
  [[nodiscard]] ssl_ctx_st* native() const { return context_.get(); }

 private:
  ClientTls() = default;
  void read_system_ca() const;

  SslCtxPtr context_;
  bool verify_ = true;
  bool system_ca_ = false;
  mutable std::once_flag system_ca_read_;
};

// Why the peer's certificate was refused, "hostname mismatch"; empty when it was not.
[[nodiscard]] std::string certificate_fault(const ssl_st* ssl);

}  // namespace sy::net
