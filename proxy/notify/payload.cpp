#include "notify/payload.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/check.h"
#include "base/time_text.h"

namespace sy::notify {
namespace {

namespace json = boost::json;
using director::Notice;

constexpr std::size_t slack_bytes_max = 3'000;  // of what Slack shows without cutting

// A number where the text is one, so that receivers need not parse it again.
json::value number(const std::string& text) {
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  const auto as_whole = std::from_chars(text.data(), end, whole);
  if (as_whole.ec == std::errc{} && as_whole.ptr == end) return whole;
  double real = 0;
  const auto as_real = std::from_chars(text.data(), end, real, std::chars_format::fixed);
  if (as_real.ec == std::errc{} && as_real.ptr == end && real - real == 0) return real;
  return json::value(text);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '\n':
      case '\r': out += ' '; break;
      default: out += c;
    }
  }
  return out;
}

std::string_view verb(std::string_view type) {
  if (type == "held") return "held";
  if (type == "approval") return "needs an approver";
  if (type == "inconclusive") return "is inconclusive";
  if (type == "version_mismatch") return "has another version than expected";
  if (type == "shared_dependency") return "fails as live does";
  return type;
}

// At most `bytes_max`, cut between characters (RFC 3629 section 3) and not within an escape.
void cut(std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  const std::size_t escape = text.rfind('&', end);
  if (escape != std::string::npos && text.find(';', escape) >= end) end = escape;
  text.resize(end);
  text += "…";
}

}  // namespace

std::string json_body(const Notice& notice, std::string_view id) {
  json::object numbers;
  for (const auto& [key, text] : notice.numbers) numbers[key] = number(text);
  json::object all;
  all["id"] = id;
  all["type"] = notice.type;
  all["at"] = iso(notice.at);
  all["app"] = notice.app;
  all["environment"] = notice.environment;
  all["rollout"] = notice.rollout;
  all["color"] = name(notice.color);
  all["version"] = notice.version;
  all["what"] = notice.what;
  all["actor"] = notice.actor;
  all["reason"] = notice.reason;
  all["numbers"] = std::move(numbers);
  return json::serialize(all);
}

std::string slack_body(const Notice& notice) {
  std::string text = "*" + escaped(notice.app) + ' ' + escaped(notice.environment) + "* ";
  text += name(notice.color);
  if (!notice.version.empty()) text += ' ' + escaped(notice.version);
  text += " *" + escaped(verb(notice.type)) + '*';
  if (!notice.what.empty()) text += ": " + escaped(notice.what);
  if (!notice.actor.empty()) text += " (" + escaped(notice.actor);
  if (!notice.actor.empty() && !notice.reason.empty()) text += ": " + escaped(notice.reason);
  if (!notice.actor.empty()) text += ')';
  cut(text, slack_bytes_max);
  json::object all;
  all["text"] = text;
  return json::serialize(all);
}

std::string body(Kind kind, const Notice& notice, std::string_view id) {
  switch (kind) {
    case Kind::json: return json_body(notice, id);
    case Kind::slack: return slack_body(notice);
  }
  return {};
}

std::string signature(std::string_view secret, std::chrono::sys_seconds at, std::string_view body) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::string time = std::to_string(at.time_since_epoch().count());
  const std::string text = time + '.' + std::string{body};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  SY_CHECK(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
                &size) != nullptr);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += digits[digest[i] >> 4U];
    hex += digits[digest[i] & 15U];
  }
  return "t=" + time + ",v1=" + hex;
}

}  // namespace sy::notify
