#include <charconv>
#include <set>

#include "history/history.h"

namespace sy::history {
namespace {

constexpr int whole = 10'000;

std::string field(const Entry& entry, const std::string& key) {
  const auto found = entry.fields.find(key);
  return found == entry.fields.end() ? std::string{} : found->second;
}

template <class T>
std::optional<T> number(const std::string& text) {
  T value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Weights {
  PerColor<int> weight;
  Color live = Color::blue;
};

std::optional<Weights> weights_of(const Entry& entry) {
  const auto blue = number<int>(field(entry, "blue"));
  const auto green = number<int>(field(entry, "green"));
  const auto live = parse_color(field(entry, "live"));
  if (!blue || !green || !live) return std::nullopt;
  return Weights{{*blue, *green}, *live};
}

// Entries of changes that may be taken back; the others only tell of one.
bool changes_something(const Entry& entry) {
  return weights_of(entry) || (!field(entry, "rollout").empty() && entry.action != "stays");
}

// The sequence numbers of the entries whose change never took effect.
std::set<std::uint64_t> undone(const std::vector<Entry>& entries) {
  std::set<std::uint64_t> taken_back;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].action != "undone") continue;
    const std::string generation = field(entries[i], "undone");
    for (std::size_t before = i; before-- > 0;) {
      if (!changes_something(entries[before])) continue;
      if (std::to_string(entries[before].generation) != generation) continue;
      taken_back.insert(entries[before].sequence);
      break;
    }
  }
  return taken_back;
}

// What must have been before the first entry there is: one color had everything, the live one
// unless it has just become so.
Weights weights_before(const Entry& first, const Weights& then) {
  const std::string outcome = field(first, "outcome");
  const bool back = outcome == "reverted" || outcome == "aborted";
  const bool new_live = then.weight[then.live] == whole && !back;
  const Color live = new_live ? other(then.live) : then.live;
  Weights found{{0, 0}, live};
  found.weight[live] = whole;
  return found;
}

class Timeline {
 public:
  void take(const Entry& entry) {
    const auto now = weights_of(entry);
    if (now && !weight_) {
      const Weights earlier = weights_before(entry, *now);
      weight_ = earlier.weight;
      live_ = earlier.live;
    }
    follow_rollout(entry);
    if (!field(entry, "outcome").empty()) settle(entry, now ? now->weight : weight());
    if (now) follow_weights(entry, *now);
  }
  [[nodiscard]] std::vector<Change> changes() && { return std::move(changes_); }

