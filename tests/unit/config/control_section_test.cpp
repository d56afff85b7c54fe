#include <gtest/gtest.h>

#include "unit/config/support.h"

namespace sy::config {
namespace {

const std::string token = "{name: ci, role: operator, sha256: " + std::string(64, 'a') + "}";
const std::string tls = "tls: {certificate: a, key: b}";

TEST(ControlSection, LoopbackNeedsNothing) {
  EXPECT_EQ(problems_after_service("control: {address: 127.0.0.1:1}\n"), Lines{});
  EXPECT_EQ(problems_after_service("control: {address: \"[::1]:1\"}\n"), Lines{});
}

TEST(ControlSection, AnyOtherAddressNeedsTlsAndSomebodyToKnow) {
  const Lines refused{
      "switchyard.yaml:2:20: control.address: is not loopback: it needs tls, and tokens or a "
      "client_ca "
      "(or insecure: true)"};
  EXPECT_EQ(problems_after_service("control: {address: 0.0.0.0:1}\n"), refused);
  EXPECT_EQ(problems_after_service("control: {address: 0.0.0.0:1, " + tls + "}\n"), refused);
  EXPECT_EQ(problems_after_service("control: {address: 0.0.0.0:1, tokens: [" + token + "]}\n"),
            refused);
  EXPECT_EQ(problems_after_service("control: {address: 0.0.0.0:1, insecure: false, " + tls + "}\n"),
            refused);
}

TEST(ControlSection, AnyOtherAddressIsFineWhenGuarded) {
  const std::string start = "control: {address: 0.0.0.0:1, ";
  EXPECT_EQ(problems_after_service(start + tls + ", tokens: [" + token + "]}\n"), Lines{});
  EXPECT_EQ(problems_after_service(start + tls + ", client_ca: c}\n"), Lines{});
  EXPECT_EQ(problems_after_service(start + "insecure: true}\n"), Lines{});
}

TEST(ControlSection, ClientCertificatesNeedTls) {
  EXPECT_EQ(problems_after_service("control: {client_ca: c}\n"),
            Lines{"switchyard.yaml:2:22: control.client_ca: needs tls"});
}

TEST(ControlSection, TokensHaveANameARoleAndAHash) {
  const Loaded loaded = parse(one_service + "control: {tokens: [" + token + "]}\n");
  EXPECT_EQ(loaded.config.control.tokens,
            (std::vector<api::Token>{{"ci", api::Role::operator_, std::string(64, 'a')}}));
  EXPECT_EQ(problems_after_service("control: {tokens: [{}]}\n"),
            (Lines{"switchyard.yaml:2:20: control.tokens[0].name: is required",
                   "switchyard.yaml:2:20: control.tokens[0].role: is required",
                   "switchyard.yaml:2:20: control.tokens[0].sha256: is required"}));
  EXPECT_EQ(problems_after_service("control: {tokens: [{name: A, role: boss, sha256: secret}]}\n"),
            (Lines{"switchyard.yaml:2:27: control.tokens[0].name: must be 1 to 40 of a-z, 0-9 and "
                   "-, got \"A\"",
                   "switchyard.yaml:2:36: control.tokens[0].role: must be one of viewer, operator, "
                   "approver, admin",
                   "switchyard.yaml:2:50: control.tokens[0].sha256: must be the SHA-256 of the "
                   "token as 64 hex "
                   "digits (switchyard token prints both)"}));
}

TEST(ControlSection, NoTwoTokensAreTheSame) {
  EXPECT_EQ(
      problems_after_service("control: {tokens: [" + token + ", " + token + "]}\n"),
      (Lines{"switchyard.yaml:2:129: control.tokens[1].name: is the name of another token too",
             "switchyard.yaml:2:157: control.tokens[1].sha256: is the hash of another token too"}));
}

}  // namespace
}  // namespace sy::config
