#include "control/aws/sigv4.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "control/aws/text.h"

namespace sy::aws {
namespace {

using Key = std::array<unsigned char, 32>;

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view hex_digits = "0123456789abcdef";

// Fields that a hop may change on the way, and those that say who carried what.
constexpr std::array<std::string_view, 12> never_signed{"connection",
                                                        "expect",
                                                        "keep-alive",
                                                        "proxy-authenticate",
                                                        "proxy-authorization",
                                                        "te",
                                                        "trailer",
                                                        "transfer-encoding",
                                                        "upgrade",
                                                        "user-agent",
                                                        "x-amzn-trace-id",
                                                        "authorization"};

std::string hex(std::span<const unsigned char> bytes) {
  std::string out;
  for (const unsigned char byte : bytes) out += {hex_digits[byte >> 4U], hex_digits[byte & 15U]};
  return out;
}

Key hmac(std::span<const unsigned char> key, std::string_view text) {
  Key out{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
  return out;
}

Key hmac(std::string_view key, std::string_view text) {
  return hmac(std::span{reinterpret_cast<const unsigned char*>(key.data()), key.size()}, text);
}

Key signing_key(std::string_view secret, std::string_view day, const Scope& scope) {
  const Key date = hmac("AWS4" + std::string{secret}, day);
  return hmac(hmac(hmac(date, scope.region), scope.service), "aws4_request");
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto at = text.find(separator);
    out.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

// RFC 3986 5.2.4, and empty segments leave too.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  const auto segments = split(path, '/');
  for (const std::string_view segment : segments) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  const std::string_view last = segments.back();
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  if (out.empty() || last.empty() || last == "." || last == "..") out += '/';
  return out;
}

std::string canonical_path(std::string_view path, const Signing& signing) {
  if (path.empty()) path = "/";
  const std::string kept = signing.normalize ? without_dots(path) : std::string{path};
  return signing.double_encode ? percent_encoded(kept, "/")
                               : percent_encoded(percent_decoded(kept), "/");
}

std::string canonical_query(std::string_view query) {
  if (query.empty()) return "";
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string_view part : split(query, '&')) {
    const auto equals = part.find('=');
    const auto value = equals == std::string_view::npos ? "" : part.substr(equals + 1);
    pairs.emplace_back(percent_encoded(percent_decoded(part.substr(0, equals))),
                       percent_encoded(percent_decoded(value)));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out += name + '=' + value;
  }
  return out;
}

std::string collapsed(std::string_view value) {
  std::string out;
  for (const char c : trimmed(value)) {
    if (!is_space(c)) {
      out += c;
    } else if (!out.ends_with(' ')) {
      out += ' ';
    }
  }
  return out;
}

// Name to value, in the order of names; equal names are one, in the order received.
std::map<std::string, std::string> signed_fields(const Fields& fields) {
  std::map<std::string, std::string> out;
  for (const Field& field : fields) {
    const std::string name = lowered(trimmed(field.name));
    if (std::find(never_signed.begin(), never_signed.end(), name) != never_signed.end()) continue;
    const auto [at, fresh] = out.try_emplace(name, collapsed(field.value));
    if (!fresh) at->second += ',' + collapsed(field.value);
  }
  return out;
}

std::string names_of(const std::map<std::string, std::string>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) out += out.empty() ? name : ';' + name;
  return out;
}

std::string canonical(const Request& request, const Fields& fields, const Signing& signing) {
  const std::string_view target = request.target;
  const auto mark = target.find('?');
  const auto query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  const auto kept = signed_fields(fields);
  std::string out = request.method + '\n' + canonical_path(target.substr(0, mark), signing) + '\n' +
                    canonical_query(query) + '\n';
  for (const auto& [name, value] : kept) out += name + ':' + value + '\n';
  return out + '\n' + names_of(kept) + '\n' + sha256_hex(request.body);
}

bool dated(const Field& field) {
  return same_name(field.name, "x-amz-date") || same_name(field.name, "x-amz-security-token") ||
         same_name(field.name, "x-amz-content-sha256") || same_name(field.name, "authorization");
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, 32> out{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha256(), nullptr);
  return hex(out);
}

Signed explain(const Request& request, const Credentials& credentials, const Scope& scope,
               Seconds now, const Signing& signing) {
  Signed out;
  const std::string date = basic_date(now);
  Fields fields = request.fields;
  std::erase_if(fields, dated);
  out.fields.push_back({"X-Amz-Date", date});
  const Field token{"X-Amz-Security-Token", credentials.session_token};
  if (signing.sign_token && !token.value.empty()) out.fields.push_back(token);
  if (signing.hash_field) out.fields.push_back({"x-amz-content-sha256", sha256_hex(request.body)});
  fields.insert(fields.end(), out.fields.begin(), out.fields.end());

  const std::string day = date.substr(0, 8);
  const std::string where = day + '/' + scope.region + '/' + scope.service + "/aws4_request";
  out.canonical_request = canonical(request, fields, signing);
  out.string_to_sign = std::string{algorithm} + '\n' + date + '\n' + where + '\n' +
                       sha256_hex(out.canonical_request);
  const Key key = signing_key(credentials.secret_access_key, day, scope);
  out.signature = hex(hmac(key, out.string_to_sign));
  if (!signing.sign_token && !token.value.empty()) out.fields.push_back(token);
  out.fields.push_back(
      {"Authorization", std::string{algorithm} + " Credential=" + credentials.access_key_id + '/' +
                            where + ", SignedHeaders=" + names_of(signed_fields(fields)) +
                            ", Signature=" + out.signature});
  return out;
}

Fields sign(const Request& request, const Credentials& credentials, const Scope& scope,
            Seconds now) {
  return explain(request, credentials, scope, now).fields;
}

Result<std::string> host_of(std::string_view url) {
  const bool tls = same_name(url.substr(0, 8), "https://");
  if (!tls && !same_name(url.substr(0, 7), "http://"))
    return mistake("a URL must begin with https:// or http://");
  url.remove_prefix(tls ? 8 : 7);
  std::string_view host = url.substr(0, url.find_first_of("/?#"));
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  const std::string_view usual = tls ? ":443" : ":80";
  if (host.ends_with(usual)) host.remove_suffix(usual.size());
  if (host.ends_with(':')) host.remove_suffix(1);
  if (host.empty() || host.front() == ':') return mistake("a URL without a host");
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
    return is_alnum(c) || std::string_view{".-_:[]"}.find(c) != std::string_view::npos;
  });
  if (!plain) return mistake("a URL with a host that is none");
  return lowered(host);
}

}  // namespace sy::aws
