#include <algorithm>
#include <filesystem>

#include "config/control_sections.h"
#include "config/text.h"

namespace sy::config {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::string in_braces(std::string_view word) { return '{' + std::string{word} + '}'; }

std::string list_of(const std::vector<std::string_view>& words) {
  std::string list;
  for (const auto word : words)
    list += (list.empty() ? "" : word == words.back() ? " and " : ", ") + in_braces(word);
  return list;
}

}  // namespace

Fault check_template(std::string_view text, const std::vector<std::string_view>& known,
                     const std::vector<std::string_view>& needed) {
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_letter);
    const auto word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    if (word.empty() || end == rest.end() || *end != '}') continue;  // a brace of its own
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    return "holds \"" + shown(in_braces(word)) + "\"; what is filled in is " + list_of(known);
  }
  for (const auto word : needed)
    if (text.find(in_braces(word)) == std::string_view::npos)
      return "must hold " + in_braces(word) + ", or " +
             (word == "service" ? "all services" : "blue and green") + " would be the same";
  return std::nullopt;
}

std::string filled(std::string text, const ControlEnvironment& in) {
  const std::pair<std::string_view, std::string_view> words[] = {{"{app}", in.app},
                                                                 {"{env}", in.name}};
  for (const auto& [word, value] : words)
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += value.size())
      text.replace(at, word.size(), value);
  return text;
}

std::string beside(const Setting& setting, const std::string& path) {
  if (path.empty() || setting.folder.empty() || path.front() == '/') return path;
  return (std::filesystem::path{setting.folder} / path).lexically_normal().string();
}

void warn_of_literal(const Reader& in, std::string_view key, const std::string& value,
                     const Setting& setting) {
  if (value.empty() || !in.is_literal(key)) return;
  const std::string path =
      in.path().empty() ? std::string{key} : in.path() + '.' + std::string{key};
  setting.warnings.add(in.place(), path,
                       "is a secret in a file that everybody can read: chmod o-r the file, or "
                       "write a variable, ${NAME}");
}

ControlEnvironment read_environment(Reader& in, ControlEnvironment to, const Setting& setting) {
  in.read_with("platform",
               one_of<PlatformKind>({{"ecs", PlatformKind::ecs},
                                     {"compose", PlatformKind::compose},
                                     {"static", PlatformKind::static_}}),
               to.platform);
  read_edge(in, to, setting);
  read_ecs(in.section("ecs"), to, setting);
  read_compose(in.section("compose"), to, setting);
  read_record(in.section("record"), to, setting);
  read_deploy(in, to, setting);
  const bool known = in.good("platform");
  const bool ssm = to.records.file.empty();
  in.expect(!known || to.platform == PlatformKind::ecs || ssm || !in.has("ecs"), "ecs",
            "is of no use here: it is for platform ecs, or for a record in SSM (record.path)");
  in.expect(!known || to.platform == PlatformKind::compose || !in.has("compose"), "compose",
            "is of no use here: it is for platform compose");
  in.expect(!known || to.platform == PlatformKind::static_ || !to.services.empty(), "platform",
            "needs services, at the top of the file: what is to be started?");
  in.finish();
  return to;
}

}  // namespace sy::config
