#include "config/address.h"
#include "config/sections.h"

namespace sy::config {
namespace {

std::string plural(std::size_t count, const std::string& word) {
  return std::to_string(count) + ' ' + word + (count == 1 ? "" : "s");
}

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string describe(const rollout::Hold& hold) {
  return show_weight(hold.weight) + " % for " + show(hold.at_least) + " and " +
         plural(hold.requests, "request");
}

std::string_view word(rollout::WhenQuiet when_quiet) {
  switch (when_quiet) {
    case rollout::WhenQuiet::hold: return "holds";
    case rollout::WhenQuiet::advance: return "advances";
    case rollout::WhenQuiet::revert: return "reverts";
  }
  return "";
}

}  // namespace

std::string describe(const rollout::Options& options) {
  const rollout::Plan& plan = options.plans.at(options.standard);
  std::string text = "plan " + plan.name + ":";
  for (const rollout::Hold& hold : plan.holds)
    text += (&hold == &plan.holds.front() ? " " : ", ") + describe(hold);
  text += "\n  gate ";
  text += plan.gate_timeout == Duration::zero() ? "open at the start"
                                                : "open within " + show(plan.gate_timeout);
  if (plan.approval) {
    text += ", approval before " + show_weight(plan.approval->before) + " % within " +
            show(plan.approval->timeout);
  }
  text += ", without requests it " + std::string{word(plan.when_quiet)} + "\n";
  std::vector<std::string> others;
  for (const auto& [name, other] : options.plans) {
    if (name != options.standard) others.push_back(name);
  }
  return text + "  by name " + list(others) + '\n';
}

std::string describe(const ProxyConfig& config) {
  std::string text = "app " + config.director.app + " in " + config.director.environment + '\n';
  for (const Listen& listen : config.listen) {
    text += "listen " + show(Address{listen.address, listen.port});
    if (!listen.tls.empty()) text += " tls, " + plural(listen.tls.size(), "certificate");
    text += listen.proxy_protocol ? ", PROXY lines expected\n" : "\n";
  }
  for (const auto& service : config.director.services) {
    text += "service " + service.name + " at " + list(service.paths);
    if (!service.hosts.empty()) text += " of " + list(service.hosts);
    text += ", health " + service.health.path + " every " + show(service.health.interval) + '\n';
    for (const Color color : colors) {
      text += "  " + std::string{name(color)} + ' ' + list(service.endpoints[color]) + '\n';
    }
  }
  text += describe(config.director.rollout);
  for (const auto& target : config.notify.targets) {
    text += "notify " + target.name + " of ";
    text += target.events.empty() ? "everything\n" : list(target.events) + '\n';
  }
  text += "control " + show(Address{config.control.address, config.control.port});
  text += (config.control.tls.empty() ? ", plain, " : ", tls, ") +
          plural(config.control.tokens.size(), "token");
  if (!config.control.client_ca.empty()) text += ", client certificates";
  return text + "\nstate " + config.state_path + '\n';
}

}  // namespace sy::config
