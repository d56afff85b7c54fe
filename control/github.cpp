#include "control/github.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <random>

#include "base/check.h"

namespace sy::control::github {
namespace {

using Replacement = std::pair<std::string_view, std::string_view>;

std::string replaced(std::string text, const std::vector<Replacement>& all) {
  for (const auto& [from, to] : all)
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
  return text;
}

// As GitHub's own toolkit escapes (actions/toolkit, core/src/command.ts): data, and in properties
// also what ends them.
std::string message_of(std::string_view text) {
  return replaced(std::string{text}, {{"%", "%25"}, {"\r", "%0D"}, {"\n", "%0A"}});
}
std::string property_of(std::string_view text) {
  return replaced(message_of(text), {{":", "%3A"}, {",", "%2C"}});
}

// Of its own each time, so that no value can hold it but by chance.
std::string fresh_delimiter() {
  std::random_device random;
  std::string delimiter = "end_";
  for (int i = 0; i < 32; ++i) delimiter += "0123456789abcdef"[random() % 16];
  return delimiter;
}

std::optional<std::string> append(const std::string& path, std::string_view text) {
  errno = 0;
  std::ofstream file{path, std::ios::app | std::ios::binary};
  file << text << std::flush;
  if (file) return std::nullopt;
  return path + " cannot be written: " + std::strerror(errno != 0 ? errno : EIO);
}

std::string path_of(const config::Environment& environment, const char* name) {
  return environment(name).value_or("");
}

}  // namespace

bool is_workflow(const config::Environment& environment) {
  return environment("GITHUB_ACTIONS") == "true";
}

std::string command(std::string_view name, std::string_view title, std::string_view message) {
  std::string line = "::" + std::string{name};
  if (!title.empty()) line += " title=" + property_of(title);
  return line + "::" + message_of(message) + '\n';
}

std::string plain(std::string_view line) {
  // A command begins a line with "::", and its older form may stand anywhere.
  std::string text = replaced(std::string{line}, {{"##[", "# #["}, {"\r", " "}, {"\n", " "}});
  const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
  if (text.compare(begin, 2, "::") == 0) text.insert(begin, "\\");
  return text;
}

std::string output(std::string_view name, std::string_view value, std::string_view delimiter) {
  SY_CHECK(!name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  }));
  if (value.find_first_of("\r\n") == std::string_view::npos)
    return std::string{name} + '=' + std::string{value} + '\n';
  SY_CHECK(value.find(delimiter) == std::string_view::npos);
  const std::string end{delimiter};
  return std::string{name} + "<<" + end + '\n' + std::string{value} + '\n' + end + '\n';
}

std::string markdown(std::string_view text) {
  return replaced(std::string{text}, {{"&", "&amp;"},
                                      {"<", "&lt;"},
                                      {">", "&gt;"},
                                      {"|", "&#124;"},
                                      {"`", "&#96;"},
                                      {"*", "&#42;"},
                                      {"[", "&#91;"},
                                      {"!", "&#33;"},
                                      {"\\", "&#92;"},
                                      {"\r", ""},
                                      {"\n", "<br>"}});
}

std::optional<std::string> write(const config::Environment& environment, const Outputs& outputs,
                                 std::string_view summary) {
  const std::string output_path = path_of(environment, "GITHUB_OUTPUT");
  const std::string summary_path = path_of(environment, "GITHUB_STEP_SUMMARY");
  std::string text;
  for (const auto& [name, value] : outputs) text += output(name, value, fresh_delimiter());
  std::optional<std::string> problem;
  if (!output_path.empty()) problem = append(output_path, text);
  if (!problem && !summary_path.empty() && !summary.empty())
    problem = append(summary_path, summary);
  return problem;
}

}  // namespace sy::control::github
