// Keys and certificates made for one test, in a folder that goes away with it.
#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "base/check.h"
#include "net/options.h"

namespace sy::testing {

struct OpenSslFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, OpenSslFree>;
using X509Ptr = std::unique_ptr<X509, OpenSslFree>;

class MadeCertificates {
 public:
  MadeCertificates() {
    std::string name = (std::filesystem::temp_directory_path() / "switchyard-tls-XXXXXX").string();
    SY_CHECK(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    ca_key_.reset(EVP_EC_gen("P-256"));
    ca_ = make("CA of " + folder_.filename().string(), "", *ca_key_, true);
    write_certificate("ca.pem", *ca_);
  }
  MadeCertificates(const MadeCertificates&) = delete;
  MadeCertificates& operator=(const MadeCertificates&) = delete;
  ~MadeCertificates() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string ca() const { return path("ca.pem"); }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  // Signed by the CA; `names` as OpenSSL writes them, "DNS:a.test,IP:127.0.0.1".
  [[nodiscard]] net::Certificate issue(const std::string& file, const std::string& names) {
    const Key key{EVP_EC_gen("P-256")};
    write_certificate(file + ".pem", *make(file, names, *key, false));
    return {path(file + ".pem"), write_key(file + ".key", *key)};
  }
  [[nodiscard]] std::string rsa_key(const std::string& file) {
    return write_key(file, *Key{EVP_RSA_gen(2048)});
  }

 private:
  X509Ptr make(const std::string& common_name, const std::string& names, EVP_PKEY& key,
               bool is_ca) {
    X509Ptr made{X509_new()};
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 24 * 3600);
    X509_set_pubkey(made.get(), &key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(made.get(), X509_get_subject_name(is_ca ? made.get() : ca_.get()));
    extend(*made, NID_basic_constraints, is_ca ? "critical,CA:TRUE" : "CA:FALSE");
    if (!names.empty()) extend(*made, NID_subject_alt_name, names);
    SY_CHECK(X509_sign(made.get(), ca_key_.get(), EVP_sha256()) > 0);
    return made;
  }
  static void extend(X509& certificate, int kind, const std::string& value) {
    X509V3_CTX scope{};
    X509V3_set_ctx(&scope, &certificate, &certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &scope, kind, value.c_str());
    SY_CHECK(extension != nullptr);
    X509_add_ext(&certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  void write_certificate(const std::string& name, X509& certificate) const {
    std::FILE* file = std::fopen(path(name).c_str(), "w");
    SY_CHECK(file != nullptr && PEM_write_X509(file, &certificate) == 1);
    std::fclose(file);
  }
  [[nodiscard]] std::string write_key(const std::string& name, EVP_PKEY& key) const {
    std::FILE* file = std::fopen(path(name).c_str(), "w");
    SY_CHECK(file != nullptr &&
             PEM_write_PrivateKey(file, &key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    std::fclose(file);
    return path(name);
  }

  std::filesystem::path folder_;
  Key ca_key_;
  X509Ptr ca_;
  long serial_ = 0;
};

}  // namespace sy::testing
