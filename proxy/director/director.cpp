#include "director/director.h"

#include <openssl/rand.h>

#include <utility>

#include "base/check.h"
#include "director/inner.h"
#include "director/text.h"

namespace sy::director {
namespace {

constexpr std::size_t waiting_max = 64;

std::string action_of(const rollout::Command& command) {
  struct Name {
    std::string operator()(const rollout::SetWeights&) const { return "weights"; }
    std::string operator()(const rollout::Switch&) const { return "switch"; }
    std::string operator()(const rollout::Rollback&) const { return "rollback"; }
    std::string operator()(const rollout::SetMaintenance&) const { return "maintenance"; }
    std::string operator()(const rollout::SetUpstreams&) const { return "upstreams"; }
    std::string operator()(const rollout::Start&) const { return "rollout"; }
    std::string operator()(const rollout::Promote&) const { return "promote"; }
    std::string operator()(const rollout::Approve&) const { return "approve"; }
    std::string operator()(const rollout::Pause&) const { return "pause"; }
    std::string operator()(const rollout::Resume&) const { return "resume"; }
    std::string operator()(const rollout::Abort&) const { return "abort"; }
  };
  return std::visit(Name{}, command);
}

bool forced(const rollout::Command& command) {
  const auto force = [](const auto& each) {
    if constexpr (requires { each.force; }) return each.force;
    return false;
  };
  return std::visit(force, command);
}

Error not_recorded(const std::string& what) {
  return Error{.blame = Blame::self, .retryable = true, .status = 503, .what = what};
}

// Counts a submit for as long as it waits for its turn.
struct Waiting {
  explicit Waiting(std::size_t& in) : count{in} { ++count; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { --count; }
  std::size_t& count;
};

}  // namespace

Director::Inner::Inner(net::Executor executor, Ports with, Addresses::Resolve resolve, Entropy draw)
    : ports{with},
      entropy{std::move(draw)},
      addresses{std::move(resolve)},
      turn{std::move(executor)} {}

Result<rollout::Move> Director::Inner::decide(const rollout::Command& command,
                                              const Intent& intent) {
  if (intent.if_generation && *intent.if_generation != state.generation) {
    return Error{Blame::client, false, 412,
                 "generation is " + std::to_string(state.generation) + ", not " +
                     std::to_string(*intent.if_generation)};
  }
  if (const auto fine = check_urls(command); !fine) return fine.error();
  follow();
  rollout::Facts facts{.open = standing.open, .services = {}};
  for (const ServiceOptions& service : options.services) facts.services.push_back(service.name);
  return rollout::advance(state, command, facts, ports.time.wall(), entropy());
}

Entry Director::Inner::entry_for(const rollout::Move& move, const rollout::Command& command,
                                 const Intent& intent) const {
  Entry entry;
  entry.at = ports.time.wall();
  entry.actor = intent.actor;
  entry.action = action_of(command);
  entry.reason = intent.reason;
  entry.detail = move.what + (forced(command) ? " (forced)" : "");
  entry.request = intent.idempotency_key;
  entry.generation = move.next.generation;
  if (move.next.weight == state.weight) return entry;
  entry.fields["live"] = name(move.next.live);
  for (const Color color : colors) {
    const std::string word{name(color)};
    entry.fields[word] = std::to_string(move.next.weight[color]);
    if (!standing.version[color].empty()) entry.fields[word + "_version"] = standing.version[color];
    if (!built[color].empty()) entry.fields[word + "_built"] = built[color];
  }
  return entry;
}

Entry Director::Inner::own_entry(std::string action, std::string detail) const {
  Entry entry;
  entry.at = ports.time.wall();
  entry.actor = "switchyard";
  entry.action = std::move(action);
  entry.detail = std::move(detail);
  entry.generation = state.generation;
  return entry;
}

// Journal first, so that no saved change can be missing from it; a save that fails is then recorded
// as undone. See docs/decisions/0004.
Result<> Director::Inner::keep_forward(const rollout::State& next, const Entry& entry) {
  if (const auto written = ports.journal.append_or_drop(entry); !written) {
    return not_recorded("journal not written: " + written.error().what + ", nothing changed");
  }
  const auto saved = ports.store.save(next);
  if (saved) {
    save_note.clear();
    return {};
  }
  const std::string why = "state not saved: " + saved.error().what + ", nothing changed";
  Entry correction =
      own_entry("undone", entry.action + " of generation " + std::to_string(entry.generation) +
                              " by " + entry.actor + ": " + why);
  correction.fields["undone"] = std::to_string(entry.generation);
  append(std::move(correction));
  return not_recorded(why);
}

void Director::Inner::keep_back(const Entry& entry) {
  append(entry);
  if (const auto saved = ports.store.save(state); saved) {
    save_note.clear();
  } else {
    save_note = "state not saved: " + saved.error().what;
  }
}

net::Awaitable<Result<Applied>> Director::Inner::apply(rollout::Command command, Intent intent) {
  if (auto answered = answers.find(intent, command)) co_return *std::move(answered);
  const auto move = decide(command, intent);
  if (!move) co_return move.error();
  Applied applied{.generation = state.generation,
                  .what = move->what,
                  .changed = !(move->next == state),
                  .dry_run = intent.dry_run,
                  .replayed = false};
  if (intent.dry_run) co_return applied;
  if (applied.changed) {
    const Entry entry = entry_for(*move, command, intent);
    if (move->forward) {
      if (const auto kept = keep_forward(move->next, entry); !kept) co_return kept.error();
    }
    state = move->next;
    follow();
    co_await publish();
    if (!move->forward) keep_back(entry);
    applied.generation = state.generation;
    announce(entry);
  }
  answers.keep(intent, std::move(command), applied);
  co_return applied;
}

Director::Director(net::Executor executor, const TimeSource& time, Fleet& fleet, Probes& probes,
                   Store& store, Journal& journal, Resolve resolve, Options options,
                   Entropy entropy)
    : inner_{std::make_unique<Inner>(std::move(executor),
                                     Inner::Ports{time, fleet, probes, store, journal},
                                     std::move(resolve), std::move(entropy))} {
  inner_->options = std::move(options);
}

Director::~Director() = default;

std::uint64_t Director::system_entropy() {
  std::uint64_t bits = 0;
  SY_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits) == 1);
  return bits;
}

