#include "notify/url.h"

#include <charconv>

namespace sy::notify {
namespace {

Error wrong(std::string what) { return Error{Blame::self, false, 0, "the url " + std::move(what)}; }

bool take(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

// "a.test:80", "[::1]:80", "a.test".
Result<> read_authority(std::string_view text, Url& url) {
  const std::size_t end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (text.starts_with('[') && end == std::string_view::npos) return wrong("lacks a bracket");
  std::string_view port = end == std::string_view::npos ? "" : text.substr(end);
  url.host = text.substr(0, end);
  if (take(port, "]")) url.host.erase(0, 1);
  if (url.host.empty()) return wrong("has no host");
  if (port.empty()) return {};
  if (!take(port, ":")) return wrong("has no port where one should be");
  const auto [stop, fault] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (fault != std::errc{} || stop != port.data() + port.size() || url.port == 0)
    return wrong("has a port that is none");
  return {};
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  Url url;
  for (const char c : text) {
    if (c <= 0x20 || c >= 0x7f) return wrong("has characters that a url escapes");
  }
  if (take(text, "https://")) {
    url.tls = true;
  } else if (!take(text, "http://")) {
    return wrong("must start with http:// or https://");
  }
  const std::uint16_t own_port = url.tls ? 443 : 80;
  url.port = own_port;
  const std::size_t path = text.find_first_of("/?#");
  const std::string_view authority = text.substr(0, path);
  const std::string_view rest = path == std::string_view::npos ? "" : text.substr(path);
  if (authority.find('@') != std::string_view::npos) return wrong("must not have a user");
  if (rest.find('#') != std::string_view::npos) return wrong("must not have a fragment");
  if (const auto read = read_authority(authority, url); !read) return read.error();
  const bool v6 = url.host.find(':') != std::string::npos;
  url.authority = v6 ? '[' + url.host + ']' : url.host;
  if (url.port != own_port) url.authority += ':' + std::to_string(url.port);
  url.path = (rest.starts_with('/') ? "" : "/") + std::string{rest};
  return url;
}

}  // namespace sy::notify
