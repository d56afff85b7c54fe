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

std::optional<int> number(const std::string& text) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Weights {
  PerColor<int> weight;
  Color live = Color::blue;
};

std::optional<Weights> weights_of(const Entry& entry) {
  const auto blue = number(field(entry, "blue"));
  const auto green = number(field(entry, "green"));
  const auto live = parse_color(field(entry, "live"));
  if (!blue || !green || !live) return std::nullopt;
  return Weights{{*blue, *green}, *live};
}

// The sequence numbers of the entries whose change never took effect.
std::set<std::uint64_t> undone(const std::vector<Entry>& entries) {
  std::set<std::uint64_t> taken_back;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].action != "undone") continue;
    const std::string generation = field(entries[i], "undone");
    for (std::size_t before = i; before-- > 0;) {
      if (!weights_of(entries[before])) continue;
      if (std::to_string(entries[before].generation) != generation) continue;
      taken_back.insert(entries[before].sequence);
      break;
    }
  }
  return taken_back;
}

// What must have been before the first entry there is: the live color had everything.
PerColor<int> weights_before(const Weights& first) {
  PerColor<int> weight{0, 0};
  weight[first.weight[first.live] == whole ? other(first.live) : first.live] = whole;
  return weight;
}

class Timeline {
 public:
  void take(const Entry& entry, const Weights& now) {
    if (!weight_) weight_ = weights_before(now);
    for (const Color color : colors) {
      const int before = (*weight_)[color];
      if (before == 0 && now.weight[color] > 0) begin(entry, color);
      if (now.weight[color] > before) gain(entry, color, now.weight[color]);
      if (before > 0 && now.weight[color] == 0) end(entry, color);
    }
    weight_ = now.weight;
  }
  [[nodiscard]] std::vector<Change> changes() && { return std::move(changes_); }

 private:
  void begin(const Entry& entry, Color color) {
    Change change;
    change.color = color;
    change.action = entry.action;
    change.actor = entry.actor;
    change.reason = entry.reason;
    change.begun = entry.at;
    change.outcome = "moving";
    current_[color] = changes_.size();
    changes_.push_back(std::move(change));
  }
  void gain(const Entry& entry, Color color, int weight) {
    if (!current_[color]) return;
    Change& change = changes_[*current_[color]];
    const std::string word{name(color)};
    if (const auto version = field(entry, word + "_version"); !version.empty()) {
      change.version = version;
      change.built = parse_time(field(entry, word + "_built"));
    }
    if (weight != whole) return;
    if (!change.reached) change.reached = entry.at;
    change.outcome = "live";
  }
  void end(const Entry& entry, Color color) {
    if (!current_[color]) return;
    Change& change = changes_[*current_[color]];
    change.ended = entry.at;
    change.outcome = change.reached ? "replaced" : "withdrawn";
    if (entry.action == "rollback") change.outcome = "rolled back";
    current_[color].reset();
  }

  std::vector<Change> changes_;
  std::optional<PerColor<int>> weight_;
  PerColor<std::optional<std::size_t>> current_;  // index into changes_ while a color has weight
};

}  // namespace

std::vector<Change> timeline(const std::vector<Entry>& entries) {
  const auto taken_back = undone(entries);
  Timeline timeline;
  for (const Entry& entry : entries) {
    const auto weights = weights_of(entry);
    if (weights && !taken_back.contains(entry.sequence)) timeline.take(entry, *weights);
  }
  return std::move(timeline).changes();
}

}  // namespace sy::history
