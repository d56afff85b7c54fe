#include "api/auth.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace sy::api {
namespace {

std::vector<unsigned char> from_hex(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::vector<unsigned char> bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes.push_back(static_cast<unsigned char>(high * 16 + low));
  }
  return bytes;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// Without its port and brackets: "[::1]:9900" is "::1".
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    return end == authority.npos ? std::string_view{} : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool is_local_name(std::string_view authority) {
  const auto host = host_of(authority);
  return same_word(host, "localhost") || is_loopback(host);
}

bool same_origin(std::string_view origin, std::string_view host) {
  const auto scheme = origin.find("://");
  return scheme != origin.npos && same_word(origin.substr(scheme + 3), host);
}

bool is_json(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return same_word(type, "application/json");
}

Refusal refusal(int status, std::string detail) {
  return Refusal{Problem{.status = status, .detail = std::move(detail)}, {}, -1};
}

Refusal unauthenticated(std::string detail, std::string_view challenge) {
  Refusal refused = refusal(401, std::move(detail));
  refused.challenge = challenge;
  return refused;
}

// An IPv6 peer owns its /64, so that is what is counted.
std::string counted(std::string_view address) {
  in6_addr six{};
  const std::string text{address.substr(0, address.find('%'))};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return text;
  if (IN6_IS_ADDR_V4MAPPED(&six)) return text;
  return {reinterpret_cast<const char*>(&six), 8};
}

}  // namespace

double FailureLimit::level(const Bucket& bucket, Instant now) {
  const double refilled = std::chrono::duration<double>(now - bucket.at) / refill;
  return std::min(burst, bucket.left + std::max(0.0, refilled));
}

std::optional<int> FailureLimit::wait(std::string_view address, Instant now) const {
  const auto at = buckets_.find(counted(address));
  const bool full = buckets_.size() >= addresses_max;
  const Bucket& found = at != buckets_.end() ? at->second : full ? others_ : Bucket{};
  const double left = level(found, now);
  if (left >= 1) return std::nullopt;
  return static_cast<int>(std::ceil((1 - left) * std::chrono::duration<double>(refill).count()));
}

FailureLimit::Bucket& FailureLimit::bucket(std::string_view address, Instant now) {
  const std::string key = counted(address);
  if (const auto at = buckets_.find(key); at != buckets_.end()) return at->second;
  if (buckets_.size() >= addresses_max && now - swept_ >= refill) {
    swept_ = now;
    std::erase_if(buckets_, [now](const auto& entry) { return level(entry.second, now) >= burst; });
  }
  if (buckets_.size() >= addresses_max) return others_;
  return buckets_[key];
}

void FailureLimit::failed(std::string_view address, Instant now) {
  Bucket& found = bucket(address, now);
  found.left = std::max(0.0, level(found, now) - 1);
  found.at = now;
}

Auth::Auth(Options options) { replace(std::move(options)); }

void Auth::replace(Options options) {
  options_ = std::move(options);
  known_.clear();
  for (const auto& token : options_.tokens)
    known_.push_back({{token.name, token.role}, from_hex(token.sha256)});
}

const Auth::Known* Auth::find(std::string_view token) const {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  const Known* found = nullptr;
  // Every token is compared whole, so that the time taken tells nothing.
  for (const auto& known : known_)
    if (known.sha256.size() == digest.size() &&
        CRYPTO_memcmp(known.sha256.data(), digest.data(), digest.size()) == 0)
      found = &known;
  return found;
}

boost::system::result<Actor, Refusal> Auth::identify(const Credentials& credentials, Instant now) {
  if (open()) return Actor{is_loopback(credentials.address) ? "local" : "anonymous", Role::admin};
  if (credentials.authorization.empty() && !credentials.client_name.empty())
    return Actor{std::string(credentials.client_name), options_.client_role};
  if (credentials.authorization.empty())
    return unauthenticated("this call needs a token: send Authorization: Bearer TOKEN",
                           "Bearer realm=\"switchyard\"");
  if (const auto seconds = failures_.wait(credentials.address, now)) {
    Refusal refused = refusal(429, "too many failed authentications from this address: wait " +
                                       std::to_string(*seconds) + " s");
    refused.retry_after = *seconds;
    return refused;
  }
  constexpr std::string_view scheme = "Bearer ";
  const auto field = credentials.authorization;
  const Known* known = same_word(field.substr(0, scheme.size()), scheme)
                           ? find(field.substr(scheme.size()))
                           : nullptr;
  if (known != nullptr) return known->actor;
  failures_.failed(credentials.address, now);
  return unauthenticated("the token is not known here: check SWITCHYARD_TOKEN or control.tokens",
                         "Bearer realm=\"switchyard\", error=\"invalid_token\"");
}

std::optional<Refusal> Auth::foreign(const Credentials& credentials) const {
  if (!open() || !is_loopback(options_.address) || is_local_name(credentials.host))
    return std::nullopt;
  return refusal(
      403,
      "without a token only a loopback Host is answered: call 127.0.0.1 or localhost, or "
      "configure control.tokens");
}

boost::system::result<Actor, Refusal> Auth::admit(const Credentials& credentials, Role needed,
                                                  Instant now) {
  if (auto refused = foreign(credentials)) return std::move(*refused);
  auto actor = identify(credentials, now);
  if (!actor) return actor;
  if (actor->role < needed)
    return refusal(403, actor->name + " has the role " + std::string(name(actor->role)) +
                            ", this call needs " + std::string(name(needed)));
  if (!credentials.mutating) return actor;
  if (!credentials.origin.empty() && !same_origin(credentials.origin, credentials.host))
    return refusal(403, "a page of another origin may not change anything here");
  const bool by_token = !open() && !credentials.authorization.empty();
  if ((credentials.has_body || !by_token) && !is_json(credentials.content_type))
    return refusal(415, "send Content-Type: application/json");
  return actor;
}

bool is_loopback(std::string_view address) {
  const std::string text{address};
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return false;
  if (IN6_IS_ADDR_V4MAPPED(&six)) return six.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&six);
}

Result<> bindable(const Options& options) {
  if (is_loopback(options.address) || options.insecure) return {};
  const bool named = !options.tokens.empty() || !options.client_ca.empty();
  if (named && !options.tls.empty()) return {};
  return Error{Blame::self, false, 0,
               "control.address " + options.address +
                   " is not loopback: it needs control.tls and control.tokens (or "
                   "control.client_ca), or control.insecure: true"};
}

std::string_view name(Role role) {
  switch (role) {
    case Role::viewer: return "viewer";
    case Role::operator_: return "operator";
    case Role::approver: return "approver";
    case Role::admin: return "admin";
  }
  return "viewer";
}

}  // namespace sy::api
