#include "net/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace sy::net {
namespace {

// ECDHE with AEAD only; TLS 1.3 suites are OpenSSL's own list.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr std::string_view session_scope = "switchyard";
constexpr long session_seconds = 3600;

// The earliest error is the cause, the later ones are what it led to.
std::string openssl_reason() {
  const unsigned long first = ERR_get_error();
  ERR_clear_error();
  if (first == 0) return "unknown error";
  if (ERR_SYSTEM_ERROR(first)) return std::strerror(ERR_GET_REASON(first));
  const char* reason = ERR_reason_error_string(first);
  return reason != nullptr ? reason : "unknown error";
}

Error refused(std::string what) { return Error{Blame::self, false, 500, std::move(what)}; }

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

std::string alpn_wire(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const auto& protocol : protocols) {
    SY_CHECK(!protocol.empty() && protocol.size() <= 255);
    wire.push_back(static_cast<char>(protocol.size()));
    wire += protocol;
  }
  return wire;
}

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

SslCtxPtr make_context(const SSL_METHOD* method) {
  SslCtxPtr context{SSL_CTX_new(method)};
  SY_CHECK(context != nullptr);
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(raw, 1);  // a record costs one read of the socket instead of two
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SY_CHECK(SSL_CTX_set_cipher_list(raw, ciphers) == 1);
  return context;
}

int choose_context(SSL* ssl, int*, void* server) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_OK;
  SSL_set_SSL_CTX(ssl, static_cast<const ServerTls*>(server)->select(name));
  return SSL_TLSEXT_ERR_OK;
}

// RFC 7301 section 3.2: a client that offers nothing we speak gets no_application_protocol.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned offered_size, void* server) {
  const auto ours = static_cast<const ServerTls*>(server)->alpn();
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(
      &chosen, out_size, octets(ours), static_cast<unsigned>(ours.size()), offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<> use_files(SSL_CTX* context, const Certificate& files) {
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return refused("certificate " + files.certificate + ": " + openssl_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return refused("key " + files.key + " (for " + files.certificate + "): " + openssl_reason());
  }
  if (SSL_CTX_check_private_key(context) != 1) {  // such as an EC key for an RSA certificate
    ERR_clear_error();
    return refused("key " + files.key + " (for " + files.certificate + "): key values mismatch");
  }
  return {};
}

Result<> require_clients(SSL_CTX* context, const std::string& ca) {
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(ca.c_str());
  if (names == nullptr || SSL_CTX_load_verify_file(context, ca.c_str()) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return refused("client CA " + ca + ": " + openssl_reason());
  }
  SSL_CTX_set_client_CA_list(context, names);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  auto* alternatives = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives, i);
    if (name->type != GEN_DNS) continue;
    const auto* text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName));
    names.push_back(lower({text, size}));
  }
  GENERAL_NAMES_free(alternatives);
  return names;
}

int session_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

// Returning 1 takes over the reference.
int keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* keeper = static_cast<ClientSession*>(SSL_get_ex_data(ssl, session_slot()));
  if (keeper == nullptr) return 0;
  keeper->latest.reset(session);
  return 1;
}

}  // namespace

void SslFree::operator()(ssl_st* ssl) const { SSL_free(ssl); }
void SslFree::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }
void SslFree::operator()(ssl_session_st* session) const { SSL_SESSION_free(session); }

Result<std::shared_ptr<const ServerTls>> ServerTls::load(const ServerTlsOptions& options) {
  if (options.certificates.empty()) return refused("no certificate given");
  std::unique_ptr<ServerTls> made{new ServerTls};
  made->alpn_ = alpn_wire(options.alpn);
  for (const auto& files : options.certificates) {
    if (const auto added = made->add(files, options.client_ca); !added) return added.error();
  }
  return std::shared_ptr<const ServerTls>{std::move(made)};
}

