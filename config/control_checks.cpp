#include <algorithm>
#include <set>

#include "config/address.h"
#include "config/control_sections.h"
#include "config/sections.h"
#include "config/text.h"

namespace sy::config {
namespace {

using namespace std::chrono_literals;
namespace deploy = control::deploy;

constexpr std::size_t checks_max = 200;
constexpr std::size_t programs_max = 32;
constexpr std::size_t words_max = 64;
constexpr std::size_t notices_max = 32;
const std::vector<std::string_view> known_to_checks{"version", "git_sha", "environment", "color"};

std::string number(Duration duration) {  // seconds, as the control API takes them
  return show(static_cast<double>(duration / 1ms) / 1'000);
}

// The plan as POST /v1/rollouts takes it. Everything in it is a number or one of three words.
std::string plan_json(const rollout::Plan& plan) {
  std::string text = R"({"holds":[)";
  for (const auto& hold : plan.holds) {
    text += &hold == &plan.holds.front() ? "" : ",";
    text += R"({"percent":)" + show_weight(hold.weight) + R"(,"for":)" + number(hold.at_least) +
            R"(,"requests":)" + show(hold.requests) + '}';
  }
  text += R"(],"gate":{"timeout":)" + number(plan.gate_timeout) + '}';
  if (plan.approval)
    text += R"(,"approval":{"before":)" + show_weight(plan.approval->before) + R"(,"timeout":)" +
            number(plan.approval->timeout) + '}';
  const std::string_view quiet = plan.when_quiet == rollout::WhenQuiet::hold      ? "hold"
                                 : plan.when_quiet == rollout::WhenQuiet::advance ? "advance"
                                                                                  : "revert";
  return text + R"(,"when_quiet":")" + std::string{quiet} + "\"}";
}

void read_own_plan(Reader in, deploy::Options& to) {
  in.require("holds");
  const rollout::Plan plan = read_plan(in, {});
  in.finish();
  to.plan_json = plan_json(plan);
  if (plan.approval) to.approval = {plan.approval->before, plan.approval->timeout};
}

void read_plan_and_approval(Reader& in, deploy::Options& to) {
  if (in.is_text("plan")) {
    in.read_with("plan", decode_name, to.plan);
  } else {
    Reader plan = in.section("plan");
    if (in.has("plan") && in.good("plan")) read_own_plan(plan, to);
  }
  Reader approval = in.section("approval");
  deploy::Approval own;
  approval.read_with("before", decode_weight, own.before);
  approval.read("timeout", own.timeout, between(1s, rollout::hold_max));
  approval.finish();
  if (!in.has("approval") || !in.good("approval")) return;
  in.expect(!to.approval, "approval", "stands beside plan.approval: give one of them");
  to.approval = own;
}

Fault decode_method(std::string_view text, std::string& out) {
  return one_of<std::string>(
      {{"GET", "GET"}, {"HEAD", "HEAD"}, {"POST", "POST"}, {"OPTIONS", "OPTIONS"}})(text, out);
}

// A path that may have a query and placeholders.
Fault decode_target(std::string_view text, std::string& out) {
  const auto allowed = [](char c) { return c > 0x20 && c < 0x7f && c != '#'; };
  if (!text.starts_with('/') || !std::all_of(text.begin(), text.end(), allowed))
    return "must be a path such as /api/version, got \"" + shown(text) + '"';
  out = text;
  return check_template(text, known_to_checks);
}

std::vector<deploy::HttpCheck> read_checks(Reader& in) {
  std::vector<deploy::HttpCheck> checks;
  for (Reader& item : in.sections("checks", checks_max)) {
    deploy::HttpCheck check;
    item.require_with("path", decode_target, check.path);
    item.read_with("method", decode_method, check.method);
    item.read_with("host", decode_host, check.host);
    item.read("status", check.status, between(100, 599));
    item.read("contains", check.contains,
              [](const std::string& value) { return check_template(value, known_to_checks); });
    item.read("timeout", check.timeout, between(Duration{1ms}, 10min));
    item.finish();
    checks.push_back(std::move(check));
  }
  return checks;
}

std::vector<deploy::Program> read_programs(Reader& in, const Setting& setting) {
  std::vector<deploy::Program> programs;
  for (Reader& item : in.sections("programs", programs_max)) {
    deploy::Program program;
    item.require("run");
    item.read_words("run", program.command, words_max);
    const bool named = !program.command.empty() && !program.command.front().empty();
    item.expect(named || !item.has("run"), "run", "must name a program");
    if (named && program.command.front().find('/') != std::string::npos)
      program.command.front() = beside(setting, program.command.front());
    item.read("timeout", program.timeout, between(Duration{1s}, 24h));
    item.finish();
    programs.push_back(std::move(program));
  }
  return programs;
}

void read_smoke(Reader in, ControlEnvironment& to, const Setting& setting) {
  to.deploy.smoke.checks = read_checks(in);
  to.deploy.smoke.programs = read_programs(in, setting);
  in.expect(to.deploy.smoke.checks.empty() || !to.edge.traffic.empty(), "checks",
            "need traffic: where are clients answered?");
  in.finish();
}

deploy::Notice read_notice(Reader& in, const Setting& setting) {
  deploy::Notice notice;
  in.require_with("name", decode_name, notice.name);
  in.require_with("url", decode_webhook, notice.url);
  in.read_with("kind", one_of<bool>({{"json", false}, {"slack", true}}), notice.slack);
  in.read_with("secret", decode_secret, notice.secret);
  const bool known = in.good("kind");
  in.expect(!known || notice.slack || in.has("secret"), "secret",
            "is required: it signs what is sent");
  in.expect(!known || !notice.slack || !in.has("secret"), "secret",
            "is of no use to slack: its url is the secret");
  warn_of_literal(in, "secret", notice.secret, setting);
  if (notice.slack) warn_of_literal(in, "url", notice.url, setting);
  in.finish();
  return notice;
}

std::vector<deploy::Notice> read_notices(Reader& in, const Setting& setting) {
  std::vector<deploy::Notice> notices;
  std::set<std::string> names;
  for (Reader& item : in.sections("notify", notices_max)) {
    notices.push_back(read_notice(item, setting));
    const std::string& name = notices.back().name;
    item.expect(name.empty() || names.insert(name).second, "name",
                "is the name of another one too");
  }
  return notices;
}

}  // namespace

void read_deploy(Reader& in, ControlEnvironment& to, const Setting& setting) {
  auto& options = to.deploy;
  read_plan_and_approval(in, options);
  read_smoke(in.section("smoke"), to, setting);
  Reader health = in.section("health");
  health.read("for", options.health.for_, between(0s, 24h));
  health.read("interval", options.health.interval, between(Duration{10ms}, 1h));
  health.read("failures", options.health.failures_max, between(0, 1'000));
  health.finish();
  in.read("start_timeout", options.start_timeout, between(1s, 24h));
  in.read("gate_timeout", options.gate_timeout, between(1s, 24h));
  in.read("keep_warm", options.keep_warm, between(0s, 24h));
  in.read("idle_tasks", options.idle_tasks, between(0, 1'000));
  options.notify = read_notices(in, setting);
}

}  // namespace sy::config
