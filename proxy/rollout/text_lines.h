// The lines a state is written in: "key word word…", each word without spaces. Private to this
// folder.
#pragma once
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rollout/state.h"

namespace sy::rollout {

// A word without spaces or line ends; "%" alone stands for the empty one.
[[nodiscard]] std::string escape(std::string_view word);
[[nodiscard]] std::optional<std::string> unescape(std::string_view text);

// Takes the text line by line and word by word; the first thing out of place ends it.
class Lines {
 public:
  explicit Lines(std::string_view rest) : rest_{rest} {}

  // The words after `key` on the next line, or nothing when the next line has another key.
  std::optional<std::vector<std::string_view>> next(std::string_view key) {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = rest_.substr(0, end);
    if (line.substr(0, line.find(' ')) != key) return std::nullopt;
    rest_.remove_prefix(end + 1);
    std::vector<std::string_view> words;
    for (auto space = line.find(' '); space != std::string_view::npos; space = line.find(' ')) {
      line.remove_prefix(space + 1);
      words.push_back(line.substr(0, line.find(' ')));
    }
    return words;
  }
  std::optional<std::string_view> value(std::string_view key) {
    const auto words = next(key);
    if (!words || words->size() != 1) return std::nullopt;
    return words->front();
  }
  template <class Number>
  bool number(std::string_view key, Number& to) {
    const auto text = value(key);
    return text && parse(*text, to);
  }
  template <class Number>
  static bool parse(std::string_view text, Number& to) {
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, to);
    return error == std::errc{} && stop == end;
  }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

[[nodiscard]] std::string_view word(WhenQuiet when_quiet);

// The words of one line, taken one after the other; the first that does not fit spoils the rest.
class Words {
 public:
  explicit Words(std::vector<std::string_view> words) : words_{std::move(words)} {}

  Words& operator>>(std::string& to);  // unescaped
  Words& operator>>(Color& to);
  Words& operator>>(Phase& to);
  Words& operator>>(WhenQuiet& to);
  Words& operator>>(bool& to);  // "on", "off"
  Words& operator>>(Duration& to);
  Words& operator>>(WallTime& to);
  template <class Number>
  requires std::is_arithmetic_v<Number> Words& operator>>(Number& to) {
    const auto text = take();
    good_ = good_ && text && Lines::parse(*text, to);
    return *this;
  }
  // Every word fitted and none is left.
  [[nodiscard]] bool good() const { return good_ && at_ == words_.size(); }

 private:
  std::optional<std::string_view> take();
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  bool good_ = true;
};

// A line that is not there has no words, which no reader accepts.
inline const std::vector<std::string_view> none{};

// The lines of a rollout and of the last one that ended, in text_rollout.cpp.
[[nodiscard]] std::string rollout_lines(const State& state);
// The name of the line that is wrong, or empty.
[[nodiscard]] std::string_view read_rollout(Lines& lines, State& state);

}  // namespace sy::rollout