Result<> ServerTls::add(const Certificate& files, const std::string& client_ca) {
  ERR_clear_error();
  SslCtxPtr context = make_context(TLS_server_method());
  SSL_CTX* raw = context.get();
  if (const auto used = use_files(raw, files); !used) return used;
  if (!client_ca.empty()) {
    if (const auto required = require_clients(raw, client_ca); !required) return required;
  }
  // The same scope everywhere, so that a session resumes after the switch to another context.
  SSL_CTX_set_session_id_context(raw, octets(session_scope),
                                 static_cast<unsigned>(session_scope.size()));
  // Sessions are resumed by tickets, which clients keep (RFC 8446 section 4.6.1): a cache of our
  // own would hold some KiB for each connection, behind a lock that all workers share.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_timeout(raw, session_seconds);
  SSL_CTX_set_tlsext_servername_callback(raw, choose_context);
  SSL_CTX_set_tlsext_servername_arg(raw, this);
  if (!alpn_.empty()) SSL_CTX_set_alpn_select_cb(raw, choose_protocol, this);
  add_names(raw);
  contexts_.push_back(std::move(context));
  return {};
}

void ServerTls::add_names(ssl_ctx_st* context) {
  for (const auto& name : names_of(SSL_CTX_get0_certificate(context))) {
    if (name.starts_with("*.")) {
      wildcard_.emplace(name.substr(1), context);
    } else {
      exact_.emplace(name, context);
    }
  }
}

SslPtr ServerTls::accept() const {
  SslPtr ssl{SSL_new(native())};
  SY_CHECK(ssl != nullptr);
  SSL_set_accept_state(ssl.get());
  return ssl;
}

ssl_ctx_st* ServerTls::select(std::string_view name) const {
  const std::string wanted = lower(name);
  if (const auto found = exact_.find(wanted); found != exact_.end()) return found->second;
  const auto dot = wanted.find('.');
  if (dot == std::string::npos || dot == 0) return native();
  const auto found = wildcard_.find(wanted.substr(dot));
  return found != wildcard_.end() ? found->second : native();
}

Result<std::shared_ptr<const ClientTls>> ClientTls::load(const ClientTlsOptions& options) {
  ERR_clear_error();
  std::unique_ptr<ClientTls> made{new ClientTls};
  made->context_ = make_context(TLS_client_method());
  made->verify_ = options.verify;
  SSL_CTX* raw = made->native();
  if (!options.ca.empty() && SSL_CTX_load_verify_file(raw, options.ca.c_str()) != 1) {
    return refused("CA " + options.ca + ": " + openssl_reason());
  }
  made->system_ca_ = options.ca.empty();
  SSL_CTX_set_verify(raw, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(raw, keep_session);
  const std::string alpn = alpn_wire(options.alpn);
  SY_CHECK(SSL_CTX_set_alpn_protos(raw, octets(alpn), static_cast<unsigned>(alpn.size())) == 0);
  return std::shared_ptr<const ClientTls>{std::move(made)};
}

// Reading the system's takes 60 ms: where no TLS is spoken, as to most upstreams, starting would
// wait for nothing. A missing file or folder is no error: then no chain is believed.
void ClientTls::read_system_ca() const {
  std::call_once(system_ca_read_, [this] {
    if (system_ca_) std::ignore = SSL_CTX_set_default_verify_paths(native());
    ERR_clear_error();
  });
}

SslPtr ClientTls::connect(std::string_view host, ClientSession* session) const {
  read_system_ca();
  SslPtr ssl{SSL_new(native())};
  SY_CHECK(ssl != nullptr);
  SSL_set_connect_state(ssl.get());
  std::string name{host};
  if (name.ends_with('.')) name.pop_back();
  SY_CHECK(!name.empty());  // an empty name would verify no name
  // RFC 6066 section 3: an address is not a server name.
  if (!is_address(name)) SSL_set_tlsext_host_name(ssl.get(), name.c_str());
  if (verify_) {
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SY_CHECK(SSL_set1_host(ssl.get(), name.c_str()) == 1);
  }
  if (session != nullptr) {
    SSL_set_ex_data(ssl.get(), session_slot(), session);
    if (session->latest) SSL_set_session(ssl.get(), session->latest.get());
  }
  return ssl;
}

std::string certificate_fault(const ssl_st* ssl) {
  const long result = SSL_get_verify_result(ssl);
  return result == X509_V_OK ? std::string{} : X509_verify_cert_error_string(result);
}

}  // namespace sy::net
