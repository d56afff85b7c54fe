#include "net/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <string>

#include "unit/net/made_certificates.h"

namespace sy::net {
namespace {

struct NetTls : ::testing::Test {
  testing::MadeCertificates made;

  static std::shared_ptr<const ServerTls> server(const ServerTlsOptions& options) {
    return ServerTls::load(options).value();
  }
  [[nodiscard]] std::shared_ptr<const ClientTls> client() const {
    return ClientTls::load(ClientTlsOptions{true, made.ca(), {"http/1.1"}}).value();
  }
  static std::string refusal(const ServerTlsOptions& options) {
    const auto loaded = ServerTls::load(options);
    return loaded ? "loaded" : loaded.error().what;
  }
};

// Two ends, joined back to back, and run until both are done or one has failed.
struct Pair {
  SslPtr near;
  SslPtr far;

  Pair(SslPtr client, SslPtr server) : near{std::move(client)}, far{std::move(server)} {
    BIO* a = nullptr;
    BIO* b = nullptr;
    BIO_new_bio_pair(&a, 0, &b, 0);
    SSL_set_bio(near.get(), a, a);
    SSL_set_bio(far.get(), b, b);
  }
  bool shake() {
    int near_done = 0;
    int far_done = 0;
    for (int turn = 0; turn < 20 && (near_done != 1 || far_done != 1); ++turn) {
      near_done = SSL_do_handshake(near.get());
      far_done = SSL_do_handshake(far.get());
    }
    char byte = 0;
    SSL_read(near.get(), &byte, 1);  // takes in the session tickets
    return near_done == 1 && far_done == 1;
  }
  [[nodiscard]] std::string peer_name() const {
    const X509* peer = SSL_get0_peer_certificate(near.get());
    std::string name(64, '\0');
    const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName,
                                               name.data(), static_cast<int>(name.size()));
    name.resize(static_cast<std::size_t>(size));
    return name;
  }
};

TEST_F(NetTls, ShakesHandsWithAClientThatTrustsTheCaAndTheName) {
  const auto here = server({.certificates = {made.issue("a", "DNS:a.test")}});
  Pair pair{client()->connect("a.test"), here->accept()};

  ASSERT_TRUE(pair.shake());

  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(pair.near.get(), &protocol, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(protocol), size), "http/1.1");
  EXPECT_EQ(certificate_fault(pair.near.get()), "");
}

TEST_F(NetTls, ChoosesTheCertificateByExactThenWildcardNameThenTheFirst) {
  const auto here = server({.certificates = {made.issue("first", "DNS:first.test"),
                                             made.issue("wild", "DNS:*.example.test"),
                                             made.issue("exact", "DNS:a.example.test")}});
  const auto trusting = ClientTls::load(ClientTlsOptions{false, made.ca(), {"http/1.1"}}).value();
  const auto shown = [&](const char* name) {
    Pair pair{trusting->connect(name), here->accept()};
    return pair.shake() ? pair.peer_name() : "no handshake";
  };

  EXPECT_EQ(shown("a.example.test"), "exact");
  EXPECT_EQ(shown("A.EXAMPLE.test"), "exact");
  EXPECT_EQ(shown("b.example.test"), "wild");
  EXPECT_EQ(shown("c.b.example.test"), "first") << "a wildcard covers one label";
  EXPECT_EQ(shown("example.test"), "first");
  EXPECT_EQ(shown("127.0.0.1"), "first");
}

TEST_F(NetTls, RefusesAnUpstreamWithTheWrongNameAndSaysSo) {
  const auto here = server({.certificates = {made.issue("a", "DNS:a.test")}});
  Pair pair{client()->connect("b.test"), here->accept()};

  EXPECT_FALSE(pair.shake());

  EXPECT_EQ(certificate_fault(pair.near.get()), "hostname mismatch");
}

TEST_F(NetTls, ChecksAnAddressAgainstTheAddressesInTheCertificate) {
  const auto here = server({.certificates = {made.issue("a", "DNS:a.test,IP:127.0.0.1,IP:::1")}});

  EXPECT_TRUE((Pair{client()->connect("127.0.0.1"), here->accept()}.shake()));
  EXPECT_TRUE((Pair{client()->connect("::1"), here->accept()}.shake()));
  EXPECT_FALSE((Pair{client()->connect("127.0.0.2"), here->accept()}.shake()));
}

