#include "api/message.h"
#include "control/commands/shared.h"

namespace sy::control {
namespace {

std::vector<std::string> split(std::string_view urls) {
  std::vector<std::string> parts;
  while (!urls.empty()) {
    const auto part = urls.substr(0, urls.find(','));
    urls.remove_prefix(std::min(urls.size(), part.size() + 1));
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

}  // namespace

// upstreams ENV green backend=http://127.0.0.1:9301 frontend= : an empty list is the configured
// one.
ExitCode set_upstreams(const Args& args, Site& site, const Terminal& terminal) {
  const auto color = parse_color(args.words.front());
  if (!color) return usage(terminal, "\"" + args.words.front() + "\" is neither blue nor green");
  api::UpstreamsBody body{{}, args.force, args.reason};
  for (std::size_t i = 1; i < args.words.size(); ++i) {
    const auto& word = args.words[i];
    const auto equals = word.find('=');
    if (equals == word.npos || equals == 0)
      return usage(terminal, "\"" + word + "\" is not SERVICE=URL");
    body.endpoints[word.substr(0, equals)] = split(word.substr(equals + 1));
  }
  return change(args, site, terminal,
                {.method = "PUT",
                 .target = "/v1/upstreams/" + std::string(name(*color)),
                 .body = api::encode(body)});
}

}  // namespace sy::control
