#include "control/platform/container.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>

#include "control/terms/program.h"

namespace sy::control::platform {
namespace {

namespace json = boost::json;

constexpr int restarts_max = 2;  // of a new container; then it will not come up

// Members of values that may be anything.
const json::value* at(const json::value* value, std::string_view name) {
  if (value == nullptr || !value->is_object()) return nullptr;
  return value->as_object().if_contains(name);
}

std::string text(const json::value* value) {
  return value != nullptr && value->is_string() ? std::string{value->as_string()} : std::string{};
}

int number(const json::value* value) {
  if (value == nullptr || !value->is_int64()) return 0;
  return static_cast<int>(std::clamp<std::int64_t>(value->as_int64(), -1'000'000, 1'000'000));
}

bool truth(const json::value* value) {
  return value != nullptr && value->is_bool() && value->as_bool();
}

const json::array& list(const json::value* value) {
  static const json::array none;  // never changed
  return value != nullptr && value->is_array() ? value->as_array() : none;
}

std::string last_line(std::string_view words) {
  const auto lines = last_lines(words, 1);
  return lines.empty() ? std::string{} : lines.front();
}

std::string variable(const json::value* environment, std::string_view name) {
  for (const json::value& entry : list(environment)) {
    const std::string pair = text(&entry);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
  }
  return "";
}

std::string complaint(const json::value* health) {
  std::string last;
  for (const json::value& entry : list(at(health, "Log")))
    if (number(at(&entry, "ExitCode")) != 0) last = last_line(text(at(&entry, "Output")));
  return last;
}

std::string address(const json::value* networks) {
  if (networks == nullptr || !networks->is_object()) return "";
  for (const auto& [name, network] : networks->as_object())
    if (std::string found = text(at(&network, "IPAddress")); !found.empty()) return found;
  return "";
}

int only_port(const json::value* exposed) {
  if (exposed == nullptr || !exposed->is_object() || exposed->as_object().size() != 1) return 0;
  const std::string_view key = exposed->as_object().begin()->key();
  int port = 0;
  const auto end = std::from_chars(key.data(), key.data() + key.size(), port);
  return end.ec == std::errc{} && port > 0 && port <= 65'535 ? port : 0;
}

Container container(const json::value& value) {
  const json::value* const state = at(&value, "State");
  const json::value* const made = at(&value, "Config");
  const json::value* const health = at(state, "Health");
  Container one;
  one.name = text(at(&value, "Name"));
  if (one.name.starts_with('/')) one.name.erase(0, 1);
  one.service = text(at(at(made, "Labels"), "com.docker.compose.service"));
  one.image = text(at(made, "Image"));
  one.image_id = text(at(&value, "Image"));
  one.status = text(at(state, "Status"));
  one.health = text(at(health, "Status"));
  if (one.health == "none") one.health.clear();
  one.complaint = complaint(health);
  one.error = last_line(text(at(state, "Error")));
  one.exit_code = number(at(state, "ExitCode"));
  one.restarts = number(at(&value, "RestartCount"));
  one.out_of_memory = truth(at(state, "OOMKilled"));
  one.version = variable(at(made, "Env"), "VERSION");
  one.git_sha = variable(at(made, "Env"), "GIT_SHA");
  one.address = address(at(at(&value, "NetworkSettings"), "Networks"));
  one.port = only_port(at(made, "ExposedPorts"));
  return one;
}

std::string_view unquoted(std::string_view word) {
  const bool quoted = word.size() > 1 && (word.front() == '"' || word.front() == '\'') &&
                      word.back() == word.front();
  return quoted ? word.substr(1, word.size() - 2) : word;
}

// As names of services and images are.
bool one_word(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// "2024-01-01T10:00:00.123456789Z" as docker writes it.
std::optional<WallTime> time_of(std::string_view word) {
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (word.size() < shape.size() + 1 || !word.ends_with('Z')) return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = word[i] >= '0' && word[i] <= '9';
    if (shape[i] == 'd' ? !digit : word[i] != shape[i]) return std::nullopt;
  }
  const auto part = [word](std::size_t begin, std::size_t count) {
    int value = 0;
    for (std::size_t i = begin; i < begin + count; ++i) value = value * 10 + (word[i] - '0');
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year{part(0, 4)},
                                        std::chrono::month{static_cast<unsigned>(part(5, 2))},
                                        std::chrono::day{static_cast<unsigned>(part(8, 2))}};
  if (!day.ok()) return std::nullopt;
  int thousandths = 0;
  int scale = 100;
  for (std::size_t i = shape.size() + 1; i < word.size() - 1 && scale > 0; ++i, scale /= 10)
    if (word[i] >= '0' && word[i] <= '9') thousandths += (word[i] - '0') * scale;
  return WallTime{std::chrono::sys_days{day}} + std::chrono::hours{part(11, 2)} +
         std::chrono::minutes{part(14, 2)} + std::chrono::seconds{part(17, 2)} +
         std::chrono::milliseconds{thousandths};
}

}  // namespace

Try<std::vector<Container>> parse_containers(std::string_view printed) {
  boost::system::error_code failed;
  const json::value parsed = json::parse({printed.data(), printed.size()}, failed);
  if (failed || !parsed.is_array())
    return Failure{ExitCode::failed, "docker inspect printed what is no list of containers."};
  std::vector<Container> found;
  for (const json::value& value : parsed.as_array()) {
    const json::value* const labels = at(at(&value, "Config"), "Labels");
    if (text(at(labels, "com.docker.compose.oneoff")) == "True") continue;
    found.push_back(container(value));
  }
  return found;
}

std::map<std::string, std::string> parse_digests(std::string_view printed) {
  boost::system::error_code failed;
  const json::value parsed = json::parse({printed.data(), printed.size()}, failed);
  std::map<std::string, std::string> found;
  if (failed) return found;
  for (const json::value& image : list(&parsed)) {
    const std::string id = text(at(&image, "Id"));
    std::string digest = id;
    for (const json::value& entry : list(at(&image, "RepoDigests"))) {
      const std::string name = text(&entry);
      if (const std::size_t sign = name.find('@'); sign != std::string::npos)
        digest = name.substr(sign + 1);
    }
    if (!id.empty()) found[id] = digest;
    for (const json::value& name : list(at(&image, "RepoTags"))) found[text(&name)] = digest;
  }
  return found;
}

std::map<std::string, std::string> parse_images(std::string_view printed) {
  std::map<std::string, std::string> found;
  bool inside = false;
  std::string service;
  while (!printed.empty()) {
    const std::string_view line = next_line(printed);
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string_view::npos || line[indent] == '#') continue;
    const std::string_view words = line.substr(indent);
    if (indent == 0) inside = words == "services:";
    if (!inside) continue;
    const bool key = indent == 2 && words.ends_with(':');
    if (key) service = unquoted(words.substr(0, words.size() - 1));
    if (key && !one_word(service)) service.clear();
    if (indent != 4 || !words.starts_with("image: ") || service.empty()) continue;
    if (const auto image = unquoted(words.substr(7)); one_word(image)) found[service] = image;
  }
  return found;
}

