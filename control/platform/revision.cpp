#include "control/platform/revision.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <charconv>

#include "control/aws/members.h"
#include "control/aws/text.h"

namespace sy::control::platform {
namespace {

namespace json = boost::json;

constexpr std::string_view own_tags = "switchctl:";
constexpr std::size_t tag_bytes_max = 256;

bool names(const json::value& pair, std::string_view member, std::string_view name) {
  const auto* object = pair.if_object();
  return object && aws::text_of(*object, member) == name;
}

json::array& list_in(json::object& object, std::string_view name) {
  json::value& member = object[name];
  return member.is_array() ? member.get_array() : member.emplace_array();
}

// The variable keeps its place when it is there; an empty value takes it out.
void set_variable(json::object& container, std::string_view name, std::string_view value) {
  json::array& all = list_in(container, "environment");
  if (value.empty()) {
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const json::value& one) { return names(one, "name", name); }),
              all.end());
    return;
  }
  bool there = false;
  for (json::value& one : all) {
    if (!names(one, "name", name)) continue;
    one.get_object()["value"] = value;
    there = true;
  }
  if (!there) all.push_back(json::object{{"name", name}, {"value", value}});
}

bool takes_from_secrets(const json::object& container, std::string_view name) {
  const auto all = aws::objects_of(container, "secrets");
  return std::any_of(all.begin(), all.end(),
                     [&](const json::object* one) { return aws::text_of(*one, "name") == name; });
}

// Tags take letters, digits, spaces and + - = . _ : / @.
std::string as_tag(std::string_view text) {
  std::string out{text.substr(0, tag_bytes_max)};
  for (char& c : out) {
    if (!aws::is_alnum(c) && std::string_view{" +-=._:/@"}.find(c) == std::string_view::npos)
      c = '-';
  }
  return out;
}

std::string tag_of(const aws::EcsTaskDefinition& from, std::string_view key) {
  for (const json::value& tag : from.tags) {
    if (names(tag, "key", std::string{own_tags} + std::string{key}))
      return aws::text_of(tag.get_object(), "value");
  }
  return "";
}

void set_tags(json::object& definition, const Change& change) {
  json::array tags;
  if (const auto* before = definition.if_contains("tags"); before && before->is_array()) {
    for (const json::value& tag : before->get_array()) {
      const auto* object = tag.if_object();
      if (object && !aws::text_of(*object, "key").starts_with(own_tags)) tags.push_back(tag);
    }
  }
  const auto add = [&](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    tags.push_back(
        json::object{{"key", std::string{own_tags} + std::string{key}}, {"value", as_tag(value)}});
  };
  add("version", change.version);
  add("git-sha", change.git_sha);
  add("op", change.op);
  if (!change.before.definition.empty())
    add("before", change.before.definition + "@" + std::to_string(change.before.desired));
  definition["tags"] = std::move(tags);
}

json::object* container_in(json::object& definition, std::string_view name) {
  for (json::value& one : list_in(definition, "containerDefinitions")) {
    if (names(one, "name", name)) return &one.get_object();
  }
  return nullptr;
}

void sort_by_name(json::object& container, std::string_view member) {
  auto* found = container.if_contains(member);
  if (!found || !found->is_array()) return;
  std::stable_sort(found->get_array().begin(), found->get_array().end(),
                   [](const json::value& a, const json::value& b) {
                     return a.is_object() && b.is_object() &&
                            aws::text_of(a.get_object(), "name") <
                                aws::text_of(b.get_object(), "name");
                   });
}

json::object comparable(json::object definition) {
  definition.erase("tags");
  for (json::value& one : list_in(definition, "containerDefinitions")) {
    if (!one.is_object()) continue;
    sort_by_name(one.get_object(), "environment");
    sort_by_name(one.get_object(), "secrets");
  }
  return definition;
}

}  // namespace

Try<json::object> revised(const aws::EcsTaskDefinition& from, const Change& change) {
  const auto name = container_of(from, change.chosen);
  if (!name) return name.error();
  json::object out = aws::registrable(from);
  json::object& container = *container_in(out, *name);
  for (const std::string_view variable : {"VERSION", "GIT_SHA"}) {
    if (takes_from_secrets(container, variable))
      return Failure{ExitCode::failed,
                     "the container " + *name + " of " + from.arn + " takes " +
                         std::string{variable} + " from a secret, so it cannot be set",
                     "Take it out of the secrets of the task definition."};
  }
  container["image"] = change.image;
  set_variable(container, "VERSION", change.version);
  set_variable(container, "GIT_SHA", change.git_sha);
  set_tags(out, change);
  return out;
}

std::optional<Before> before_of(const aws::EcsTaskDefinition& made, std::string_view op) {
  if (op.empty() || tag_of(made, "op") != as_tag(op)) return std::nullopt;
  const std::string text = tag_of(made, "before");
  const auto at = text.rfind('@');
  if (at == std::string::npos) return std::nullopt;
  Before out{text.substr(0, at), 0};
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data() + at + 1, end, out.desired);
  if (failed != std::errc{} || rest != end || out.desired < 0) return std::nullopt;
  return out;
}

bool runs_alike(const aws::EcsTaskDefinition& there, const json::object& wanted) {
  return comparable(aws::registrable(there)) == comparable(wanted);
}

}  // namespace sy::control::platform
