#include "options.h"

#include <arpa/inet.h>
#include <getopt.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace sy::closedload {
namespace {

constexpr const char* usage =
    "usage: closedload IPV4:PORT [options]\n"
    "Closed-loop load: every connection asks again as soon as it is answered.\n"
    "  --connections N  at once, one thread each (32)\n"
    "  --seconds S      no request begins later; those under way are finished (3)\n"
    "  --tls            TLS 1.3 with AES-128-GCM and X25519\n"
    "  --resume         every connection resumes a session (with --tls --close)\n"
    "  --close          a new connection for every request\n"
    "  --path PATH      what is asked for (/)\n"
    "  --post-bytes N   a POST with a body of N bytes instead of a GET\n";

bool parse_address(const std::string& text, sockaddr_in& out) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  out.sin_family = AF_INET;
  out.sin_port = htons(static_cast<std::uint16_t>(std::atoi(text.c_str() + colon + 1)));
  return inet_pton(AF_INET, text.substr(0, colon).c_str(), &out.sin_addr) == 1;
}

bool take(int option, Options& options) {
  switch (option) {
    case 'n': options.connections = std::atoi(optarg); return options.connections > 0;
    case 's': options.seconds = std::atof(optarg); return options.seconds > 0;
    case 't': options.tls = true; return true;
    case 'r': options.resume = true; return true;
    case 'c': options.close = true; return true;
    case 'p': options.path = optarg; return true;
    case 'b': options.post_bytes = std::strtoull(optarg, nullptr, 10); return true;
    default: return false;
  }
}

}  // namespace

std::optional<Options> parse(int argc, char** argv) {
  static constexpr std::array<option, 8> known{{{"connections", required_argument, nullptr, 'n'},
                                                {"seconds", required_argument, nullptr, 's'},
                                                {"tls", no_argument, nullptr, 't'},
                                                {"resume", no_argument, nullptr, 'r'},
                                                {"close", no_argument, nullptr, 'c'},
                                                {"path", required_argument, nullptr, 'p'},
                                                {"post-bytes", required_argument, nullptr, 'b'},
                                                {nullptr, 0, nullptr, 0}}};
  Options options;
  bool good = true;
  for (int found = 0; good && found != -1;) {
    found = getopt_long(argc, argv, "", known.data(), nullptr);
    if (found != -1) good = take(found, options);
  }
  if (good && optind + 1 == argc && parse_address(argv[optind], options.address)) return options;
  std::fputs(usage, stderr);
  return std::nullopt;
}

}  // namespace sy::closedload
