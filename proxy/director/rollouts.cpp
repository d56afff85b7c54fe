// How the director drives a rollout: what a tick decides is kept and published, in the order that
// going forward or back asks for; what a restart finds is put back to its gate.
#include <algorithm>
#include <utility>

#include "director/inner.h"
#include "director/text.h"

namespace sy::director {
namespace {

constexpr Duration elapsed_max = std::chrono::seconds{1};
constexpr auto step_retry_every = std::chrono::seconds{1};
constexpr auto books_every = std::chrono::seconds{1};  // while a rollout runs
constexpr auto books_every_quiet = std::chrono::minutes{1};

std::string field(const Entry& entry, const std::string& key) {
  const auto found = entry.fields.find(key);
  return found == entry.fields.end() ? "" : found->second;
}

}  // namespace

// What the candidate reported before its app went away must not open its gate.
PerColor<Version> Director::Inner::reported() const {
  PerColor<Version> version = standing.version;
  const Color color = other(state.live);
  const bool underway = state.rollout && state.rollout->phase != rollout::Phase::gating;
  if (!underway) version[color] = fresh[color];
  return version;
}

rollout::Tick Director::Inner::seen(Duration elapsed) const {
  return rollout::Tick{.elapsed = elapsed,
                       .open = standing.trusted,
                       .version = reported(),
                       .requests = judging.requests,
                       .breach = judging.verdict.kind == verdict::Kind::breach,
                       .alarm = against(),
                       .why = judging.verdict.words};
}

// Since the tick before. A machine that slept has not watched anybody meanwhile.
Duration Director::Inner::elapsed() {
  const Instant before = std::exchange(ticked, ports.time.now());
  return std::clamp<Duration>(ticked - before, Duration::zero(), elapsed_max);
}

net::Awaitable<> Director::Inner::follow_rollout(Duration elapsed) {
  staying.clear();
  if (!state.rollout && !candidate()) {
    step_note.clear();
    co_return;
  }
  const rollout::Move move = rollout::tick(state, seen(elapsed), ports.time.wall());
  if (move.action.empty()) staying = move.what;
  if (!move.forward) step_note.clear();
  if (move.action.empty()) {
    state = move.next;
    co_return;
  }
  const Entry entry = entry_of(move);
  if (move.forward && !keep_step(move, entry)) co_return;
  co_await take_effect(move, entry);
}

net::Awaitable<> Director::Inner::take_effect(const rollout::Move& move, const Entry& entry) {
  const rollout::State before = std::exchange(state, move.next);
  follow();
  co_await publish();
  say_gates();
  if (!move.forward) keep_back(entry);
  announce(entry, before);
  co_await follow_candidacy();
}

// The next step waits for the disk, not the other way round: it is tried again every second, and
// journaled only once the disk takes a state at all.
bool Director::Inner::keep_step(const rollout::Move& move, const Entry& entry) {
  const Instant now = ports.time.now();
  if (!step_note.empty() && now < step_retry) return false;
  Result<> kept = step_note.empty() ? Result<>{} : save(state);
  if (kept) kept = keep_forward(move.next, entry);
  step_note = kept ? "" : move.what + " waits: " + kept.error().what;
  step_retry = now + step_retry_every;
  return kept.has_value();
}

// A candidate that should be taken out and cannot, since live is not fit to take its traffic.
void Director::Inner::say_stays() {
  const std::string before = std::exchange(alarm_note, staying);
  if (staying.empty() || !before.empty()) return;
  Entry entry = own_entry("stays", staying);
  describe(entry, state);
  append(entry);
  announce(entry, state);
  notify("held", staying, nullptr);
}

Result<> Director::Inner::save(const rollout::State& next) {
  auto done = ports.store.save(next);
  if (!done) return done;
  saved = next;
  saved_at = ports.time.now();
  save_note.clear();
  return done;
}

// Journal first, so that no saved change can be missing from it; a save that fails is then recorded
// as undone. See docs/decisions/0004.
Result<> Director::Inner::keep_forward(const rollout::State& next, const Entry& entry) {
  const auto not_recorded = [](std::string what) {
    return Error{.blame = Blame::self, .retryable = true, .status = 503, .what = std::move(what)};
  };
  if (const auto written = ports.journal.append_or_drop(entry); !written) {
    return not_recorded("journal not written: " + written.error().what + ", nothing changed");
  }
  const auto done = save(next);
  if (done) return {};
  const std::string why = "state not saved: " + done.error().what + ", nothing changed";
  Entry correction =
      own_entry("undone", entry.action + " of generation " + std::to_string(entry.generation) +
                              " by " + entry.actor + ": " + why);
  correction.fields["undone"] = std::to_string(entry.generation);
  append(std::move(correction));
  return not_recorded(why);
}

void Director::Inner::keep_back(const Entry& entry) {
  append(entry);
  if (const auto done = save(state); !done) save_note = "state not saved: " + done.error().what;
}

// Time held, requests counted and live's own rate: worth little each, so saved now and then, and
// never journaled. retry_disk has the rest.
void Director::Inner::keep_books() {
  const Duration every = state.rollout ? Duration{books_every} : Duration{books_every_quiet};
  if (!save_note.empty() || ports.time.now() - saved_at < every || state == saved) return;
  if (const auto done = save(state); !done) save_note = "state not saved: " + done.error().what;
}

void Director::Inner::retry_disk() {
  const bool waiting_for_disk = !save_note.empty() || ports.journal.queued() > 0;
  const Instant now = ports.time.now();
  if (!waiting_for_disk || now < disk_retry) return;
  disk_retry = now + std::chrono::seconds{1};
  if (const auto written = ports.journal.flush(); written) journal_note.clear();
  if (!save_note.empty()) std::ignore = save(state);  // the note stays until it is saved
}

void Director::Inner::begin_life() {
  ticked = saved_at = ports.time.now();
  saved = state;
  load_baseline();
  if (end_as_journaled() || go_back_as_journaled()) return;
  pause_as_journaled();
  const auto& entries = ports.journal.entries();
  if (!entries.empty() && entries.back().generation > state.generation) {
    const std::string lost = std::to_string(entries.back().generation);
    Entry correction =
        own_entry("undone", "generation " + lost + " was never saved: going on from generation " +
                                std::to_string(state.generation));
    correction.fields["undone"] = lost;
    append(std::move(correction));
  }
  put_back();
}

// What the journal has of changes that no save holds, newest first, without what was undone.
std::vector<const Entry*> Director::Inner::unsaved() const {
  std::vector<const Entry*> found;
  std::set<std::string> undone;  // generations, which are given again afterwards
  const auto& entries = ports.journal.entries();
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->action == "undone") undone.insert(field(*entry, "undone"));
    if (entry->generation <= state.generation) continue;
    if (!undone.contains(std::to_string(entry->generation))) found.push_back(&*entry);
  }
  return found;
}

