#include "report.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace sy::openload {
namespace {

using Counts = std::map<std::string, std::uint64_t, std::less<>>;

// Keys come from peers: anything that JSON would want escaped becomes a question mark.
std::string counts_json(const Counts& counts) {
  std::string text = "{";
  for (const auto& [key, count] : counts) {
    if (text.size() > 1) text += ", ";
    text += '"';
    for (const char c : key) text += (c < ' ' || c == '"' || c == '\\' || c > '~') ? '?' : c;
    text += "\": " + std::to_string(count);
  }
  return text + '}';
}

void count(Counts& counts, std::string_view key) {
  const auto at = counts.find(key);
  if (at != counts.end()) {
    ++at->second;
  } else if (counts.size() < 64) {
    counts.emplace(key, 1);
  }
}

}  // namespace

void Report::answered(Kind kind, int status, std::string_view color, Clock::duration took) {
  if (status >= 400) return failed(kind, "status " + std::to_string(status));
  ++ok_;
  ++by_kind_[static_cast<std::size_t>(kind)];
  count(by_color_, color);
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  microseconds_.push_back(static_cast<std::uint32_t>(us));
}

void Report::failed(Kind kind, std::string_view reason) {
  ++failed_;
  count(by_reason_, std::string{name(kind)} + ": " + std::string{reason});
}

std::string Report::json(double seconds) {
  std::sort(microseconds_.begin(), microseconds_.end());
  const auto at = [&](double share) {
    if (microseconds_.empty()) return 0.0;
    const auto last = static_cast<double>(microseconds_.size() - 1);
    return microseconds_[static_cast<std::size_t>(share * last)] / 1'000.0;
  };
  Counts kinds_text;
  for (const Kind kind : kinds) {
    kinds_text.emplace(name(kind), by_kind_[static_cast<std::size_t>(kind)]);
  }
  std::array<char, 256> numbers{};
  std::snprintf(numbers.data(), numbers.size(),
                "\"seconds\": %.3f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"p99.9_ms\": %.3f, "
                "\"max_ms\": %.3f",
                seconds, at(0.5), at(0.99), at(0.999), at(1.0));
  return "{\"sent\": " + std::to_string(sent_) + ", \"ok\": " + std::to_string(ok_) +
         ", \"failed\": " + std::to_string(failed_) +
         ", \"by_reason\": " + counts_json(by_reason_) +
         ", \"by_color\": " + counts_json(by_color_) + ", \"by_kind\": " + counts_json(kinds_text) +
         ", " + numbers.data() + '}';
}

}  // namespace sy::openload
