#include "options.h"

#include <arpa/inet.h>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace sy::openload {
namespace {

bool parse_address(const std::string& text, sockaddr_in& out) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  out.sin_family = AF_INET;
  out.sin_port = htons(static_cast<std::uint16_t>(std::atoi(text.c_str() + colon + 1)));
  return inet_pton(AF_INET, text.substr(0, colon).c_str(), &out.sin_addr) == 1;
}

// "get=70,post=10,keyed=10,new=10"
bool parse_mix(const std::string& text, PerKind<int>& out) {
  out.fill(0);
  std::istringstream parts{text};
  for (std::string part; std::getline(parts, part, ',');) {
    bool known = false;
    for (const Kind kind : kinds) {
      const std::string key = std::string{name(kind)} + '=';
      if (!part.starts_with(key)) continue;
      out[static_cast<std::size_t>(kind)] = std::atoi(part.c_str() + key.size());
      known = true;
    }
    if (!known) return false;
  }
  int sum = 0;
  for (const int share : out) sum += share;
  return sum > 0;
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::get: return "get";
    case Kind::post: return "post";
    case Kind::fresh: return "new";
    case Kind::websocket: return "ws";
    case Kind::keyed: return "keyed";
  }
  return "";
}

std::optional<Options> parse(int argc, char** argv) {
  Options options;
  std::string address;
  std::string mix = "get=100";
  std::int64_t timeout = options.timeout.count();
  CLI::App app{"Open-loop load: requests leave on schedule whatever the answers do."};
  app.add_option("address", address, "ipv4:port")->required();
  app.add_option("--rate", options.rate, "requests a second");
  app.add_option("--duration", options.duration, "seconds");
  app.add_option("--connections", options.connections, "kept-alive connections");
  app.add_option("--websockets", options.websockets, "open WebSockets");
  app.add_option("--mix", mix, "get=N,post=N,keyed=N,new=N,ws=N");
  app.add_option("--path", options.path, "of requests");
  app.add_option("--ws-path", options.websocket_path, "of WebSockets");
  app.add_option("--host", options.host, "Host field");
  app.add_option("--field", options.fields, "\"Name: value\", of every request");
  app.add_option("--clients", options.clients, "identities, each a cookie of its own");
  app.add_option("--color-header", options.color_header, "response field that names the color");
  app.add_option("--post-bytes", options.post_bytes, "size of a POST's body");
  app.add_option("--timeout-ms", timeout, "after which a request has failed");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return std::nullopt;
  }
  options.timeout = std::chrono::milliseconds{timeout};
  if (parse_address(address, options.address) && parse_mix(mix, options.mix)) return options;
  std::fprintf(stderr, "openload: bad address or mix\n");
  return std::nullopt;
}

}  // namespace sy::openload
