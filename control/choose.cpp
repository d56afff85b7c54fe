#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

#include "api/message.h"
#include "config/findings.h"
#include "control/site.h"

namespace sy::control {
namespace {

constexpr std::string_view here = "http://127.0.0.1:9900";
constexpr std::size_t token_bytes_max = 4'096;

std::string list_of(const std::map<std::string, config::ControlEnvironment>& environments) {
  std::string list;
  std::size_t left = environments.size();
  for (const auto& [name, environment] : environments) {
    list += (list.empty() ? "" : left == 1 ? " and " : ", ") + name;
    --left;
  }
  return list;
}

Failure unknown(const config::LoadedControl& all, const std::string& name) {
  const std::string next = "Name one of those, or the proxies of another with --proxy URL.";
  if (all.file.empty())
    return {ExitCode::usage,
            "there is no environment \"" + name +
                "\": there is no switchctl.yaml, neither here nor in ~/.config/switchctl",
            "Write one (config/examples/switchctl.yaml), or name the proxies with --proxy URL."};
  return {ExitCode::usage,
          "there is no environment \"" + name + "\" in " + all.file + "; it has " +
              list_of(all.config.environments),
          next};
}

// One that is not configured: its versions are there already, and its proxies are told.
config::ControlEnvironment plain(const std::string& name) {
  config::ControlEnvironment environment;
  environment.name = name;
  environment.edge.urls = {std::string{here}};
  environment.records.path = "/" + environment.app + "/" + name;
  environment.records.file = ".switchctl/" + name + ".sqlite";
  return environment;
}

Try<config::ControlEnvironment> configured(const config::LoadedControl& all, const Args& args) {
  const auto found = all.config.environments.find(args.environment);
  if (found != all.config.environments.end()) return found->second;
  const bool known = args.environment == "local" || args.environment == "demo";
  if (!args.proxies.empty() || (all.file.empty() && known)) return plain(args.environment);
  return unknown(all, args.environment);
}

// The first line of the file. It is never shown.
Try<std::string> read_token(const config::ControlEnvironment& environment) {
  const std::string key = "environments." + environment.name + ".token_file: ";
  errno = 0;
  std::ifstream file{environment.token_file};
  std::string line;
  if (!file || !std::getline(file, line))
    return Failure{ExitCode::usage,
                   key + environment.token_file +
                       " cannot be read: " + (errno != 0 ? std::strerror(errno) : "it is empty"),
                   "Put the token on its first line, or into SWITCHYARD_TOKEN."};
  if (line.ends_with('\r')) line.pop_back();
  const bool sound =
      !line.empty() && line.size() <= token_bytes_max &&
      std::all_of(line.begin(), line.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!sound)
    return Failure{ExitCode::usage,
                   key + "the first line of " + environment.token_file + " is no token",
                   "A token is printable characters without spaces."};
  return line;
}

// A plan's name, or a file with a plan in it.
Try<> lay_plan(const std::string& plan, deploy::Options& to) {
  to.plan.clear();
  to.plan_json.clear();
  if (plan.find('/') == plan.npos && !plan.ends_with(".json")) {
    to.plan = plan;
    return {};
  }
  std::ifstream file{plan};
  if (!file) return Failure{ExitCode::usage, plan + " cannot be read", "Is --plan right?"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto parsed = api::parse_plan(text);
  if (parsed) {
    to.plan_json = std::move(text);
    return {};
  }
  std::string faults;
  for (const auto& fault : parsed.error())
    faults += (faults.empty() ? "" : "; ") + fault.pointer + ": " + fault.detail;
  return Failure{ExitCode::usage, plan + " is not a plan: " + faults};
}

Try<config::ControlEnvironment> with_flags(config::ControlEnvironment environment,
                                           const Args& args) {
  auto& edge = environment.edge;
  if (!args.proxies.empty()) edge.urls = args.proxies;
  if (!args.ca.empty()) edge.ca = args.ca;
  if (!args.token.empty()) {
    edge.token = args.token;
    environment.token_file.clear();
  }
  if (!environment.token_file.empty()) {
    auto token = read_token(environment);
    if (!token) return token.error();
    edge.token = std::move(*token);
  }
  for (const auto& url : edge.urls)
    if (!edge.token.empty() && !environment.insecure && config::is_overheard(url))
      return Failure{ExitCode::usage,
                     url + " is neither https nor loopback, and the token would be overheard",
                     "Use https, or say insecure: true in switchctl.yaml."};
  if (args.keep_warm) environment.deploy.keep_warm = *args.keep_warm;
  if (!args.plan.empty())
    if (const auto laid = lay_plan(args.plan, environment.deploy); !laid) return laid.error();
  return environment;
}

}  // namespace

Try<config::ControlEnvironment> choose_environment(const config::LoadedControl& all,
                                                   const Args& args) {
  auto environment = configured(all, args);
  if (!environment) return environment;
  return with_flags(std::move(*environment), args);
}

Try<std::vector<config::ControlEnvironment>> choose_environments(const config::LoadedControl& all,
                                                                 const Args& args) {
  std::vector<config::ControlEnvironment> chosen;
  Args one = args;
  const bool every =
      !args.environment_given && args.proxies.empty() && !all.config.environments.empty();
  for (const auto& [name, environment] : all.config.environments) {
    if (!every) break;
    one.environment = name;
    auto next = choose_environment(all, one);
    if (!next) return next.error();
    chosen.push_back(std::move(*next));
  }
  if (every) return chosen;
  auto only = choose_environment(all, one);
  if (!only) return only.error();
  chosen.push_back(std::move(*only));
  return chosen;
}

}  // namespace sy::control
