#include "control/aws/xml.h"

#include <charconv>
#include <optional>

#include "control/aws/text.h"

namespace sy::aws {
namespace {

constexpr int depth_max = 32;
constexpr int elements_max = 10'000;

void append_utf8(std::string& out, unsigned code) {
  const auto byte = [&](unsigned value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0U | (code >> 6U));
    byte(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    byte(0xE0U | (code >> 12U));
    byte(0x80U | ((code >> 6U) & 0x3FU));
    byte(0x80U | (code & 0x3FU));
  } else {
    byte(0xF0U | (code >> 18U));
    byte(0x80U | ((code >> 12U) & 0x3FU));
    byte(0x80U | ((code >> 6U) & 0x3FU));
    byte(0x80U | (code & 0x3FU));
  }
}

// XML 1.0, 2.2.
bool is_character(unsigned code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  return code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF) && code != 0xFFFE &&
         code != 0xFFFF;
}

bool append_reference(std::string& out, std::string_view name) {
  constexpr std::string_view names = "lt gt amp quot apos ";
  constexpr std::string_view values = "<>&\"'";
  if (!name.starts_with('#')) {
    std::size_t index = 0;
    for (std::size_t at = 0; at < names.size(); at = names.find(' ', at) + 1, ++index) {
      if (names.substr(at, names.find(' ', at) - at) != name) continue;
      out += values[index];
      return true;
    }
    return false;
  }
  const bool hex = name.starts_with("#x");
  name.remove_prefix(hex ? 2 : 1);
  unsigned code = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  if (error != std::errc{} || end != name.data() + name.size() || !is_character(code)) return false;
  append_utf8(out, code);
  return true;
}

bool append_text(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto mark = text.find('&');
    out.append(text.substr(0, mark));
    if (mark == std::string_view::npos) return true;
    const auto end = text.find(';', mark);
    if (end == std::string_view::npos || end - mark > 12) return false;
    if (!append_reference(out, text.substr(mark + 1, end - mark - 1))) return false;
    text.remove_prefix(end + 1);
  }
  return true;
}

bool in_name(char c) {
  return is_alnum(c) || std::string_view{":_-."}.find(c) != std::string_view::npos ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_{text} {}

  Result<Element> document() {
    skip_misc();
    if (!rest_.starts_with('<')) return bad("no element");
    auto root = element(1);
    if (!root) return root;
    skip_misc();
    if (!rest_.empty()) return bad("something after the last element");
    return root;
  }

 private:
  static Error bad(std::string_view what) {
    return Error{Kind::unavailable, "", "an answer that is not XML: " + std::string{what}, 0, ""};
  }

  // A tag, from its < to its >.
  struct Tag {
    std::string_view name;
    bool closed = false;
  };

  Result<Element> element(int depth) {
    if (depth > depth_max || ++count_ > elements_max) return bad("too deep or too long");
    const auto tag = open_tag();
    if (!tag) return bad("a tag that does not end");
    Element out{std::string{tag->name}, "", {}};
    if (tag->closed) return out;
    for (;;) {
      const auto mark = rest_.find('<');
      if (mark == std::string_view::npos) return bad("an element that does not end");
      if (!append_text(out.text, rest_.substr(0, mark))) return bad("an unknown reference");
      rest_.remove_prefix(mark);
      if (rest_.starts_with("</")) return close(std::move(out));
      if (skip_comment()) continue;
      if (rest_.starts_with("<![CDATA[")) {
        if (!take_cdata(out.text)) return bad("CDATA that does not end");
        continue;
      }
      auto inner = element(depth + 1);
      if (!inner) return inner;
      out.children.push_back(std::move(*inner));
    }
  }

  Result<Element> close(Element element) {
    rest_.remove_prefix(2);
    if (!rest_.starts_with(element.name)) return bad("tags that do not match");
    rest_.remove_prefix(element.name.size());
    skip_space();
    if (!rest_.starts_with('>')) return bad("tags that do not match");
    rest_.remove_prefix(1);
    return element;
  }

  std::optional<Tag> open_tag() {
    rest_.remove_prefix(1);
    const auto name = take_name();
    if (name.empty() || is_digit(name.front())) return std::nullopt;
    for (;;) {
      skip_space();
      if (rest_.starts_with("/>")) {
        rest_.remove_prefix(2);
        return Tag{name, true};
      }
      if (rest_.starts_with('>')) {
        rest_.remove_prefix(1);
        return Tag{name, false};
      }
      if (!skip_attribute()) return std::nullopt;
    }
  }

  std::string_view take_name() {
    std::size_t size = 0;
    while (size < rest_.size() && in_name(rest_[size])) ++size;
    const auto name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }

  // Attributes are name spaces only, and those say nothing here.
  bool skip_attribute() {
    if (take_name().empty()) return false;
    skip_space();
    if (!rest_.starts_with('=')) return false;
    rest_.remove_prefix(1);
    skip_space();
    if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) return false;
    const auto end = rest_.find(rest_.front(), 1);
    if (end == std::string_view::npos) return false;
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool take_cdata(std::string& out) {
    rest_.remove_prefix(9);
    const auto end = rest_.find("]]>");
    if (end == std::string_view::npos) return false;
    out.append(rest_.substr(0, end));
    rest_.remove_prefix(end + 3);
    return true;
  }

  // A comment or an instruction to a program.
  bool skip_comment() {
    const bool comment = rest_.starts_with("<!--");
    if (!comment && !rest_.starts_with("<?")) return false;
    const std::string_view mark = comment ? "-->" : "?>";
    const auto end = rest_.find(mark, comment ? 4 : 2);
    if (end == std::string_view::npos) return false;
    rest_.remove_prefix(end + mark.size());
    return true;
  }

  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }

  void skip_misc() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    do skip_space();
    while (skip_comment());
  }

  std::string_view rest_;
  int count_ = 0;
};

}  // namespace

Result<Element> read_xml(std::string_view text) {
  if (text.size() > xml_bytes_max)
    return Error{Kind::unavailable, "", "an answer that is too long", 0, ""};
  return Reader{text}.document();
}

const Element* child(const Element& parent, std::string_view name) {
  for (const Element& element : parent.children) {
    if (element.name == name) return &element;
  }
  return nullptr;
}

std::string text_at(const Element& root, std::initializer_list<const char*> path) {
  const Element* here = &root;
  for (const char* name : path) {
    here = child(*here, name);
    if (!here) return "";
  }
  return here->text;
}

}  // namespace sy::aws