 private:
  [[nodiscard]] PerColor<int> weight() const { return weight_.value_or(PerColor<int>{0, 0}); }
  [[nodiscard]] Change* current(Color color) {
    return current_[color] ? &changes_[*current_[color]] : nullptr;
  }
  Change& begin(const Entry& entry, Color color) {
    Change change;
    change.color = color;
    change.action = entry.action;
    change.actor = entry.actor;
    change.reason = entry.reason;
    change.begun = entry.at;
    change.outcome = "moving";
    current_[color] = changes_.size();
    return changes_.emplace_back(std::move(change));
  }
  // The first entry of a rollout begins its change, whether or not it has traffic yet.
  void follow_rollout(const Entry& entry) {
    const std::string id = field(entry, "rollout");
    const auto color = parse_color(field(entry, "candidate"));
    if (id.empty() || !color || (entry.action != "rollout" && seen_.contains(id))) return;
    seen_.insert(id);
    if (current(*color) != nullptr) end(entry, *color);
    Change& change = begin(entry, *color);
    change.rollout = id;
    change.plan = field(entry, "plan");
    change.version = field(entry, "version");
    change.built = parse_time(field(entry, "candidate_built"));
    change.committed = parse_time(field(entry, "committed"));
    if (weight()[*color] > 0) change.first_weight = entry.at;
  }
  // A live color holds its traffic in reserve while a rollout has all of it.
  void follow_weights(const Entry& entry, const Weights& now) {
    for (const Color color : colors) {
      const int before = (*weight_)[color];
      const bool held = before > 0 || live_ == color;
      const bool holds = now.weight[color] > 0 || now.live == color;
      if (!held && holds && current(color) == nullptr) begin(entry, color);
      if (now.weight[color] > before) gain(entry, color, now.weight[color]);
      if (held && !holds) leave(entry, color);
    }
    weight_ = now.weight;
    live_ = now.live;
  }
  void gain(const Entry& entry, Color color, int weight) {
    if (!current_[color]) return;
    Change& change = *current(color);
    const std::string word{name(color)};
    const auto version = field(entry, word + "_version");
    if (!version.empty() && (change.rollout.empty() || change.version.empty()))
      change.version = version;
    if (const auto built = parse_time(field(entry, word + "_built"))) change.built = built;
    if (!change.first_weight) change.first_weight = entry.at;
    if (weight != whole || change.reached) return;
    change.reached = entry.at;
    if (!change.rollout.empty()) return;
    change.outcome = "live";
    change.settled = entry.at;
  }
  // A rollout whose candidate waits for its gate again has not ended.
  void leave(const Entry& entry, Color color) {
    const Change* const change = current(color);
    if (change == nullptr) return;
    const bool waits = !change->rollout.empty() && !change->settled;
    if (!waits) end(entry, color);
  }
  void end(const Entry& entry, Color color) {
    Change& change = *current(color);
    current_[color].reset();
    change.ended = entry.at;
    if (entry.action == "rollback") {
      change.outcome = "rolled back";
      change.settled = entry.at;
    } else if (change.rollout.empty()) {
      change.outcome = change.reached ? "replaced" : "withdrawn";
      if (!change.settled) change.settled = entry.at;
    }
  }
  // A rollout has ended, or a verdict has taken back weights given by hand.
  void settle(const Entry& entry, const PerColor<int>& left) {
    const auto color = parse_color(field(entry, "candidate"));
    if (!color || current(*color) == nullptr) return;
    Change& change = *current(*color);
    tell_end(entry, change);
    if (change.outcome == "completed") {
      change.completed = entry.at;
      return;
    }
    change.ended = entry.at;
    current_[*color].reset();
    if (left[*color] > 0) go_on_by_hand(entry, Change{change}, left[*color]);
  }
  static void tell_end(const Entry& entry, Change& change) {
    change.outcome = field(entry, "outcome");
    change.settled = entry.at;
    if (change.outcome == "completed") return;
    change.why = entry.detail;
    change.test = field(entry, "test");
    change.requests = number<std::uint64_t>(field(entry, "requests"));
    change.failures = number<std::uint64_t>(field(entry, "failures"));
    change.first_failure = parse_time(field(entry, "first_failure"));
    change.last_failure = parse_time(field(entry, "last_failure"));
  }
  // Taken over: the same version keeps its traffic, under another name.
  void go_on_by_hand(const Entry& entry, const Change& taken, int left) {
    Change& change = begin(entry, taken.color);
    change.version = taken.version;
    change.built = taken.built;
    change.committed = taken.committed;
    change.first_weight = entry.at;
    if (left != whole) return;
    change.reached = change.settled = entry.at;
    change.outcome = "live";
  }

  std::vector<Change> changes_;
  std::optional<PerColor<int>> weight_;
  Color live_ = Color::blue;
  PerColor<std::optional<std::size_t>> current_;  // index into changes_ while a color has weight
  std::set<std::string> seen_;                    // ids of rollouts
};

}  // namespace

std::vector<Change> timeline(const std::vector<Entry>& entries) {
  const auto taken_back = undone(entries);
  Timeline timeline;
  for (const Entry& entry : entries) {
    if (!taken_back.contains(entry.sequence)) timeline.take(entry);
  }
  return std::move(timeline).changes();
}

}  // namespace sy::history
