#include "control/platform/compose_calls.h"

namespace sy::control::platform {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t answer_bytes_max = std::size_t{8} * 1024 * 1024;
constexpr seconds look_timeout{30};
constexpr minutes act_timeout{10};  // it may pull images

// `deed`: "docker-compose up of backend-green".
Failure bad_end(const std::string& deed, const Command& command, const Ran& ran) {
  const std::string& said = command.together ? ran.out : ran.err;
  const auto lines = last_lines(without(secrets_of_environment(), said), 1);
  const std::string last = lines.empty() ? "" : ": " + lines.back();
  if (said.find("permission denied") != std::string::npos &&
      said.find("docker.sock") != std::string::npos) {
    return Failure{ExitCode::forbidden, "You may not talk to the docker engine" + last + ".",
                   "Add yourself to the group docker, or run this as somebody who may."};
  }
  return Failure{ExitCode::failed, deed + ' ' + words(ran, command.timeout) + last + ".",
                 "Mend that, then run this again."};
}

}  // namespace

Try<std::map<std::string, std::string>> ComposeCalls::images(const Variables& variables) {
  const auto ran = compose("config of " + project_.file, {"config"}, variables, look_timeout);
  if (!ran) return ran.error();
  return parse_images(ran->out);
}

Try<std::vector<Container>> ComposeCalls::containers() {
  const auto listed = compose("ps", {"ps", "-a", "-q"}, {}, look_timeout);
  if (!listed) return listed.error();
  std::vector<std::string> words{"inspect", "--type", "container"};
  std::string_view rest = listed->out;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view id = rest.substr(0, end);
    if (!id.empty()) words.emplace_back(id);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  if (words.size() == 3) return std::vector<Container>{};
  // One that has gone meanwhile makes it end badly, with the others printed all the same.
  Command command{.words = std::move(words), .timeout = look_timeout};
  command.words.insert(command.words.begin(), "docker");
  command.output_bytes_max = answer_bytes_max;
  const auto ran = programs_.run(command, nullptr);
  if (!ran) return ran.error();
  if (!ran->good() && ran->out.find('{') == std::string::npos) {
    if (ran->err.find("No such container") != std::string::npos) return std::vector<Container>{};
    return bad_end("docker inspect", command, *ran);
  }
  if (ran->cut) {
    return Failure{ExitCode::failed,
                   "The project has more containers than docker inspect can tell in 8 MiB."};
  }
  return parse_containers(ran->out);
}

Try<std::map<std::string, std::string>> ComposeCalls::digests(
    const std::vector<std::string>& images) {
  if (images.empty()) return std::map<std::string, std::string>{};
  Command command{.words = {"docker", "image", "inspect"}, .timeout = look_timeout};
  command.words.insert(command.words.end(), images.begin(), images.end());
  command.output_bytes_max = answer_bytes_max;
  const auto ran = programs_.run(command, nullptr);
  if (!ran) return ran.error();
  const bool missing = ran->err.find("o such image") != std::string::npos;
  if (!ran->good() && !missing) return bad_end("docker image inspect", command, *ran);
  return parse_digests(ran->out);
}

Try<> ComposeCalls::in_registry(const std::string& image) {
  const auto ran =
      call("docker manifest inspect",
           {.words = {"docker", "manifest", "inspect", image}, .timeout = look_timeout});
  if (!ran) return ran.error();
  return {};
}

Try<> ComposeCalls::up(const std::string& service, int count, const Variables& variables,
                       bool keep) {
  std::vector<std::string> words{"up", "-d", "--no-deps", "--no-build"};
  if (keep) words.emplace_back("--no-recreate");
  words.insert(words.end(), {"--scale", service + '=' + std::to_string(count), service});
  const auto ran = compose("up of " + service, std::move(words), variables, act_timeout);
  if (!ran) return ran.error();
  return {};
}

Try<> ComposeCalls::remove(const std::string& service) {
  const auto ran = compose("rm of " + service, {"rm", "-s", "-f", service}, {}, act_timeout);
  if (!ran) return ran.error();
  return {};
}

Try<std::string> ComposeCalls::log(const std::string& container,
                                   const std::vector<std::string>& options) {
  Command command{.words = {"docker", "logs"}, .timeout = look_timeout};
  command.words.insert(command.words.end(), options.begin(), options.end());
  command.words.push_back(container);
  command.output_bytes_max = answer_bytes_max;
  command.together = true;
  const auto ran = call("docker logs", command);
  if (!ran) return ran.error();
  return ran->out;
}

Try<> ComposeCalls::find_command() {
  if (found_) return {};
  if (project_.command.empty()) {
    const std::vector<std::vector<std::string>> known{{"docker", "compose"}, {"docker-compose"}};
    for (const auto& words : known) {
      Command command{.words = words, .timeout = look_timeout};
      command.words.emplace_back("version");
      const auto ran = programs_.run(command, nullptr);
      if (!ran || !ran->good()) continue;
      project_.command = words;
      break;
    }
  }
  if (project_.command.empty()) {
    return Failure{ExitCode::failed,
                   "Neither \"docker compose\" nor \"docker-compose\" can be run here.",
                   "Install one of them, or name it as compose.command in switchctl.yaml."};
  }
  found_ = true;
  return {};
}

Try<Ran> ComposeCalls::compose(const std::string& deed, std::vector<std::string> words,
                               const Variables& variables, Duration timeout) {
  if (const auto found = find_command(); !found) return found.error();
  Command command{.words = project_.command, .folder = project_.folder, .timeout = timeout};
  command.words.insert(command.words.end(), {"-f", project_.file});
  if (!project_.name.empty()) command.words.insert(command.words.end(), {"-p", project_.name});
  command.words.insert(command.words.end(), words.begin(), words.end());
  for (const auto& [name, value] : variables) command.environment.emplace_back(name, value);
  command.output_bytes_max = answer_bytes_max;
  std::string name;
  for (const std::string& word : project_.command) name += word + ' ';
  return call(name + deed, command);
}

// Not interruptible: compose that is killed half-way leaves containers under odd names.
Try<Ran> ComposeCalls::call(const std::string& deed, const Command& command) {
  auto ran = programs_.run(command, nullptr);
  if (!ran) return ran;
  if (!ran->good()) return bad_end(deed, command, *ran);
  return ran;
}

}  // namespace sy::control::platform
