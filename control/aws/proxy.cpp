#include "control/aws/proxy.h"

#include <openssl/evp.h>

#include <algorithm>

#include "control/aws/endpoint.h"
#include "control/aws/sigv4.h"
#include "control/aws/text.h"

namespace sy::aws {
namespace {

struct Address {
  std::string_view name;  // without brackets
  std::string_view port;  // empty: the usual one
};

Address address_of(std::string_view host) {
  if (host.starts_with('[')) {
    const auto close = std::min(host.find(']'), host.size());
    const auto port = host.substr(std::min(close + 1, host.size()));
    return {host.substr(1, close - 1), port.starts_with(':') ? port.substr(1) : ""};
  }
  const auto colon = host.find(':');
  return {host.substr(0, colon), colon == std::string_view::npos ? "" : host.substr(colon + 1)};
}

bool never_proxied(std::string_view host) {
  const std::string_view name = address_of(host).name;
  return is_loopback(host) || name.starts_with("169.254.") || name.starts_with("fd00:ec2:") ||
         name.starts_with("fe80:");
}

// example.com and .example.com stand for themselves and what is below.
bool excepted(std::string_view entry, const Address& address) {
  if (entry == "*") return true;
  const Address wanted = address_of(entry);
  if (!wanted.port.empty() && wanted.port != address.port) return false;
  std::string_view name = wanted.name;
  if (name.starts_with('.')) name.remove_prefix(1);
  if (name.empty()) return false;
  if (same_name(name, address.name)) return true;
  const auto extra = address.name.size() - std::min(name.size(), address.name.size());
  return extra > 0 && address.name[extra - 1] == '.' && same_name(address.name.substr(extra), name);
}

bool any_excepts(std::string_view entries, const Address& address) {
  while (!entries.empty()) {
    const auto end = std::min(entries.find_first_of(", "), entries.size());
    const std::string_view entry = entries.substr(0, end);
    if (!entry.empty() && excepted(entry, address)) return true;
    entries.remove_prefix(std::min(end + 1, entries.size()));
  }
  return false;
}

std::optional<std::string> either(const Environment& environment, std::string_view upper) {
  if (auto value = value_of(environment, lowered(upper))) return value;
  return value_of(environment, upper);
}

std::string basic(std::string_view user) {
  const auto colon = user.find(':');
  const std::string plain =
      percent_decoded(user.substr(0, colon)) + ':' +
      (colon == std::string_view::npos ? "" : percent_decoded(user.substr(colon + 1)));
  std::string out(4 * ((plain.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(plain.data()),
                                   static_cast<int>(plain.size()));
  out.resize(static_cast<std::size_t>(size));
  return "Basic " + out;
}

Result<Proxy> read_proxy(std::string_view text) {
  std::string url{trimmed(text)};
  if (url.find("://") == std::string::npos) url = "http://" + url;
  if (same_name(url.substr(0, 8), "https://"))
    return mistake("a proxy that is itself spoken to over TLS is not supported");
  const auto host = host_of(url);
  if (!host) return mistake("the proxy in the environment is not a URL");
  const Address address = address_of(*host);
  Proxy out{std::string{address.name}, std::string{address.port.empty() ? "80" : address.port}, ""};
  const std::string_view authority = std::string_view{url}.substr(7);
  const auto at = authority.substr(0, authority.find('/')).rfind('@');
  if (at != std::string_view::npos) out.authorization = basic(authority.substr(0, at));
  return out;
}

}  // namespace

Result<std::optional<Proxy>> proxy_for(std::string_view url, const Environment& environment) {
  const auto host = host_of(url);
  if (!host) return host.error();
  const bool tls = same_name(url.substr(0, 8), "https://");
  const auto text = either(environment, tls ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (!text || never_proxied(*host)) return std::optional<Proxy>{};
  Address address = address_of(*host);
  if (address.port.empty()) address.port = tls ? "443" : "80";
  if (any_excepts(either(environment, "NO_PROXY").value_or(""), address))
    return std::optional<Proxy>{};
  const auto proxy = read_proxy(*text);
  if (!proxy) return proxy.error();
  return std::optional<Proxy>{*proxy};
}

}  // namespace sy::aws
