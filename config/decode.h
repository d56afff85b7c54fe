// Texts of a config file as values, and the rules values must keep. All of it decoded here: YAML's
// own ideas (010 is 8, "yes" is true, 1:30 is 90) are not ours.
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace sy::config {

using Fault = std::optional<std::string>;  // what is wrong with a value, or nothing

// Decoders leave `out` alone when they find a fault.
[[nodiscard]] Fault decode(std::string_view text, std::string& out);
[[nodiscard]] Fault decode(std::string_view text, bool& out);
[[nodiscard]] Fault decode(std::string_view text, int& out);
[[nodiscard]] Fault decode(std::string_view text, std::uint64_t& out);
[[nodiscard]] Fault decode(std::string_view text, double& out);  // 3 or 0.25; no sign, no exponent
[[nodiscard]] Fault decode(std::string_view text, Duration& out);  // 800ms, 1m30s; at most 366d
[[nodiscard]] Fault decode_bytes(std::string_view text, std::size_t& out);   // 240, 32KiB
[[nodiscard]] Fault decode_percent(std::string_view text, int& out);         // 10 or 10%
[[nodiscard]] Fault decode_weight(std::string_view text, int& out);          // 10, 12.5%: in 0.01 %
[[nodiscard]] Fault decode_fraction(std::string_view text, double& out);     // 20% is 0.2
[[nodiscard]] Fault decode_sha256(std::string_view text, std::string& out);  // lower-cased
[[nodiscard]] Fault decode_name(std::string_view text, std::string& out);    // [a-z0-9-]{1,40}

[[nodiscard]] std::string show(Duration value);           // "1m30s"
[[nodiscard]] std::string show(double value);             // "0.25"
[[nodiscard]] std::string show_weight(int weight);        // "12.5"
[[nodiscard]] std::string show_bytes(std::size_t value);  // "32KiB"
template <std::integral T>
[[nodiscard]] std::string show(T value) {
  return std::to_string(value);
}

// Rules: called with the decoded value, they answer with a fault or nothing.
template <class B>
[[nodiscard]] auto at_least(B low) {
  return [low](const auto& value) -> Fault {
    if (value >= low) return std::nullopt;
    return "must be at least " + show(low) + ", got " + show(value);
  };
}

template <std::integral B>
[[nodiscard]] auto between(B low, B high) {
  return [low, high](const std::integral auto& value) -> Fault {
    if (std::cmp_greater_equal(value, low) && std::cmp_less_equal(value, high)) return std::nullopt;
    return "must be between " + show(low) + " and " + show(high) + ", got " + show(value);
  };
}

[[nodiscard]] inline auto between(Duration low, Duration high) {
  return [low, high](const Duration& value) -> Fault {
    if (value >= low && value <= high) return std::nullopt;
    return "must be between " + show(low) + " and " + show(high) + ", got " + show(value);
  };
}

[[nodiscard]] inline auto between(double low, double high) {
  return [low, high](const double& value) -> Fault {
    if (value >= low && value <= high) return std::nullopt;
    return "must be between " + show(low) + " and " + show(high) + ", got " + show(value);
  };
}

[[nodiscard]] inline auto bytes_between(std::size_t low, std::size_t high) {
  return [low, high](const std::size_t& value) -> Fault {
    if (value >= low && value <= high) return std::nullopt;
    return "must be between " + show_bytes(low) + " and " + show_bytes(high) + ", got " +
           show_bytes(value);
  };
}

[[nodiscard]] inline auto starts_with(std::string_view start) {
  return [start](const std::string& value) -> Fault {
    if (value.starts_with(start)) return std::nullopt;
    return "must start with \"" + std::string{start} + "\"";
  };
}

[[nodiscard]] inline auto not_empty() {
  return [](const std::string& value) -> Fault {
    if (!value.empty()) return std::nullopt;
    return "must not be empty";
  };
}

// A decoder for one word of a few.
template <class T>
[[nodiscard]] auto one_of(std::vector<std::pair<std::string_view, T>> words) {
  return [words = std::move(words)](std::string_view text, T& out) -> Fault {
    std::string list;
    for (const auto& [word, value] : words) {
      if (text == word) {
        out = value;
        return std::nullopt;
      }
      list += (list.empty() ? "" : ", ") + std::string{word};
    }
    return "must be one of " + list;
  };
}

}  // namespace sy::config
