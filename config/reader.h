// One section of a config file, read key by key into a struct that already holds the defaults.
// Problems are collected, not thrown, so that an operator sees all of them at once.
#pragma once
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/decode.h"
#include "config/document.h"
#include "config/findings.h"

namespace sy::config {

// Copies share the tree and the findings, which must outlive them.
class Reader {
 public:
  // The top of a file. An absent root reads as an empty map.
  Reader(const Node& root, Findings& findings);

  // When the key is there: decodes its value, applies the rules in turn, and only then assigns.
  template <class T, class... Rules>
  void read(std::string_view key, T& out, const Rules&... rules) {
    read_with(
        key, [](std::string_view text, T& value) { return decode(text, value); }, out, rules...);
  }
  template <class Decoder, class T, class... Rules>
  void read_with(std::string_view key, const Decoder& decoder, T& out, const Rules&... rules) {
    const Entry* entry = ask(key);
    if (entry != nullptr) read_value(entry->value, std::string{key}, decoder, out, rules...);
  }
  // Same, and the key must be there.
  template <class Decoder, class T, class... Rules>
  void require_with(std::string_view key, const Decoder& decoder, T& out, const Rules&... rules) {
    require(key);
    read_with(key, decoder, out, rules...);
  }

  // A list of texts replaces the default as a whole; an item listed twice is a problem.
  template <class Decoder, class T>
  void read_list(std::string_view key, const Decoder& decoder, std::vector<T>& out,
                 std::size_t items_max) {
    const Node* list = list_of(key, items_max);
    if (list == nullptr) return;
    std::vector<T> values;
    for (std::size_t i = 0; i < list->entries.size(); ++i) {
      const Node& item = list->entries[i].value;
      const std::string item_key = std::string{key} + '[' + std::to_string(i) + ']';
      T value{};
      if (!read_value(item, item_key, decoder, value)) {
        bad_.emplace(key);
      } else if (std::find(values.begin(), values.end(), value) != values.end()) {
        add(item.place, item_key, "is listed twice");
      } else {
        values.push_back(std::move(value));
      }
    }
    out = std::move(values);
  }

  // A list of texts in which one may come twice: the words of a command.
  void read_words(std::string_view key, std::vector<std::string>& out, std::size_t items_max);

  // The path of a file, which check_files looks at later.
  void read_file(std::string_view key, std::string& out);

  // A map below; when it is absent, one that has no keys.
  [[nodiscard]] Reader section(std::string_view key);
  // The maps of a list.
  [[nodiscard]] std::vector<Reader> sections(std::string_view key, std::size_t items_max);
  // Same, and a single map counts as a list of one.
  [[nodiscard]] std::vector<Reader> one_or_more(std::string_view key, std::size_t items_max);
  // The maps of a map whose keys are names.
  [[nodiscard]] std::vector<std::pair<std::string, Reader>> named(std::string_view key,
                                                                  std::size_t items_max);
  // The keys that are there, for a map whose keys are not known beforehand; finish() accepts them.
  [[nodiscard]] std::vector<std::string> names(std::size_t names_max);

  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
  // Whether the value is text and not a map or list, for keys that take either.
  [[nodiscard]] bool is_text(std::string_view key) const;

  // Whether the value stands in the file as it is, and no variable was filled in.
  [[nodiscard]] bool is_literal(std::string_view key) const;

  void require(std::string_view key);
  // Notes a problem at the key's value, or at this section when the key is absent; silent when the
  // key already has a problem.
  void expect(bool condition, std::string_view key, std::string what);
  // Whether nothing was wrong with the key so far.
  [[nodiscard]] bool good(std::string_view key) const;
  // A key that nobody asked for is a typo until proven otherwise.
  void finish();

  [[nodiscard]] Place place() const { return place_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  Reader(const Node* node, Place place, Findings& findings)
      : node_{node}, place_{place}, findings_{&findings} {}

  template <class Decoder, class T, class... Rules>
  bool read_value(const Node& node, const std::string& key, const Decoder& decoder, T& out,
                  const Rules&... rules) {
    const std::string* text = text_of(node, key);
    if (text == nullptr) return false;
    T value = out;
    Fault fault = decoder(*text, value);
    ((fault = fault ? fault : rules(value)), ...);
    if (fault) {
      add(node.place, key, *fault);
      return false;
    }
    out = std::move(value);
    return true;
  }

  [[nodiscard]] const Entry* find(std::string_view key) const;
  const Entry* ask(std::string_view key);
  const std::string* text_of(const Node& node, const std::string& key);
  const Node* list_of(std::string_view key, std::size_t items_max);
  bool check_kind(const Node& node, std::string_view key, Node::Kind kind);
  void check_count(const Node& node, std::string_view key, std::size_t items_max);
  [[nodiscard]] Reader below(const Node* node, std::string key, std::string pattern) const;
  void add(Place place, std::string_view key, std::string what);
  [[nodiscard]] std::string path_to(std::string_view key) const;

  const Node* node_;  // a map, or null when absent
  Place place_;       // of the section, or of the nearest one around it
  std::string path_;
  std::string pattern_;
  Findings* findings_;
  std::set<std::string, std::less<>> asked_;
  std::set<std::string, std::less<>> bad_;
};

}  // namespace sy::config
