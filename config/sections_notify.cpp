#include <algorithm>
#include <set>

#include "config/address.h"
#include "config/sections.h"

namespace sy::config {
namespace {

using notify::Kind;
using notify::Target;

constexpr std::size_t targets_max = 32;
constexpr std::size_t secret_bytes_min = 16;
constexpr std::size_t secret_bytes_max = 1'024;

Fault decode_event(std::string_view text, std::string& out) {
  const auto& types = notify::event_types;
  if (std::find(types.begin(), types.end(), text) != types.end()) {
    out = text;
    return std::nullopt;
  }
  std::string list;
  for (const std::string_view type : types) list += (list.empty() ? "" : ", ") + std::string{type};
  return "must be one of " + list;
}

void expect_one_of(Reader& in, const std::string& key, const std::string& file) {
  in.expect(!in.has(key) || !in.has(file), file, "stands beside " + key + ": give one of them");
}

void read_url(Reader& in, Target& target) {
  in.read_with("url", decode_webhook, target.url);
  in.read_file("url_file", target.url_file);
  expect_one_of(in, "url", "url_file");
  if (!in.has("url_file")) in.require("url");
}

void read_secret(Reader& in, Target& target) {
  in.read_with("secret", decode_secret, target.secret);
  in.read_file("secret_file", target.secret_file);
  expect_one_of(in, "secret", "secret_file");
  const bool given = in.has("secret") || in.has("secret_file");
  const std::string key = in.has("secret_file") ? "secret_file" : "secret";
  if (!in.good("kind")) return;
  in.expect(given || target.kind == Kind::slack, key, "is required: it signs what is sent");
  in.expect(!given || target.kind == Kind::json, key,
            "is of no use to slack: its url is the secret");
}

Target read_target(Reader& in) {
  Target target;
  in.require_with("name", decode_name, target.name);
  in.read_with("kind", one_of<Kind>({{"json", Kind::json}, {"slack", Kind::slack}}), target.kind);
  read_url(in, target);
  read_secret(in, target);
  in.read_list("events", decode_event, target.events, notify::event_types.size());
  in.expect(!in.has("events") || !target.events.empty(), "events", "must name at least one event");
  in.finish();
  return target;
}

// The first line of a file with a secret in it.
std::optional<std::string> first_line(const std::string& path) {
  Findings ignored{path};  // check_files tells of files that cannot be read
  const auto text = read_text(path, ignored);
  if (!text) return std::nullopt;
  std::string line = text->substr(0, text->find('\n'));
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace

Fault decode_secret(std::string_view text, std::string& out) {
  const bool sound = text.size() >= secret_bytes_min && text.size() <= secret_bytes_max;
  if (!sound) {
    return "must be " + std::to_string(secret_bytes_min) + " to " +
           std::to_string(secret_bytes_max) + " bytes";
  }
  out = text;
  return std::nullopt;
}

std::vector<Target> read_notify(Reader& in) {
  std::vector<Target> targets;
  std::set<std::string> names;
  for (Reader& item : in.sections("notify", targets_max)) {
    targets.push_back(read_target(item));
    const std::string& name = targets.back().name;
    item.expect(name.empty() || names.insert(name).second, "name",
                "is the name of another one too");
  }
  return targets;
}

void read_secrets(std::vector<Target>& targets, const std::vector<NamedFile>& files,
                  Findings& findings) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const std::string key = "notify[" + std::to_string(i) + "].";
    for (const NamedFile& file : files) {
      const bool url = file.key == key + "url_file";
      if (!url && file.key != key + "secret_file") continue;
      const auto line = first_line(file.path);
      if (!line) continue;
      const Fault fault =
          url ? decode_webhook(*line, targets[i].url) : decode_secret(*line, targets[i].secret);
      if (fault) findings.add(file.place, file.key, "its first line " + *fault);
    }
  }
}

}  // namespace sy::config
