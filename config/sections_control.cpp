#include <set>

#include "config/address.h"
#include "config/sections.h"

namespace sy::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t tokens_max = 256;
constexpr std::size_t pages_max = 201;  // every status and the default

auto decode_role() {
  return one_of<api::Role>({{"viewer", api::Role::viewer},
                            {"operator", api::Role::operator_},
                            {"approver", api::Role::approver},
                            {"admin", api::Role::admin}});
}

std::vector<api::Token> read_tokens(Reader& in) {
  std::vector<api::Token> tokens;
  std::set<std::string> names;
  std::set<std::string> hashes;
  for (Reader& item : in.sections("tokens", tokens_max)) {
    api::Token token;
    item.require_with("name", decode_name, token.name);
    item.require_with("role", decode_role(), token.role);
    item.require_with("sha256", decode_sha256, token.sha256);
    item.expect(token.name.empty() || names.insert(token.name).second, "name",
                "is the name of another token too");
    item.expect(token.sha256.empty() || hashes.insert(token.sha256).second, "sha256",
                "is the hash of another token too");
    item.finish();
    tokens.push_back(std::move(token));
  }
  return tokens;
}

// The control API moves production traffic: away from loopback it wants to know who asks, and
// nobody else should overhear the token.
void expect_guarded(Reader& in, const api::Options& control) {
  const bool known = !control.tokens.empty() || !control.client_ca.empty();
  const bool guarded = !control.tls.empty() && known;
  const bool asked =
      in.good("address") && in.good("tls") && in.good("tokens") && in.good("client_ca");
  in.expect(!asked || is_loopback(control.address) || control.insecure || guarded, "address",
            "is not loopback: it needs tls, and tokens or a client_ca (or insecure: true)");
  in.expect(control.client_ca.empty() || !control.tls.empty() || !in.good("tls"), "client_ca",
            "needs tls");
}

}  // namespace

api::Options read_control(Reader in) {
  api::Options control;
  Address address{control.address, control.port};
  in.read_with("address", decode_address, address);
  control.address = address.host;
  control.port = address.port;
  control.tokens = read_tokens(in);
  control.tls = read_tls(in);
  in.read_file("client_ca", control.client_ca);
  in.read_with("client_role", decode_role(), control.client_role);
  in.read("insecure", control.insecure);
  expect_guarded(in, control);
  in.finish();
  return control;
}

Drain read_drain(Reader in) {
  Drain drain;
  in.read("notice", drain.notice, between(0s, 1h));
  in.read("finish", drain.finish, between(0s, 1h));
  in.finish();
  return drain;
}

std::map<int, std::string> read_pages(Reader in) {
  std::map<int, std::string> pages;
  for (const std::string& name : in.names(pages_max)) {
    std::string file;
    in.read_file(name, file);
    int status = 0;
    const bool fallback = name == "default";
    const bool sound = fallback || (!decode(name, status) && status >= 400 && status <= 599);
    in.expect(sound, name, "the key must be a status from 400 to 599, or default");
    if (sound && in.good(name)) pages[status] = file;
  }
  in.finish();
  return pages;
}

}  // namespace sy::config
