// switchyard: flags to a verb of app/commands, and its exit code.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "app/commands.h"

int main(int argc, char** argv) {
  CLI::App cli{"Switchyard: a reverse proxy for blue/green switching."};
  cli.require_subcommand(1);
  std::string config = "/etc/switchyard/switchyard.yaml";
  std::uint16_t port = 8080;
  std::uint16_t control_port = 9900;
  std::string name = "ci";
  std::string role = "operator";
  std::string journal = "/var/lib/switchyard/journal.jsonl";
  bool json = false;
  bool live = false;

  CLI::App* run = cli.add_subcommand("run", "serve, in the foreground; logs to standard error");
  run->add_option("--config", config, "configuration file")->capture_default_str();
  CLI::App* check =
      cli.add_subcommand("check", "print every problem of a configuration; exit 78 if any");
  check->add_option("config,--config", config, "configuration file")->capture_default_str();
  check->add_flag("--live", live,
                  "and ask the proxy it describes for /livez; exit 1 if it is silent");
  CLI::App* demo =
      cli.add_subcommand("demo", "a toy application in two colors and the proxy before it");
  demo->add_option("--port", port, "for traffic")->capture_default_str();
  demo->add_option("--control-port", control_port, "for the control API and dashboard")
      ->capture_default_str();
  cli.add_subcommand("version", "print what this build is, as JSON");
  CLI::App* token = cli.add_subcommand("token", "make a token for the control API");
  token->add_option("name", name, "who will use it: the actor in the journal")
      ->capture_default_str();
  token->add_option("--role", role, "viewer, operator, approver or admin")
      ->check(CLI::IsMember({"viewer", "operator", "approver", "admin"}))
      ->capture_default_str();
  CLI::App* book = cli.add_subcommand("journal", "the audit trail");
  book->require_subcommand(1);
  CLI::App* verify = book->add_subcommand(
      "verify", "check that no entry was changed, lost or added; exit 1 if so");
  verify->add_option("journal,--journal", journal, "journal file")->capture_default_str();
  verify->add_flag("--json", json, "print JSON");

  try {
    cli.parse(argc, argv);
    if (*run) return sy::app::run(config);
    if (*check) return sy::app::check(config, live);
    if (*demo) return sy::app::demo(port, control_port);
    if (*token) return sy::app::token(name, role);
    if (*verify) return sy::app::verify_journal(journal, json);
    return sy::app::version();
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "switchyard: %s\n", error.what());
    return 1;
  }
}
