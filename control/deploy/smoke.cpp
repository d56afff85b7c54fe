#include "control/deploy/smoke.h"

#include <utility>

#include "control/deploy/web.h"
#include "control/terms/program.h"

namespace sy::control::deploy {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view step = "smoke";

std::string filled(std::string text, const Target& target) {
  const std::pair<std::string_view, std::string> known[] = {
      {"{version}", target.version},
      {"{git_sha}", target.git_sha},
      {"{environment}", target.environment},
      {"{color}", std::string{name(target.color)}}};
  for (const auto& [word, value] : known) {
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += value.size())
      text.replace(at, word.size(), value);
  }
  return text;
}

class Suite {
 public:
  Suite(const Smoke& options, const edge::Options& edge, const Target& target, Pace& pace,
        Teller& teller)
      : options_{options}, edge_{edge}, target_{target}, pace_{pace}, teller_{teller} {
    secrets_ = secrets_of_environment();
    secrets_.push_back(edge.token);
    secrets_.push_back(edge.preview_token);
  }

  Try<std::vector<CheckResult>> run() {
    planned_ = options_.checks.size() + options_.programs.size();
    if (!edge_.traffic.empty()) {
      if (const auto done = prove(); !done) return done.error();
    }
    for (const HttpCheck& check : options_.checks) {
      const auto begun = pace_.now();
      const auto fault = try_check(check);
      if (!fault) return fault.error();
      file({check.method + ' ' + filled(check.path, target_), fault->empty(), *fault,
            pace_.now() - begun});
    }
    for (const Program& program : options_.programs) {
      const auto begun = pace_.now();
      const auto fault = try_program(program);
      if (!fault) return fault.error();
      file({program.command.empty() ? "a program" : program.command.front(), fault->empty(), *fault,
            pace_.now() - begun});
    }
    return std::move(results_);
  }

 private:
  // That the preview header is taken, and by the version that is meant.
  Try<> prove() {
    bool known = false;
    for (const auto& [service, options] : target_.services) {
      if (options.version_field.empty()) continue;
      known = true;
      const auto begun = pace_.now();
      const auto fault = identity(options);
      if (!fault) return fault.error();
      ++planned_;
      file({"preview of " + service, fault->empty(), *fault, pace_.now() - begun});
    }
    if (!known) {
      teller_.tell({Note::Kind::warning, std::string{step},
                    "no service reports its version, so it cannot be seen whether answers to the "
                    "checks come from " +
                        std::string{name(target_.color)}});
    }
    return {};
  }

  Try<std::string> identity(const platform::ServiceOptions& options) {
    const auto reply = ask({.path = options.health_path});
    if (!reply && reply.error().code == ExitCode::interrupted) return reply.error();
    if (!reply) return reply.error().what;
    const auto reported = reported_version(reply->body, options.version_field);
    if (!reported) {
      return options.health_path + " does not say its version (status " +
             std::to_string(reply->status) + ")";
    }
    if (*reported == target_.version) return std::string{};
    return options.health_path + " says " + *reported + ", not " + target_.version +
           ": the proxy did not take the preview header (is preview_token one of its tokens?), "
           "or " +
           std::string{name(target_.color)} + " runs another version";
  }

  Try<Reply> ask(const HttpCheck& check) {
    Question question{.method = check.method,
                      .url = url_of(edge_.traffic, filled(check.path, target_)),
                      .host = check.host,
                      .ca = edge_.traffic_ca,
                      .timeout = check.timeout};
    question.fields.emplace_back("x-switchyard-color", name(target_.color));
    if (!edge_.preview_token.empty())
      question.fields.emplace_back("x-switchyard-token", edge_.preview_token);
    return ask_web(question, pace_);
  }

  // Empty: passed. What the body holds is never shown, since it may be anybody's.
  Try<std::string> try_check(const HttpCheck& check) {
    const auto reply = ask(check);
    if (!reply && reply.error().code == ExitCode::interrupted) return reply.error();
    if (!reply) return reply.error().what;
    if (reply->status != check.status) {
      return "status " + std::to_string(reply->status) + ", not " + std::to_string(check.status);
    }
    const std::string wanted = filled(check.contains, target_);
    if (reply->body.find(wanted) == std::string::npos)
      return "the body does not hold \"" + wanted + "\"";
    return other_version(reply->body);
  }

