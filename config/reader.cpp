#include "config/reader.h"

#include <algorithm>

#include "config/text.h"

namespace sy::config {
namespace {

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string{key} : path + '.' + std::string{key};
}

std::string_view kind_name(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::text: return "text";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a map";
    case Node::Kind::refused: return "refused";
  }
  return "";
}

std::string hint(std::string_view key, const std::set<std::string, std::less<>>& known) {
  const std::string_view best = closest(key, {known.begin(), known.end()});
  return best.empty() ? "" : ", did you mean \"" + std::string{best} + "\"?";
}

}  // namespace

Reader::Reader(const Node& root, Findings& findings)
    : node_{nullptr}, place_{root.place.line > 0 ? root.place : Place{1, 1}}, findings_{&findings} {
  if (root.kind == Node::Kind::map) node_ = &root;
  if (root.kind == Node::Kind::text || root.kind == Node::Kind::list) {
    add(place_, "", "must be a map, got " + std::string{kind_name(root.kind)});
  }
}

const Entry* Reader::find(std::string_view key) const {
  if (node_ == nullptr) return nullptr;
  const auto found = std::find_if(node_->entries.begin(), node_->entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == node_->entries.end() ? nullptr : &*found;
}

const Entry* Reader::ask(std::string_view key) {
  findings_->ask(join(pattern_, key));
  asked_.emplace(key);
  return find(key);
}

const std::string* Reader::text_of(const Node& node, const std::string& key) {
  return check_kind(node, key, Node::Kind::text) ? &node.text : nullptr;
}

bool Reader::check_kind(const Node& node, std::string_view key, Node::Kind kind) {
  if (node.kind == kind) return true;
  if (node.kind == Node::Kind::refused) {
    bad_.emplace(key);
  } else if (node.kind == Node::Kind::null) {
    add(node.place, key, "has no value; give it one or leave the key out");
  } else {
    add(node.place, key,
        "must be " + std::string{kind_name(kind)} + ", got " + std::string{kind_name(node.kind)});
  }
  return false;
}

void Reader::check_count(const Node& node, std::string_view key, std::size_t items_max) {
  if (node.entries.size() <= items_max) return;
  add(node.place, key,
      "must have at most " + std::to_string(items_max) + " entries, got " +
          std::to_string(node.entries.size()));
}

const Node* Reader::list_of(std::string_view key, std::size_t items_max) {
  const Entry* entry = ask(key);
  if (entry == nullptr || !check_kind(entry->value, key, Node::Kind::list)) return nullptr;
  check_count(entry->value, key, items_max);
  return good(key) ? &entry->value : nullptr;
}

void Reader::read_words(std::string_view key, std::vector<std::string>& out,
                        std::size_t items_max) {
  const Node* list = list_of(key, items_max);
  if (list == nullptr) return;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < list->entries.size(); ++i) {
    const std::string item = std::string{key} + '[' + std::to_string(i) + ']';
    const std::string* text = text_of(list->entries[i].value, item);
    if (text == nullptr) bad_.emplace(key);
    if (text != nullptr) words.push_back(*text);
  }
  if (good(key)) out = std::move(words);
}

void Reader::read_file(std::string_view key, std::string& out) {
  read(key, out, not_empty());
  const Entry* entry = find(key);
  if (entry != nullptr && good(key)) {
    findings_->name_file({entry->value.place, path_to(key), out});
  }
}

Reader Reader::below(const Node* node, std::string key, std::string pattern) const {
  Reader reader{node, node != nullptr ? node->place : place_, *findings_};
  reader.path_ = std::move(key);
  reader.pattern_ = std::move(pattern);
  return reader;
}

Reader Reader::section(std::string_view key) {
  const Entry* entry = ask(key);
  const bool is_map = entry != nullptr && check_kind(entry->value, key, Node::Kind::map);
  return below(is_map ? &entry->value : nullptr, path_to(key), join(pattern_, key));
}

std::vector<Reader> Reader::one_or_more(std::string_view key, std::size_t items_max) {
  const Entry* entry = ask(key);
  if (entry == nullptr) return {};
  if (entry->value.kind == Node::Kind::map) return {section(key)};
  if (entry->value.kind == Node::Kind::text) {
    add(entry->value.place, key, "must be a map or a list of maps, got text");
    return {};
  }
  return sections(key, items_max);
}

std::vector<Reader> Reader::sections(std::string_view key, std::size_t items_max) {
  std::vector<Reader> readers;
  const Node* list = list_of(key, items_max);
  if (list == nullptr) return readers;
  for (std::size_t i = 0; i < list->entries.size(); ++i) {
    const std::string item = std::string{key} + '[' + std::to_string(i) + ']';
    const Node& value = list->entries[i].value;
    if (!check_kind(value, item, Node::Kind::map)) continue;
    readers.push_back(below(&value, path_to(item), join(pattern_, key) + "[]"));
  }
  return readers;
}

std::vector<std::pair<std::string, Reader>> Reader::named(std::string_view key,
                                                          std::size_t items_max) {
  const Entry* entry = ask(key);
  if (entry == nullptr || !check_kind(entry->value, key, Node::Kind::map)) return {};
  check_count(entry->value, key, items_max);
  if (!good(key)) return {};
  std::vector<std::pair<std::string, Reader>> readers;
  findings_->ask(join(pattern_, key) + ".*");
  for (const Entry& one : entry->value.entries) {
    const std::string item = join(std::string{key}, shown(one.key));
    std::string name;
    if (const Fault fault = decode_name(one.key, name)) add(one.place, item, "the name " + *fault);
    if (!check_kind(one.value, item, Node::Kind::map)) continue;
    readers.emplace_back(one.key, below(&one.value, path_to(item), join(pattern_, key) + ".*"));
  }
  return readers;
}

std::vector<std::string> Reader::names(std::size_t names_max) {
  std::vector<std::string> found;
  findings_->ask(join(pattern_, "*"));
  if (node_ == nullptr) return found;
  check_count(*node_, "", names_max);
  for (const Entry& entry : node_->entries) {
    asked_.insert(entry.key);
    if (good("")) found.push_back(entry.key);
  }
  return found;
}

bool Reader::is_text(std::string_view key) const {
  const Entry* entry = find(key);
  return entry != nullptr &&
         (entry->value.kind == Node::Kind::text || entry->value.kind == Node::Kind::refused);
}

bool Reader::is_literal(std::string_view key) const {
  const Entry* entry = find(key);
  return entry != nullptr && entry->value.kind == Node::Kind::text && entry->value.literal;
}

void Reader::require(std::string_view key) {
  if (find(key) == nullptr) add(place_, key, "is required");
}

bool Reader::good(std::string_view key) const { return bad_.find(key) == bad_.end(); }

void Reader::expect(bool condition, std::string_view key, std::string what) {
  if (condition || !good(key)) return;
  const Entry* entry = find(key);
  add(entry != nullptr ? entry->value.place : place_, key, std::move(what));
}

void Reader::finish() {
  if (node_ == nullptr) return;
  for (const Entry& entry : node_->entries) {
    if (asked_.contains(entry.key)) continue;
    add(entry.place, shown(entry.key),
        "unknown key" + (findings_->full() ? "" : hint(entry.key, asked_)));
  }
}

void Reader::add(Place place, std::string_view key, std::string what) {
  bad_.emplace(key);
  findings_->add(place, path_to(key), std::move(what));
}

std::string Reader::path_to(std::string_view key) const {
  return key.empty() ? path_ : join(path_, key);
}

}  // namespace sy::config
