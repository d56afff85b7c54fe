#include "rollout/text_lines.h"

#include <utility>

namespace sy::rollout {
namespace {

std::optional<unsigned char> hex_byte(std::string_view two) {
  unsigned char byte = 0;
  const auto end = two.data() + two.size();
  const auto [stop, error] = std::from_chars(two.data(), end, byte, 16);
  if (two.size() != 2 || error != std::errc{} || stop != end) return std::nullopt;
  return byte;
}

}  // namespace

std::string escape(std::string_view word) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (word.empty()) return "%";
  std::string text;
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte != '%' && byte != 0x7f) {
      text += c;
    } else {
      text += {'%', digits[byte >> 4], digits[byte & 0xf]};
    }
  }
  return text;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string word;
  if (text == "%") return word;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      word += text[i];
      continue;
    }
    const auto byte = hex_byte(text.substr(i + 1, 2));
    if (!byte) return std::nullopt;
    word += static_cast<char>(*byte);
    i += 2;
  }
  return word;
}

std::string_view word(WhenQuiet when_quiet) {
  switch (when_quiet) {
    case WhenQuiet::hold: return "hold";
    case WhenQuiet::advance: return "advance";
    case WhenQuiet::revert: return "revert";
  }
  return "";
}

std::optional<std::string_view> Words::take() {
  if (at_ == words_.size()) return std::nullopt;
  return words_[at_++];
}

Words& Words::operator>>(std::string& to) {
  const auto text = take();
  auto word = text ? unescape(*text) : std::nullopt;
  good_ = good_ && word;
  if (word) to = std::move(*word);
  return *this;
}

Words& Words::operator>>(Color& to) {
  const auto color = parse_color(take().value_or(""));
  good_ = good_ && color;
  to = color.value_or(to);
  return *this;
}

Words& Words::operator>>(Phase& to) {
  const auto text = take();
  for (const Phase phase : {Phase::gating, Phase::shifting, Phase::approval, Phase::baking}) {
    if (text != word(phase)) continue;
    to = phase;
    return *this;
  }
  good_ = false;
  return *this;
}

Words& Words::operator>>(WhenQuiet& to) {
  const auto text = take();
  for (const WhenQuiet each : {WhenQuiet::hold, WhenQuiet::advance, WhenQuiet::revert}) {
    if (text != word(each)) continue;
    to = each;
    return *this;
  }
  good_ = false;
  return *this;
}

Words& Words::operator>>(bool& to) {
  const auto text = take();
  good_ = good_ && (text == "on" || text == "off");
  to = text == "on";
  return *this;
}

Words& Words::operator>>(Duration& to) {
  Duration::rep count = 0;
  *this >> count;
  good_ = good_ && count >= 0 && Duration{count} <= std::chrono::years{100};
  to = Duration{count};
  return *this;
}

Words& Words::operator>>(WallTime& to) {
  std::chrono::milliseconds::rep count = 0;
  *this >> count;
  to = WallTime{std::chrono::milliseconds{count}};
  return *this;
}

}  // namespace sy::rollout