TEST_F(NetTls, RefusesAnUpstreamOfAnotherCaUnlessToldToBelieveAnybody) {
  testing::MadeCertificates others;
  const auto here = server({.certificates = {others.issue("a", "DNS:a.test")}});
  const auto trusting = ClientTls::load(ClientTlsOptions{false, "", {"http/1.1"}}).value();
  Pair pair{client()->connect("a.test"), here->accept()};

  EXPECT_FALSE(pair.shake());
  EXPECT_EQ(certificate_fault(pair.near.get()), "unable to get local issuer certificate");
  EXPECT_TRUE((Pair{trusting->connect("a.test"), here->accept()}.shake()));
}

TEST_F(NetTls, ResumesTheSessionOfAnEndpoint) {
  const auto here =
      server({.certificates = {made.issue("z", "DNS:z.test"), made.issue("a", "DNS:a.test")}});
  const auto there = client();
  ClientSession session;
  Pair first{there->connect("a.test", &session), here->accept()};
  ASSERT_TRUE(first.shake());
  EXPECT_EQ(SSL_session_reused(first.near.get()), 0);

  Pair second{there->connect("a.test", &session), here->accept()};
  ASSERT_TRUE(second.shake());

  EXPECT_EQ(SSL_session_reused(second.near.get()), 1);
}

TEST_F(NetTls, RequiresAClientCertificateWhenGivenAClientCa) {
  const auto here =
      server({.certificates = {made.issue("a", "DNS:a.test")}, .client_ca = made.ca()});
  const Certificate mine = made.issue("me", "DNS:me.test");
  const auto there = client();
  SslPtr with = there->connect("a.test");
  SSL_use_certificate_file(with.get(), mine.certificate.c_str(), SSL_FILETYPE_PEM);
  SSL_use_PrivateKey_file(with.get(), mine.key.c_str(), SSL_FILETYPE_PEM);

  EXPECT_FALSE((Pair{there->connect("a.test"), here->accept()}.shake()));
  EXPECT_TRUE((Pair{std::move(with), here->accept()}.shake()));
}

TEST_F(NetTls, RefusesAClientThatSpeaksNoneOfOurProtocols) {
  const auto here = server({.certificates = {made.issue("a", "DNS:a.test")}});
  const auto there = ClientTls::load(ClientTlsOptions{true, made.ca(), {"h3"}}).value();

  EXPECT_FALSE((Pair{there->connect("a.test"), here->accept()}.shake()));
}

TEST_F(NetTls, RefusesTls11) {
  const auto here = server({.certificates = {made.issue("a", "DNS:a.test")}});
  SslPtr old = client()->connect("a.test");
  SSL_set_min_proto_version(old.get(), TLS1_1_VERSION);
  SSL_set_max_proto_version(old.get(), TLS1_1_VERSION);

  EXPECT_FALSE((Pair{std::move(old), here->accept()}.shake()));
}

TEST_F(NetTls, SaysWhichFileIsMissingAndWhy) {
  const Certificate a = made.issue("a", "DNS:a.test");

  EXPECT_EQ(refusal({}), "no certificate given");
  EXPECT_EQ(refusal({.certificates = {{made.path("none.pem"), a.key}}}),
            "certificate " + made.path("none.pem") + ": No such file or directory");
  EXPECT_EQ(
      refusal({.certificates = {{a.certificate, made.path("none.key")}}}),
      "key " + made.path("none.key") + " (for " + a.certificate + "): No such file or directory");
  EXPECT_EQ(refusal({.certificates = {a}, .client_ca = made.path("none.pem")}),
            "client CA " + made.path("none.pem") + ": No such file or directory");
}

TEST_F(NetTls, SaysThatAFileIsNotPem) {
  const Certificate a = made.issue("a", "DNS:a.test");
  const std::string text = made.path("text.pem");
  std::ofstream{text} << "no certificate\n";

  EXPECT_EQ(refusal({.certificates = {{text, a.key}}}), "certificate " + text + ": no start line");
}

TEST_F(NetTls, SaysThatAKeyBelongsToAnotherCertificate) {
  const Certificate a = made.issue("a", "DNS:a.test");
  const Certificate b = made.issue("b", "DNS:b.test");
  const std::string rsa = made.rsa_key("rsa.key");

  EXPECT_EQ(refusal({.certificates = {{a.certificate, b.key}}}),
            "key " + b.key + " (for " + a.certificate + "): key values mismatch");
  EXPECT_EQ(refusal({.certificates = {{a.certificate, rsa}}}),
            "key " + rsa + " (for " + a.certificate + "): key values mismatch");
}

}  // namespace
}  // namespace sy::net
