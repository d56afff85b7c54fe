// Where the control API listens and who may call it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "net/options.h"

namespace sy::api {

enum class Role : std::uint8_t { viewer, operator_, approver, admin };

struct Token {
  std::string name;  // the actor in the journal
  Role role = Role::viewer;
  std::string sha256;  // of the token, 64 hex digits
  bool operator==(const Token&) const = default;
};

struct Options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9900;
  std::vector<Token> tokens;  // none: loopback only, actor "local", role admin
  std::vector<net::Certificate> tls;
  std::string client_ca;               // PEM: mTLS; a client certificate's CN is the actor…
  Role client_role = Role::operator_;  // …with this role
  bool insecure = false;  // allows an address that is not loopback without TLS and a token
  bool operator==(const Options&) const = default;
};

}  // namespace sy::api
