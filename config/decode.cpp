#include "config/decode.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "config/text.h"

namespace sy::config {
namespace {

constexpr std::size_t digits_max = 15;  // no sum or product below can overflow
constexpr Duration duration_max = std::chrono::days{366};

struct DurationUnit {
  std::string_view name;
  Duration length;
};
constexpr std::array<DurationUnit, 5> duration_units{{{"d", std::chrono::days{1}},
                                                      {"h", std::chrono::hours{1}},
                                                      {"m", std::chrono::minutes{1}},
                                                      {"s", std::chrono::seconds{1}},
                                                      {"ms", std::chrono::milliseconds{1}}}};

struct ByteUnit {
  std::string_view name;
  std::size_t length;
};
constexpr std::array<ByteUnit, 4> byte_units{
    {{"GiB", 1ULL << 30U}, {"MiB", 1ULL << 20U}, {"KiB", 1ULL << 10U}, {"B", 1}}};

std::string got(std::string_view text) { return ", got \"" + shown(text) + "\""; }

std::string_view leading_digits(std::string_view text) {
  const auto end =
      std::find_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

std::string_view leading_letters(std::string_view text) {
  const auto end =
      std::find_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// REQUIRES: at most digits_max digits and nothing else.
std::int64_t to_number(std::string_view digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || leading_digits(text) != text || text.size() > digits_max) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return negative ? -to_number(text) : to_number(text);
}

Fault not_whole(std::string_view text) {
  const bool octal = text.size() > 1 && text.front() == '0' && leading_digits(text) == text;
  return (octal ? "must be a whole number without leading zeros" : "must be a whole number") +
         got(text);
}

}  // namespace

Fault decode(std::string_view text, std::string& out) {
  out = text;
  return std::nullopt;
}

Fault decode(std::string_view text, bool& out) {
  if (text != "true" && text != "false") return "must be true or false" + got(text);
  out = text == "true";
  return std::nullopt;
}

Fault decode(std::string_view text, int& out) {
  const auto value = whole_number(text);
  if (!value || !std::in_range<int>(*value)) return not_whole(text);
  out = static_cast<int>(*value);
  return std::nullopt;
}

Fault decode(std::string_view text, std::uint64_t& out) {
  const auto value = whole_number(text);
  if (!value || *value < 0) return not_whole(text);
  out = static_cast<std::uint64_t>(*value);
  return std::nullopt;
}

Fault decode(std::string_view text, double& out) {
  const std::size_t dot = text.find('.');
  const std::string_view fraction =
      dot == std::string_view::npos ? std::string_view{"0"} : text.substr(dot + 1);
  const auto whole = whole_number(text.substr(0, dot));
  if (!whole || text.starts_with('-') || fraction.empty() || fraction.size() > digits_max ||
      leading_digits(fraction) != fraction) {
    return "must be a number such as 3 or 0.25" + got(text);
  }
  std::from_chars(text.data(), text.data() + text.size(), out);
  return std::nullopt;
}

Fault decode(std::string_view text, Duration& out) {
  const std::string fault = "must be a duration such as 800ms, 30s or 1m30s" + got(text);
  if (text.empty()) return fault;
  if (leading_digits(text) == text) return "needs a unit (ms, s, m, h or d)" + got(text);
  Duration sum{};
  const auto* unit = duration_units.begin();
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view digits = leading_digits(rest);
    rest.remove_prefix(digits.size());
    const std::string_view name = leading_letters(rest);
    rest.remove_prefix(name.size());
    unit = std::find_if(unit, duration_units.end(),
                        [&](const DurationUnit& candidate) { return candidate.name == name; });
    if (digits.empty() || digits.size() > digits_max || unit == duration_units.end()) return fault;
    if (to_number(digits) > duration_max / unit->length) return "must be at most 366d" + got(text);
    sum += to_number(digits) * unit->length;
    ++unit;
  }
  if (sum > duration_max) return "must be at most 366d" + got(text);
  out = sum;
  return std::nullopt;
}

Fault decode_bytes(std::string_view text, std::size_t& out) {
  const std::string fault = "must be a number of bytes such as 512, 32KiB or 1MiB" + got(text);
  const std::string_view digits = leading_digits(text);
  if (digits.empty() || digits.size() > 10) return fault;
  if (digits.size() > 1 && digits.front() == '0') return fault;
  std::string_view name = text.substr(digits.size());
  if (name.empty()) name = "B";
  const auto* const unit = std::find_if(byte_units.begin(), byte_units.end(),
                                        [&](const ByteUnit& one) { return one.name == name; });
  if (unit == byte_units.end()) return fault;
  out = static_cast<std::size_t>(to_number(digits)) * unit->length;
  return std::nullopt;
}

Fault decode_percent(std::string_view text, int& out) {
  const auto value = whole_number(text.ends_with('%') ? text.substr(0, text.size() - 1) : text);
  if (!value || *value < 0 || *value > 100) {
    return "must be a whole percentage between 0 and 100" + got(text);
  }
  out = static_cast<int>(*value);
  return std::nullopt;
}

Fault decode_weight(std::string_view text, int& out) {
  const std::string fault = "must be a percentage from 0.01 to 100 in steps of 0.01" + got(text);
  if (text.ends_with('%')) text.remove_suffix(1);
  const std::size_t dot = text.find('.');
  std::string digits{dot == std::string_view::npos ? "" : text.substr(dot + 1)};
  if (digits.size() > 2 || leading_digits(digits) != digits) return fault;
  if (digits.empty() && dot != std::string_view::npos) return fault;
  digits.resize(2, '0');
  const auto percent = whole_number(text.substr(0, dot));
  if (!percent || text.starts_with('-') || *percent > 100) return fault;
  const auto weight = *percent * 100 + to_number(digits);
  if (weight < 1 || weight > 10'000) return fault;
  out = static_cast<int>(weight);
  return std::nullopt;
}

Fault decode_fraction(std::string_view text, double& out) {
  int percent = 0;
  if (!text.ends_with('%')) return "must be a percentage such as 20%" + got(text);
  if (auto fault = decode_percent(text, percent)) return fault;
  out = percent / 100.0;
  return std::nullopt;
}

Fault decode_sha256(std::string_view text, std::string& out) {
  const auto hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  // The value is not repeated: it may be the token itself, put here by mistake.
  if (text.size() != 64 || !std::all_of(text.begin(), text.end(), hex)) {
    return "must be the SHA-256 of the token as 64 hex digits (switchyard token prints both)";
  }
  out = text;
  for (char& c : out) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::nullopt;
}

Fault decode_name(std::string_view text, std::string& out) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (text.empty() || text.size() > 40 || !std::all_of(text.begin(), text.end(), allowed)) {
    return "must be 1 to 40 of a-z, 0-9 and -" + got(text);
  }
  out = text;
  return std::nullopt;
}

std::string show(Duration value) {
  if (value == Duration{}) return "0s";
  std::string text;
  for (const DurationUnit& unit : duration_units) {
    const auto count = value / unit.length;
    value -= count * unit.length;
    if (count != 0) text += std::to_string(count) + std::string{unit.name};
  }
  return text.empty() ? "0s" : text;
}

std::string show(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end.ptr};
}

std::string show_weight(int weight) {
  std::string text = std::to_string(weight / 100);
  const int rest = weight % 100;
  if (rest != 0) text += '.' + std::to_string(rest / 10);
  if (rest % 10 != 0) text += std::to_string(rest % 10);
  return text;
}

std::string show_bytes(std::size_t value) {
  for (const ByteUnit& unit : byte_units) {
    if (value != 0 && value % unit.length == 0) {
      return std::to_string(value / unit.length) + std::string{unit.name};
    }
  }
  return "0B";
}

}  // namespace sy::config