  // A body that names another version under the name that services use is not the candidate's.
  [[nodiscard]] std::string other_version(const std::string& body) const {
    for (const auto& [service, options] : target_.services) {
      if (options.version_field.empty()) continue;
      const auto reported = reported_version(body, options.version_field);
      if (reported && is_version(*reported) && *reported != target_.version)
        return "the answer came from " + *reported + ", not from " + target_.version;
    }
    return "";
  }

  Try<std::string> try_program(const Program& program) {
    if (failed_ > 0) return std::string{"not run, since a check before it failed"};
    const std::string color{name(target_.color)};
    Command command{.words = program.command, .timeout = program.timeout, .together = true};
    const std::string token = edge_.preview_token;
    command.environment = {{"VERSION", target_.version},
                           {"GIT_SHA", target_.git_sha},
                           {"ENVIRONMENT", target_.environment},
                           {"COLOR", color},
                           {"SWITCHYARD_URL", edge_.traffic},
                           {"SWITCHYARD_COLOR_HEADER", "x-switchyard-color: " + color},
                           {"SWITCHYARD_TOKEN_HEADER", "x-switchyard-token: " + token},
                           {"SWITCHYARD_PREVIEW_TOKEN", token},
                           {"SWITCHYARD_TOKEN", std::nullopt}};
    SystemPrograms programs;
    const auto ran = programs.run(command, &pace_);
    if (!ran && ran.error().code == ExitCode::interrupted) return ran.error();
    if (!ran) return without(secrets_, ran.error().what);
    if (ran->good()) return std::string{};
    const auto lines = last_lines(without(secrets_, ran->out), 10);
    for (const std::string& line : lines) tell(Note::Kind::warning, "  " + line);
    std::string why = words(*ran, program.timeout);
    if (!lines.empty()) why += ": " + lines.back();
    return why;
  }

  void file(CheckResult result) {
    const auto took = std::chrono::duration_cast<milliseconds>(result.took).count();
    if (!result.passed) ++failed_;
    std::string what = result.name + ": " + (result.passed ? "passed" : result.why);
    if (result.passed) what += " (" + std::to_string(took) + " ms)";
    const bool passed = result.passed;
    results_.push_back(std::move(result));
    tell(passed ? Note::Kind::progress : Note::Kind::warning, std::move(what));
  }

  void tell(Note::Kind kind, std::string what) {
    const double share =
        planned_ == 0 ? 1 : static_cast<double>(results_.size()) / static_cast<double>(planned_);
    teller_.tell({kind, std::string{step}, std::move(what), share});
  }

  const Smoke& options_;
  const edge::Options& edge_;
  const Target& target_;
  Pace& pace_;
  Teller& teller_;
  std::vector<std::string> secrets_;
  std::vector<CheckResult> results_;
  std::size_t planned_ = 0;
  int failed_ = 0;
};

}  // namespace

Try<std::vector<CheckResult>> smoke(const Smoke& options, const edge::Options& edge,
                                    const Target& target, Pace& pace, Teller& teller) {
  if (options.checks.empty() && options.programs.empty()) return std::vector<CheckResult>{};
  if (!options.checks.empty() && edge.traffic.empty()) {
    return Failure{ExitCode::usage, "There are smoke checks, but no URL to send them to.",
                   "Set \"traffic\" of this environment in switchctl.yaml."};
  }
  return Suite{options, edge, target, pace, teller}.run();
}

std::string failures_in_words(const std::vector<CheckResult>& results) {
  std::size_t failed = 0;
  std::string list;
  for (const CheckResult& result : results) {
    if (result.passed) continue;
    ++failed;
    list += (failed == 1 ? ": " : "; ") + result.name + ": " + result.why;
  }
  if (failed == 0) return "";
  return std::to_string(failed) + " of " + std::to_string(results.size()) + " smoke tests failed" +
         list;
}

}  // namespace sy::control::deploy
