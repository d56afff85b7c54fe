#include "api/certificate.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace sy::api {

std::string certificate_name(const ssl_st* ssl) {
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return {};
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const int length =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (length < 0) return {};
  const std::string found{reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)};
  OPENSSL_free(text);
  for (const char c : found)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return {};
  return found.size() <= 128 ? found : std::string{};
}

}  // namespace sy::api
