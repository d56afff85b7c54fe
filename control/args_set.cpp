#include "control/args_set.h"

#include <algorithm>
#include <array>
#include <utility>

#include "api/message.h"
#include "config/text.h"
#include "control/args_table.h"

namespace sy::control {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t tag_bytes_max = 128;  // of an image's tag
constexpr Duration lasting_max = std::chrono::days{30};

std::string quoted(std::string_view value) { return '"' + config::shown(value) + '"'; }

std::string got(std::string_view value) { return ", got " + quoted(value); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What an image may be tagged with; a version is the tag of its images.
bool is_tag(std::string_view text) {
  const auto allowed = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '.' || c == '-';
  };
  return !text.empty() && text.size() <= tag_bytes_max && text.front() != '.' &&
         text.front() != '-' && std::all_of(text.begin(), text.end(), allowed);
}

std::string list_of(std::span<const std::string_view> words) {
  std::string list;
  for (const auto word : words) list += (list.empty() ? "" : ", ") + std::string{word};
  return list;
}

// The place of `value` among the words of its kind.
std::optional<std::size_t> place_of(Kind kind, std::string_view value) {
  const auto words = choices(kind);
  const auto found = std::find(words.begin(), words.end(), value);
  if (found == words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - words.begin());
}

template <class T>
Fault choose(Kind kind, std::string_view value, T& out) {
  const auto place = place_of(kind, value);
  if (!place) return "must be one of " + list_of(choices(kind)) + got(value);
  out = static_cast<T>(*place);
  return {};
}

template <class T>
Fault number(std::string_view value, std::pair<std::uint64_t, std::uint64_t> range, T& out) {
  std::uint64_t number = 0;
  const bool sound =
      !config::decode(value, number) && number >= range.first && number <= range.second;
  if (!sound) {
    return "must be a whole number from " + std::to_string(range.first) + " to " +
           std::to_string(range.second) + got(value);
  }
  out = static_cast<T>(number);
  return {};
}

Fault duration(std::string_view value, std::pair<Duration, Duration> range, Duration& out) {
  Duration duration{};
  if (auto fault = read_duration(value, duration)) return fault;
  if (duration < range.first || duration > range.second) {
    return "must be from " + config::show(range.first) + " to " + config::show(range.second) +
           got(value);
  }
  out = duration;
  return {};
}

}  // namespace

Fault read_duration(std::string_view text, Duration& out) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
  const std::string written = std::string{text} + (plain ? "s" : "");
  if (config::decode(written, out))
    return "must be a duration such as 90s, 10m or 1h30m" + got(text);
  return {};
}

Fault set_environment(Args& args, std::string_view value) {
  if (value.empty()) return "must not be empty";
  args.environment = value;
  args.environment_given = true;
  return {};
}

Fault check_version(Args& args, std::string_view value) {
  if (!args.any_version && !is_version(value))
    return quoted(value) + " is not a version like v20240101-abc1234; --any-version takes any";
  if (!is_tag(value))
    return quoted(value) + " cannot be the tag of an image: 1 to 128 letters, digits, _ . and -";
  return {};
}

Fault set_version(Args& args, std::string_view value) {
  if (auto fault = check_version(args, value)) return fault;
  args.version = value;
  return {};
}

Fault set_count(Args& args, std::string_view value) {
  return number(value, {0, 1'000}, args.count);
}

Fault check_color(Args&, std::string_view value) {
  if (!parse_color(value)) return quoted(value) + " is neither blue nor green";
  return {};
}

Fault set_color(Args& args, std::string_view value) {
  args.color = parse_color(value);
  return check_color(args, value);
}

Fault check_on_off(Args&, std::string_view value) {
  if (!place_of(Kind::on_off, value)) return quoted(value) + " is neither on nor off";
  return {};
}

// The two others are for the completions themselves: names out of switchctl.yaml.
Fault check_shell(Args&, std::string_view value) {
  if (value == "environments" || value == "services") return {};
  std::size_t ignored = 0;
  return choose(Kind::shell, value, ignored);
}

Fault set_committed(Args& args, std::string_view value) {
  if (!api::parse_time(value)) return "must be a time like 2024-01-01T10:00:00Z" + got(value);
  args.committed = value;
  return {};
}

Fault set_approve(Args& args, std::string_view value) {
  if (auto fault = check_version(args, value)) return fault;
  args.approve = value;
  return {};
}

Fault set_git_sha(Args& args, std::string_view value) {
  const auto is_hex = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (value.size() < 7 || value.size() > 40 || !std::all_of(value.begin(), value.end(), is_hex))
    return "must be 7 to 40 hex digits" + got(value);
  args.git_sha = value;
  return {};
}

Fault set_deploy_until(Args& args, std::string_view value) {
  return choose(Kind::deploy_stage, value, args.deploy_until);
}

Fault set_keep_warm(Args& args, std::string_view value) {
  return duration(value, {0s, std::chrono::days{1}}, args.keep_warm.emplace());
}

Fault set_list(Args& args, std::string_view) {
  args.verb = Verb::versions;
  return {};
}

Fault set_wait_until(Args& args, std::string_view value) {
  return choose(Kind::stage, value, args.wait_until);
}

Fault set_since(Args& args, std::string_view value) {
  return duration(value, {1s, lasting_max}, args.since);
}

Fault set_after(Args& args, std::string_view value) {
  return number(value, {0, 1'000'000'000'000}, args.after.emplace());
}

Fault set_limit(Args& args, std::string_view value) {
  return number(value, {1, 1'000}, args.limit);
}

// Whether it is for each answer or for the whole is decided when the verb is known.
Fault set_timeout(Args& args, std::string_view value) {
  Duration timeout{};
  if (auto fault = duration(value, {1s, lasting_max}, timeout)) return fault;
  args.at_most = std::chrono::ceil<std::chrono::seconds>(timeout);
  return {};
}

Fault add_proxy(Args& args, std::string_view value) {
  if (!value.starts_with("http://") && !value.starts_with("https://"))
    return "must be a url like http://127.0.0.1:9900" + got(value);
  args.proxies.emplace_back(value);
  return {};
}

}  // namespace sy::control
