#include "config/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "config/text.h"
#include "config/variables.h"

namespace sy::config {
namespace {

constexpr std::string_view no_anchors =
    "anchors and aliases are not supported; quote text that starts with * or &";

// yaml-cpp counts from 0 and marks "nowhere" with -1.
Place place_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Ends the reading of a text that breaks a rule of ours; never leaves this file.
struct Refused {
  Place place;
  std::string what;
};

// Builds our tree from yaml-cpp's events, so that an alias is seen before it is expanded.
class Builder final : public YAML::EventHandler {
 public:
  Builder(std::string_view text, Findings& findings) : text_{text}, findings_{findings} {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    attach({Node::Kind::null, place_of(mark), "", {}});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark, 1); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    refuse_open_quote(mark);
    attach({Node::Kind::text, place_of(mark), value, {}});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open(mark, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open(mark, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] Node take() { return std::move(root_); }

 private:
  struct Open {
    Node node;
    std::optional<Entry> key;  // read, its value not yet
    std::set<std::string> keys;
  };

  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == YAML::NullAnchor) return;
    throw Refused{place_of(mark), std::string{no_anchors}};
  }
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw Refused{place_of(mark), "tags are not supported; quote text that starts with !"};
  }

  // yaml-cpp 0.7 takes a quote that is never closed for one that ends with the file, and with it
  // everything that was to follow.
  void refuse_open_quote(const YAML::Mark& mark) const {
    auto at = static_cast<std::size_t>(mark.pos);
    if (mark.pos < 0 || at >= text_.size()) return;
    const char quote = text_[at++];
    if (quote != '"' && quote != '\'') return;
    for (; at < text_.size(); ++at) {
      const bool pair = quote == '"' ? text_[at] == '\\' : text_.substr(at).starts_with("''");
      if (pair)
        ++at;
      else if (text_[at] == quote)
        return;
    }
    throw Refused{place_of(mark), "the quote that begins here is never closed"};
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
    refuse_anchor(mark, anchor);
    if (open_.size() >= depth_max) {
      throw Refused{place_of(mark), "nested deeper than " + std::to_string(depth_max) + " levels"};
    }
    open_.push_back({{kind, place_of(mark), "", {}}, {}, {}});
  }

  void close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    attach(std::move(node));
  }

  void attach(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::list) {
      parent.node.entries.push_back({"", node.place, std::move(node)});
    } else if (!parent.key) {
      if (node.kind != Node::Kind::text) throw Refused{node.place, "a key must be text"};
      parent.key = Entry{std::move(node.text), node.place, {}};
    } else {
      finish_entry(parent, std::move(node));
    }
  }

  void finish_entry(Open& parent, Node node) {
    Entry entry = std::move(*parent.key);
    parent.key.reset();
    if (!parent.keys.insert(entry.key).second) {
      findings_.add(entry.place, path_to(entry.key), "duplicate key");
      return;
    }
    entry.value = std::move(node);
    // What is not there is marked where the next thing begins.
    if (entry.value.kind == Node::Kind::null) entry.value.place = entry.place;
    parent.node.entries.push_back(std::move(entry));
  }

  [[nodiscard]] std::string path_to(const std::string& key) const {
    std::string path;
    for (const Open& open : open_) {
      if (open.node.kind == Node::Kind::list) {
        path += '[' + std::to_string(open.node.entries.size()) + ']';
      } else if (open.key) {
        path += (path.empty() ? "" : ".") + shown(open.key->key);
      }
    }
    return path + (path.empty() ? "" : ".") + shown(key);
  }

  std::string_view text_;
  Findings& findings_;
  Node root_;
  std::vector<Open> open_;
};

// The first place where the text is not UTF-8 or holds a control character, or nothing.
std::optional<Place> not_text(std::string_view text) {
  Place place{1, 1};
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length = utf8_length(text.substr(i));
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool control =
        byte == 0x7f || (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t');
    if (length == 0 || control) return place;
    i += length;
    if (byte == '\n')
      place = {place.line + 1, 1};
    else
      ++place.column;
  }
  return std::nullopt;
}

std::string_view line_of(std::string_view text, int number) {
  for (int line = 1; line < number && !text.empty(); ++line) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return text.substr(0, text.find('\n'));
}

// The likely cause of what yaml-cpp refused, in words that say what to do.
Refused explain(const YAML::Exception& error, std::string_view text) {
  const Place place = place_of(error.mark);
  for (const int number : {place.line, place.line - 1}) {
    const std::string_view line = line_of(text, number);
    const std::size_t tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
    if (tab == std::string_view::npos) continue;
    return {{number, static_cast<int>(tab) + 1}, "a tab cannot indent a line; use spaces"};
  }
  if (error.msg == YAML::ErrorMsg::UNKNOWN_ANCHOR) return {place, std::string{no_anchors}};
  const bool brackets = line_of(text, place.line).find_first_of("[{") != std::string_view::npos;
  return {place, "not valid YAML: " + error.msg +
                     (brackets ? " (quote text that holds one of [ ] { } ,)" : "")};
}

// Throws Refused or YAML::Exception.
Node build(std::string_view text, Findings& findings) {
  if (text.size() > file_bytes_max) throw Refused{{1, 1}, "is larger than 1 MiB"};
  if (const auto place = not_text(text)) {
    throw Refused{*place, "is not UTF-8 text, or holds a control character"};
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
  std::istringstream stream{std::string{text}};
  YAML::Parser parser{stream};
  Builder builder{text, findings};
  if (!parser.HandleNextDocument(builder)) return {};
  Builder second{text, findings};
  if (parser.HandleNextDocument(second)) {
    throw Refused{second.take().place, "only one YAML document is allowed"};
  }
  return builder.take();
}

}  // namespace

Environment system_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string{value};
  };
}

Node parse_document(std::string_view text, const Environment& environment, Findings& findings) {
  try {
    Node root = build(text, findings);
    fill_variables(root, environment, findings);
    return root;
  } catch (const Refused& refused) {
    findings.add(refused.place, "", refused.what);
  } catch (const YAML::Exception& error) {
    const Refused refused = explain(error, text);
    findings.add(refused.place, "", refused.what);
  }
  findings.set_unreadable();
  return {};
}

std::optional<std::string> read_text(const std::string& path, Findings& findings) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::string text(file_bytes_max + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || (file.fail() && !file.eof())) {
    const std::string reason = errno != 0 ? std::strerror(errno) : "not a readable file";
    findings.add({}, "", "cannot be read: " + reason);
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace sy::config