net::Awaitable<Result<>> Director::start() {
  Inner& inner = *inner_;
  const auto held = co_await inner.turn.take();
  if (const auto fine = check_options(inner.options); !fine) co_return fine.error();
  auto loaded = inner.ports.store.load();
  if (!loaded) co_return loaded.error();
  if (loaded->state) {
    inner.state = std::move(*loaded->state);
  } else {
    inner.state.since = inner.ports.time.wall();
  }
  inner.load_note = std::move(loaded->note);
  const auto& entries = inner.ports.journal.entries();
  if (!entries.empty() && entries.back().generation > inner.state.generation) {
    const std::string lost = std::to_string(entries.back().generation);
    Entry correction = inner.own_entry("undone", "generation " + lost +
                                                     " was never saved: going on from generation " +
                                                     std::to_string(inner.state.generation));
    correction.fields["undone"] = lost;
    inner.append(std::move(correction));
  }
  inner.reset_windows();
  inner.follow();
  co_await inner.publish();
  co_return Result<>{};
}

net::Awaitable<Result<Applied>> Director::submit(rollout::Command command, Intent intent) {
  if (inner_->waiting >= waiting_max) {
    co_return Error{Blame::client, true, 429, "too many commands wait"};
  }
  std::optional<Waiting> waiting;
  waiting.emplace(inner_->waiting);
  const auto held = co_await inner_->turn.take();
  waiting.reset();
  co_return co_await inner_->apply(std::move(command), std::move(intent));
}

net::Awaitable<> Director::tick() {
  Inner& inner = *inner_;
  const auto held = co_await inner.turn.take();
  inner.collected = co_await inner.ports.fleet.collect();
  inner.feed_windows();
  inner.follow();
  co_await inner.publish();
  inner.retry_disk();
  inner.announce_status();
}

net::Awaitable<Result<>> Director::reconfigure(Options options) {
  Inner& inner = *inner_;
  const auto held = co_await inner.turn.take();
  if (const auto fine = check_options(options); !fine) co_return fine.error();
  if (options == inner.options) co_return Result<>{};
  bool same_services = options.services.size() == inner.options.services.size();
  for (std::size_t i = 0; same_services && i < options.services.size(); ++i) {
    same_services = options.services[i].name == inner.options.services[i].name;
  }
  inner.options = std::move(options);
  if (!same_services) inner.reset_windows();
  inner.follow();
  co_await inner.publish();
  co_return Result<>{};
}

void Director::record(std::string action, std::string actor, std::string detail) {
  Entry entry = inner_->own_entry(std::move(action), std::move(detail));
  entry.actor = std::move(actor);
  inner_->append(std::move(entry));
}

void Director::set_notifier(Notifier* notifier) { inner_->notifier = notifier; }
const Journal& Director::journal() const { return inner_->ports.journal; }
const Collected& Director::collected() const { return inner_->collected; }
const split::RoutingPtr& Director::routing() const { return inner_->published; }

std::vector<Event> Director::events(std::uint64_t after, bool& gap) const {
  return inner_->events.after(after, gap);
}

std::uint64_t Director::subscribe(std::function<void()> wake) {
  return inner_->events.subscribe(std::move(wake));
}

void Director::unsubscribe(std::uint64_t id) { inner_->events.unsubscribe(id); }

}  // namespace sy::director
