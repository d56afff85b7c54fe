#include <ostream>

#include "control/commands/gather.h"
#include "control/commands/shared.h"
#include "control/commands/terminal_screen.h"
#include "control/facts/words.h"
#include "control/render/status.h"

namespace sy::control {
namespace {

using namespace std::chrono_literals;

constexpr auto frame = 500ms;
constexpr auto slice = 100ms;    // how soon a resized terminal is drawn anew
constexpr auto slow_round = 5s;  // the record and the platform are asked this often

// The proxies always, the rest now and then.
class View {
 public:
  explicit View(Site& site) : site_{site} {}

  const Facts& look() {
    const Instant now = site_.pace().now();
    if (!asked_ || now - *asked_ >= slow_round) {
      facts_ = gather(site_, Depth::tasks);
      asked_ = now;
      return facts_;
    }
    const auto edge = site_.edge();
    if (!edge) return facts_;
    facts_.proxies.clear();
    for (auto& seen : (*edge)->look())
      facts_.proxies.push_back({std::move(seen.proxy), std::move(seen.status)});
    facts_.now = site_.pace().wall();
    return facts_;
  }

  // Of the first proxy that answers.
  std::vector<api::EntryView> recent() {
    const auto edge = site_.edge();
    if (!edge) return {};
    for (const auto& told : ask_all(**edge, "/v1/journal?limit=20")) {
      if (!told.body) continue;
      auto journal = api::decode_journal(*told.body);
      if (journal) return std::move(journal->entries);
    }
    return {};
  }

 private:
  Site& site_;
  Facts facts_;
  std::optional<Instant> asked_;
};

// Until it is time for the next frame, or the terminal has another size. False: a signal came.
bool wait(Pace& pace, const Canvas& drawn) {
  for (Duration waited{}; waited < frame; waited += slice) {
    if (!pace.wait(slice)) return false;
    if (canvas_now(drawn.colors) != drawn) return true;
  }
  return true;
}

ExitCode show_screen(Site& site, const Terminal& terminal) {
  View view{site};
  const TerminalScreen taken{terminal.out};
  Canvas canvas;
  do {
    const Facts& facts = view.look();
    const auto recent = view.recent();
    canvas = canvas_now(terminal.look.colors);
    terminal.out << drawn(screen(facts, recent, canvas)) << std::flush;
  } while (wait(site.pace(), canvas));
  return ExitCode::interrupted;
}

}  // namespace

ExitCode watch(const Args& args, Site& site, const Terminal& terminal) {
  if (terminal.live && !args.json) return show_screen(site, terminal);
  if (args.json && site.configured().edge.urls.size() == 1)
    return follow_events(args, site, terminal);
  View view{site};
  std::string shown;
  do {
    const Facts& facts = view.look();
    const std::string line = watch_line(facts);
    if (line != shown && args.json) terminal.out << status_json(facts);
    if (line != shown && !args.json)
      terminal.out << clock_text(facts.now).substr(0, 8) << " " << line << "\n";
    terminal.out << std::flush;
    shown = line;
  } while (site.pace().wait(1s));
  return ExitCode::interrupted;
}

}  // namespace sy::control
