#include "control/aws/redact.h"

#include <algorithm>
#include <array>

#include "control/aws/text.h"

namespace sy::aws {
namespace {

constexpr std::string_view mark = "[redacted]";

// In lower case. What follows one of them and a : or = is a secret, up to the end of the line or
// of the quotes.
constexpr std::array<std::string_view, 9> secret_names{
    "x-amz-security-token", "authorization",      "secretaccesskey",
    "sessiontoken",         "webidentitytoken",   "aws_secret_access_key",
    "aws_session_token",    "authorizationtoken", "aws_security_token"};

bool in_token(char c) {
  return is_alnum(c) || std::string_view{"+/=_-."}.find(c) != std::string_view::npos;
}

// Where the value behind a secret's name begins; npos when this is only the name.
std::size_t value_begin(std::string_view text, std::size_t at) {
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
  while (at < text.size() && text[at] == ' ') ++at;
  if (at >= text.size() || (text[at] != ':' && text[at] != '=' && text[at] != '>'))
    return std::string_view::npos;
  ++at;
  while (at < text.size() && (text[at] == ' ' || text[at] == '"' || text[at] == '\'')) ++at;
  return at;
}

std::string without_named(std::string_view text) {
  const std::string lower = lowered(text);
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t begin = std::string_view::npos;
    for (const std::string_view name : secret_names) {
      if (begin == std::string_view::npos && std::string_view{lower}.substr(at).starts_with(name))
        begin = value_begin(text, at + name.size());
    }
    if (begin == std::string_view::npos) {
      out += text[at++];
      continue;
    }
    const auto end = std::min(text.find_first_of("\r\n\"'<&;", begin), text.size());
    out.append(text.substr(at, begin - at));
    if (end > begin) out.append(mark);
    at = end;
  }
  return out;
}

// Session tokens are long, web identity tokens begin with the base64 of {".
bool looks_like_token(std::string_view word) {
  return word.size() >= 120 || (word.size() >= 20 && word.starts_with("eyJ"));
}

std::string without_tokens(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto size = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), in_token) - text.begin());
    const std::string_view word = text.substr(0, size);
    out.append(looks_like_token(word) ? mark : word);
    text.remove_prefix(size);
    if (text.empty()) break;
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

void take_out(std::string& text, std::string_view secret) {
  if (secret.size() < 8) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), mark);
}

}  // namespace

std::string redacted(std::string_view text) { return without_tokens(without_named(text)); }

std::string redacted(std::string_view text, const Credentials& credentials) {
  std::string out{text};
  take_out(out, credentials.secret_access_key);
  take_out(out, credentials.session_token);
  return redacted(out);
}

std::string without(std::string_view text, std::string_view secret) {
  std::string out{text};
  take_out(out, secret);
  return out;
}

std::string one_line(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const char c : trimmed(text)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte > 0x20 && byte != 0x7F;
    if (plain || !out.ends_with(' ')) out += plain ? c : ' ';
  }
  if (out.size() <= bytes_max) return out;
  std::size_t size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(out[size]) & 0xC0U) == 0x80U) --size;
  out.resize(size);
  return out + "…";
}

}  // namespace sy::aws
