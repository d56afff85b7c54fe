#include "director/director.h"

#include <openssl/rand.h>

#include <utility>

#include "base/check.h"
#include "director/inner.h"
#include "director/text.h"

namespace sy::director {
namespace {

constexpr std::size_t waiting_max = 64;

// Who asks, for the commands that keep it.
template <class Command>
void sign(Command& command, const Intent& intent) {
  if constexpr (requires { command.actor; }) command.actor = intent.actor;
  if constexpr (requires { command.reason; }) command.reason = intent.reason;
  if constexpr (requires { command.approver; }) command.approver = intent.approver;
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

Result<rollout::Move> Director::Inner::decide(rollout::Command command, const Intent& intent) {
  if (intent.if_generation && *intent.if_generation != state.generation) {
    return Error{Blame::client, false, 412,
                 "generation is " + std::to_string(state.generation) + ", not " +
                     std::to_string(*intent.if_generation) + ": read the status and decide anew"};
  }
  if (const auto fine = check_urls(command); !fine) return fine.error();
  follow();
  rollout::Facts facts{.open = standing.trusted,
                       .services = {},
                       .version = reported(),
                       .options = options.rollout,
                       .alarm = against(),
                       .why = judging.verdict.words};
  for (const ServiceOptions& service : options.services) facts.services.push_back(service.name);
  std::visit([&intent](auto& each) { sign(each, intent); }, command);
  return rollout::advance(state, command, facts, ports.time.wall(), entropy());
}

net::Awaitable<Result<Applied>> Director::Inner::apply(rollout::Command command, Intent intent) {
  if (auto answered = answers.find(intent, command)) co_return *std::move(answered);
  const auto move = decide(command, intent);
  if (!move) {
    say_gates();
    co_return move.error();
  }
  Applied applied{.generation = move->next.generation,
                  .what = move->what,
                  .changed = !(move->next == state),
                  .dry_run = intent.dry_run,
                  .replayed = false,
                  .rollout = move->next.rollout ? move->next.rollout->id : ""};
  if (move->forward || !applied.changed || intent.dry_run) say_gates();
  if (intent.dry_run) {
    applied.generation = state.generation;
    co_return applied;
  }
  if (applied.changed) {
    const Entry entry = entry_for(*move, command, intent);
    if (move->forward) {
      if (const auto kept = keep_forward(move->next, entry); !kept) co_return kept.error();
    }
    co_await take_effect(*move, entry);
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
  inner_->judging.judge.set_options(inner_->options.verdict);
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
  inner.begin_life();
  inner.reset_windows();
  const Collected base = co_await inner.ports.fleet.collect();
  std::ignore = inner.judging.batches.take(base);  // what comes after it counts
  inner.follow();
  co_await inner.publish();
  inner.say_gates();
  co_await inner.follow_candidacy();
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
  const Duration elapsed = inner.elapsed();
  inner.collected = co_await inner.ports.fleet.collect();
  inner.feed_windows();
  inner.observe();
  inner.follow();
  inner.conclude();
  inner.notify_spells();
  co_await inner.follow_rollout(elapsed);
  co_await inner.publish();
  inner.say_gates();
  inner.say_stays();
  inner.keep_books();
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
  inner.judging.judge.set_options(inner.options.verdict);
  if (!same_services) inner.reset_windows();
  inner.follow();
  co_await inner.publish();
  inner.say_gates();
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