// Going back is published, then journaled, then saved: a crash before the last finds it here.
bool Director::Inner::end_as_journaled() {
  if (!state.rollout) return false;
  const std::string id = state.rollout->id;
  const std::string color{name(state.rollout->candidate)};
  const auto ends = [&](const Entry* entry) {
    const std::string outcome = field(*entry, "outcome");
    const std::string weight = field(*entry, color);
    return field(*entry, "rollout") == id && (outcome == "reverted" || outcome == "aborted") &&
           (weight.empty() || weight == "0");
  };
  const auto entries = unsaved();
  const auto found = std::find_if(entries.begin(), entries.end(), ends);
  if (found == entries.end()) return false;
  const Entry entry = **found;
  const rollout::Facts facts{.open = {true, true}, .services = {}};
  const auto move = rollout::advance(state, rollout::Abort{}, facts, entry.at, 0);
  if (!move) return false;
  state = move->next;
  state.last->outcome = field(entry, "outcome");
  state.last->why = entry.detail;
  keep_back(own_entry("restored", "rollout " + id + " stays ended: " + entry.detail));
  return true;
}

// The same for weights by hand: a candidate that was taken out stays out.
bool Director::Inner::go_back_as_journaled() {
  const auto candidate_now = candidate();
  if (state.rollout || !candidate_now) return false;
  const std::string color{name(*candidate_now)};
  const auto leaves = [&](const Entry* entry) {
    return field(*entry, "live") == name(state.live) && field(*entry, color) == "0";
  };
  const auto entries = unsaved();
  const auto found = std::find_if(entries.begin(), entries.end(), leaves);
  if (found == entries.end()) return false;
  const Entry entry = **found;
  ++state.generation;
  state.weight[state.live] = split::whole;
  state.weight[*candidate_now] = 0;
  state.since = entry.at;
  if (entry.action == "reverted") {
    state.last = rollout::Ended{.candidate = *candidate_now,
                                .version = field(entry, color + "_version"),
                                .outcome = "reverted",
                                .why = entry.detail,
                                .at = entry.at};
  }
  keep_back(own_entry("restored", color + " stays out: " + entry.detail));
  return true;
}

// And for a pause: what waited for a person waits on.
void Director::Inner::pause_as_journaled() {
  if (!state.rollout || state.rollout->paused) return;
  const std::string id = state.rollout->id;
  const auto steers = [&id](const Entry* entry) {
    return field(*entry, "rollout") == id &&
           (entry->action == "pause" || entry->action == "resume");
  };
  const auto entries = unsaved();
  const auto found = std::find_if(entries.begin(), entries.end(), steers);
  if (found == entries.end() || (*found)->action != "pause") return;
  ++state.generation;
  state.rollout->paused = true;
  keep_back(own_entry("restored", "rollout " + id + " stays paused"));
}

void Director::Inner::put_back() {
  if (!state.rollout) return;
  const rollout::State before = std::exchange(state, rollout::restarted(state));
  if (state == before) return;
  const rollout::Rollout& rollout = *state.rollout;
  const std::string color{name(rollout.candidate)};
  Entry entry = own_entry("gating", "restarted: " + color + " is back from " +
                                        rollout::percent(before.weight[rollout.candidate]) +
                                        " to its gate, hold " + std::to_string(rollout.hold + 1) +
                                        " of " + std::to_string(rollout.plan.holds.size()) +
                                        " keeps the time it has held");
  describe(entry, state);
  keep_back(entry);
  announce(entry, before);
}

}  // namespace sy::director
