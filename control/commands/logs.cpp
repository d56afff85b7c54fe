#include <ostream>
#include <set>
#include <tuple>

#include "control/commands/shared.h"
#include "control/facts/words.h"
#include "control/render/json.h"

namespace sy::control {
namespace {

constexpr auto look_every = std::chrono::seconds{2};
// A line may come this much later than another of a later time.
constexpr auto late = std::chrono::seconds{10};

using Known = std::set<std::tuple<WallTime, std::string, std::string>>;

void print(const Args& args, const platform::Line& line, const Terminal& terminal) {
  if (args.json)
    terminal.out << json_line(
        {{"at", api::to_text(line.at)}, {"source", line.source}, {"text", line.text}});
  if (!args.json)
    terminal.out << clock_text(line.at) << " " << toned(line.source, Tone::faint, terminal.look)
                 << " " << printable(line.text) << "\n";
}

// Prints what is new, and gives back from when on to ask again.
WallTime take(const Args& args, const std::vector<platform::Line>& lines, Known& known,
              WallTime since, const Terminal& terminal) {
  WallTime last = since + late;
  for (const auto& line : lines) {
    if (!known.emplace(line.at, line.source, line.text).second) continue;
    print(args, line, terminal);
    last = std::max(last, line.at);
  }
  terminal.out << std::flush;
  const WallTime next = last - late;
  known.erase(known.begin(), known.lower_bound({next, "", ""}));
  return next;
}

}  // namespace

ExitCode show_logs(const Args& args, Site& site, const Terminal& terminal) {
  const auto& services = site.configured().services;
  if (!services.empty() && !services.contains(args.service)) {
    std::vector<std::string> known;
    for (const auto& [name, unused] : services) known.push_back(name);
    return explain(args,
                   {ExitCode::usage, "there is no service " + args.service + " of " + site.name(),
                    "There are: " + listed(known) + "."},
                   terminal);
  }
  const auto platform = site.platform();
  if (!platform) return explain(args, platform.error(), terminal);
  WallTime since = site.pace().wall() - std::chrono::floor<std::chrono::milliseconds>(args.since);
  Known known;
  for (bool first = true;; first = false) {
    const auto lines = (*platform)->logs(args.service, args.color, since);
    if (!lines) return explain(args, lines.error(), terminal);
    since = take(args, *lines, known, first ? since - late : since, terminal);
    if (!args.follow) return ExitCode::done;
    if (!site.pace().wait(look_every)) return ExitCode::interrupted;
  }
}

}  // namespace sy::control