std::vector<Line> parse_log(std::string_view printed, const std::string& source) {
  std::vector<Line> lines;
  while (!printed.empty()) {
    const std::string_view line = next_line(printed);
    const std::size_t space = line.find(' ');
    const auto when = time_of(line.substr(0, space));
    if (!when) continue;
    const std::string_view words =
        space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
    lines.push_back({*when, source, std::string{words}});
  }
  return lines;
}

std::string tag_of(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const std::size_t colon = image.rfind(':');
  const std::size_t slash = image.rfind('/');
  if (colon == std::string_view::npos) return "";
  if (slash != std::string_view::npos && colon < slash) return "";
  return std::string{image.substr(colon + 1)};
}

bool is_tag(std::string_view printed) {
  if (printed.empty() || printed.size() > 128 || printed.front() == '.' || printed.front() == '-')
    return false;
  return std::all_of(printed.begin(), printed.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

std::string in_words(const Container& container) {
  std::string words = container.status.empty() ? "in no known state" : container.status;
  if (container.status == "exited" || container.status == "dead")
    words += " with status " + std::to_string(container.exit_code);
  if (container.out_of_memory) words += " (out of memory)";
  if (!container.health.empty() && container.status == "running") words += ' ' + container.health;
  if (container.restarts > 0) words += ", " + std::to_string(container.restarts) + " restarts";
  if (!container.error.empty()) words += ": " + container.error;
  if (container.health == "unhealthy" && !container.complaint.empty())
    words += ": " + container.complaint;
  return words;
}

std::optional<Failure> against(const Container& container, const Version& version) {
  const std::string& name = container.name;
  if (!container.version.empty() && container.version != version) {
    return Failure{
        ExitCode::failed,
        name + " has VERSION=" + container.version + " in its environment, not " + version + ".",
        "Pass the variable of its image's tag on as VERSION under \"environment:\" in "
        "the compose file."};
  }
  if (const std::string tag = tag_of(container.image); !tag.empty() && tag != version)
    return Failure{ExitCode::failed,
                   name + " runs the image " + container.image + ", not the tag " + version + "."};
  const bool ended = container.status == "exited" || container.status == "dead";
  const bool again = container.restarts > restarts_max;
  const bool never = container.status == "created" && !container.error.empty();
  if (!ended && !again && !never && container.health != "unhealthy") return std::nullopt;
  return Failure{ExitCode::failed, name + " does not come up: " + in_words(container) + ".",
                 "See what it says: docker logs " + name};
}

}  // namespace sy::control::platform
