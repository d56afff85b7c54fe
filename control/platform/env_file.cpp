#include "control/platform/env_file.h"

#include <vector>

#include "base/check.h"

namespace sy::control::platform {
namespace {

// Offsets into the text.
struct Assignment {
  std::string_view name{};
  std::size_t line = 0;   // begin of the line
  std::size_t value = 0;  // begin of the value, quotes included
  std::size_t value_end = 0;
  std::size_t line_end = 0;  // behind the line end
};

bool blank(char c) { return c == ' ' || c == '\t'; }
bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

class Lines {
 public:
  explicit Lines(std::string_view text) : text_{text} {}

  std::vector<Assignment> assignments() {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    if (text_.starts_with(mark)) at_ = mark.size();
    std::vector<Assignment> found;
    while (at_ < text_.size()) {
      Assignment one;
      one.line = at_;
      if (read(one)) found.push_back(one);
    }
    return found;
  }

 private:
  // One line; more when a quoted value goes on. True when it assigns something.
  bool read(Assignment& one) {
    skip_blanks();
    if (text_.substr(at_).starts_with("export ")) {
      at_ += 7;
      skip_blanks();
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && name_character(text_[at_])) ++at_;
    one.name = text_.substr(begin, at_ - begin);
    skip_blanks();
    const bool assigns = !one.name.empty() && at_ < text_.size() && text_[at_] == '=';
    if (assigns) {
      ++at_;
      skip_blanks();
      read_value(one);
    }
    end_line();
    one.line_end = at_;
    return assigns;
  }

  void read_value(Assignment& one) {
    one.value = one.value_end = at_;
    if (at_ == text_.size()) return;
    const char quote = text_[at_];
    if (quote == '"' || quote == '\'') {
      const std::size_t end = closing(quote);
      if (end != std::string_view::npos && ends_at(end + 1)) {
        one.value_end = at_ = end + 1;
        return;
      }
    }
    for (; at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r'; ++at_) {
      const bool comment = text_[at_] == '#' && blank(text_[at_ - 1]);
      if (comment) return;
      if (!blank(text_[at_])) one.value_end = at_ + 1;
    }
  }

  [[nodiscard]] std::size_t closing(char quote) const {
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\' && quote == '"') {
        ++i;
      } else if (text_[i] == quote) {
        return i;
      }
    }
    return std::string_view::npos;
  }

  // Nothing but a comment follows, and that not at once.
  [[nodiscard]] bool ends_at(std::size_t at) const {
    const std::size_t begin = at;
    while (at < text_.size() && blank(text_[at])) ++at;
    if (at == text_.size() || text_[at] == '\n' || text_[at] == '\r') return true;
    return text_[at] == '#' && at > begin;
  }

  void skip_blanks() {
    while (at_ < text_.size() && blank(text_[at_])) ++at_;
  }
  void end_line() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool plain(std::string_view text) {
  for (const char c : text)
    if (!name_character(c)) return false;
  return true;
}

}  // namespace

std::optional<std::string> env_value(std::string_view text, std::string_view name) {
  std::optional<std::string> found;
  for (const Assignment& one : Lines{text}.assignments()) {
    if (one.name != name) continue;
    std::string_view value = text.substr(one.value, one.value_end - one.value);
    if (value.size() > 1 && (value.front() == '"' || value.front() == '\'') &&
        value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    found = std::string{value};
  }
  return found;
}

std::string with_env_value(std::string_view text, std::string_view name, std::string_view value) {
  SY_CHECK(!name.empty() && plain(name) && plain(value));
  std::optional<Assignment> last;
  for (const Assignment& one : Lines{text}.assignments())
    if (one.name == name) last = one;
  std::string out{text};
  if (last) {
    const bool comment = last->value_end < out.size() && out[last->value_end] == '#';
    const std::string fresh = std::string{value} + (comment ? " " : "");
    return out.replace(last->value, last->value_end - last->value, fresh);
  }
  const bool windows = out.find("\r\n") != std::string::npos;
  const std::string_view end = windows ? "\r\n" : "\n";
  if (!out.empty() && out.back() != '\n') out += end;
  out += name;
  out += '=';
  out += value;
  return out += end;
}

std::string without_env_value(std::string_view text, std::string_view name) {
  std::string out;
  std::size_t kept = 0;
  for (const Assignment& one : Lines{text}.assignments()) {
    if (one.name != name) continue;
    out += text.substr(kept, one.line - kept);
    kept = one.line_end;
  }
  return out += text.substr(kept);
}

}  // namespace sy::control::platform
