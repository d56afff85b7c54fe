// How the director follows facts: endpoints, gates, versions, windows, and the disk that was full.
#include "director/inner.h"

#include <algorithm>
#include <utility>

#include "director/text.h"

namespace sy::director {
namespace {

std::vector<ProbeTarget> make_targets(const Options& options,
                                      const std::vector<split::Service>& services) {
  std::vector<ProbeTarget> targets;
  for (std::size_t i = 0; i < services.size(); ++i) {
    for (const Color color : colors) {
      for (const split::Endpoint& endpoint : services[i].endpoints[color]) {
        targets.push_back(
            ProbeTarget{services[i].name, color, endpoint, options.services[i].health});
      }
    }
  }
  return targets;
}

std::vector<ProbeTarget> only(Color color, const std::vector<ProbeTarget>& targets) {
  std::vector<ProbeTarget> kept;
  const auto of_color = [color](const ProbeTarget& target) { return target.color == color; };
  std::copy_if(targets.begin(), targets.end(), std::back_inserter(kept), of_color);
  return kept;
}

bool same_place(const split::Endpoint& a, const split::Endpoint& b) {
  return a.url == b.url && a.address == b.address && a.port == b.port && a.tls == b.tls;
}

bool service_open(const split::Service& service, Color color) {
  const auto& endpoints = service.endpoints[color];
  return std::any_of(endpoints.begin(), endpoints.end(),
                     [](const split::Endpoint& endpoint) { return endpoint.open; });
}

bool color_open(const std::vector<split::Service>& services, Color color) {
  return !services.empty() &&
         std::all_of(services.begin(), services.end(), [color](const split::Service& service) {
           return service_open(service, color);
         });
}

struct Agreed {
  Version version;
  std::string built;
};

// What endpoints report together. One that answers and does not say, where it should, disagrees
// with those that do.
Agreed agreed(const std::vector<const health::Identity*>& reports, bool silent) {
  if (reports.empty()) return {};
  const auto differs = [&](const health::Identity* each) {
    return each->version != reports.front()->version;
  };
  if (silent || std::any_of(reports.begin(), reports.end(), differs)) return {"mixed", ""};
  return {reports.front()->version, reports.front()->build_time};
}

}  // namespace

const ProbeState* Director::Inner::state_of(const std::string& service, Color color,
                                            const split::Endpoint& endpoint) const {
  for (const ProbeState& each : ports.probes.states()) {
    if (each.target.color == color && each.target.service == service &&
        same_place(each.target.endpoint, endpoint)) {
      return &each;
    }
  }
  return nullptr;
}

Duration Director::Inner::grace() const {
  Duration longest{};
  for (const ServiceOptions& service : options.services) {
    const health::Options& health = service.health;
    const Duration jittered = health.interval + health.interval / 10;
    longest =
        std::max(longest, jittered * (std::max(health.rise, health.fall) + 1) + health.timeout);
  }
  return longest;
}

// Where endpoints are, who is probed, what the gates say. Changes nothing that workers see.
void Director::Inner::follow() {
  standing.services = make_services(options, state, addresses);
  auto wanted = make_targets(options, standing.services);
  if (wanted != targets) {
    const bool first = targets.empty();
    const bool live_changed = only(state.live, wanted) != only(state.live, targets);
    if (first || (live_changed && standing.trusted[state.live])) {
      presumed_until.emplace(state.live, ports.time.now() + grace());
    }
    for (const Color color : colors) forget_replaced(color, wanted);
    targets = wanted;
    ports.probes.watch(std::move(wanted));
  }
  read_gates();
  read_versions();
}

// New endpoints have not reported a version yet, and those before them say nothing about it.
void Director::Inner::forget_replaced(Color color, const std::vector<ProbeTarget>& wanted) {
  const auto stays = [&wanted](const ProbeTarget& target) {
    return std::find(wanted.begin(), wanted.end(), target) != wanted.end();
  };
  const auto before = only(color, targets);
  if (before.empty() || std::any_of(before.begin(), before.end(), stays)) return;
  standing.version[color].clear();
  built[color].clear();
}

void Director::Inner::read_gates() {
  for (split::Service& service : standing.services) {
    for (const Color color : colors) {
      for (split::Endpoint& endpoint : service.endpoints[color]) {
        const ProbeState* found = state_of(service.name, color, endpoint);
        endpoint.open = found != nullptr && found->open;
      }
    }
  }
  PerColor<bool> open;
  for (const Color color : colors) open[color] = color_open(standing.services, color);
  judge_gates(open);
  if (presumed_until && (open[presumed_until->first] || presumed_until->first != state.live ||
                         ports.time.now() >= presumed_until->second)) {
    presumed_until.reset();
  }
  standing.trusted = open;
  if (presumed_until) standing.trusted[presumed_until->first] = true;
}

void Director::Inner::judge_gates(PerColor<bool> open) {
  const auto before = std::exchange(standing.open, open);
  for (const Color color : colors) {
    if (before[color] == open[color]) continue;
    const std::string why = open[color] ? "" : why_shut(color);
    const std::string word{name(color)};
    Entry entry = own_entry("gate", "gate of " + word + (open[color] ? " open" : " shut: " + why));
    entry.fields = {{"color", word}, {"gate", open[color] ? "open" : "shut"}};
    gate_entries.push_back(std::move(entry));
    events.add(ports.time.wall(), "gate",
               "{\"color\":" + quote(word) + ",\"open\":" + (open[color] ? "true" : "false") +
                   ",\"why\":" + quote(clean(why, 500)) + "}");
  }
}

void Director::Inner::say_gates() {
  for (Entry& entry : std::exchange(gate_entries, {})) append(std::move(entry));
}

// A color keeps the version it last reported while nobody answers.
void Director::Inner::read_versions() {
  for (const Color color : colors) {
    std::vector<const health::Identity*> well;
    std::vector<const health::Identity*> once;
    bool silent = false;
    for (const ProbeState& each : ports.probes.states()) {
      if (each.target.color != color || !each.last) continue;
      const health::Identity& identity = each.last->identity;
      const bool names_version = !identity.version.empty();
      if (names_version) (each.last->good ? well : once).push_back(&identity);
      silent |= each.last->good && !names_version && !each.target.options.version_field.empty();
    }
    const Agreed now = agreed(well, silent);
    fresh[color] = now.version;
    if (well.empty() && !silent && once.empty()) continue;
    Agreed kept = well.empty() && !silent ? agreed(once, false) : now;
    standing.version[color] = std::move(kept.version);
    built[color] = std::move(kept.built);
  }
}

void Director::Inner::reset_windows() {
  windows.assign(options.services.size(), PerColor<tally::Window>{});
}

void Director::Inner::feed_windows() {
  if (collected.services.size() != windows.size()) return;  // collected under the routing before
  const Instant now = ports.time.now();
  for (std::size_t i = 0; i < windows.size(); ++i) {
    for (const Color color : colors) windows[i][color].observe(collected.services[i][color], now);
  }
}

void Director::Inner::append(Entry entry) {
  const auto written = ports.journal.append(std::move(entry));
  journal_note = written ? "" : "journal not written: " + written.error().what;
}

split::Effective Director::Inner::effective() const {
  return split::effective(state.weight, standing.trusted, state.live);
}

net::Awaitable<> Director::Inner::publish() {
  auto next = std::make_shared<const split::Routing>(make_routing(options, state, standing));
  if (*next == *published) co_return;
  published = std::move(next);
  co_await ports.fleet.adopt(published);
}

}  // namespace sy::director
