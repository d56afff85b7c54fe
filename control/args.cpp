#include "args.h"

#include <CLI/CLI.hpp>
#include <array>
#include <ostream>

namespace sy::control {
namespace {

struct Words {
  std::string_view verb;
  Verb means;
  std::string_view summary;
  std::string_view words;  // "": none after the environment
  int least;
  int most;
  bool environment_needed;
};

constexpr std::array verbs{
    Words{"status", Verb::status, "What runs where, and how it fares", "", 0, 0, false},
    Words{"weights", Verb::weights, "Split traffic by hand", "COLOR_IS_PERCENT", 1, 2, true},
    Words{"switch", Verb::switch_, "All traffic to one color, at once", "COLOR", 1, 1, true},
    Words{"rollback", Verb::rollback, "Everything to the previous color, now", "VERSION", 0, 1,
          true},
    Words{"maintenance", Verb::maintenance, "Maintenance page for clients", "ON_OR_OFF", 1, 1,
          true},
    Words{"upstreams", Verb::upstreams, "Replace a color's endpoints", "COLOR_AND_ENDPOINTS", 2, 64,
          true},
    Words{"journal", Verb::journal, "Who did what, when and why", "", 0, 0, true},
    Words{"events", Verb::events, "What happens, line by line", "", 0, 0, false},
    Words{"watch", Verb::events, "The same as events", "", 0, 0, false},
    Words{"history", Verb::history, "Which versions ran when", "", 0, 0, true},
    Words{"dora", Verb::dora, "The four key metrics", "", 0, 0, true},
};

constexpr std::array<std::string_view, 17> not_built_yet{
    "deploy", "versions", "promote", "pause",      "resume",  "abort",
    "verify", "diff",     "restart", "scale",      "logs",    "doctor",
    "drill",  "lock",     "unlock",  "completion", "rollouts"};

void add_common(CLI::App& app, Args& args, std::int64_t& timeout) {
  app.add_option("--proxy", args.proxies, "Control API of a proxy; may be repeated")
      ->envname("SWITCHYARD_PROXY")
      ->type_name("URL");
  app.add_option("--ca", args.ca, "PEM file that https proxies are verified with")
      ->type_name("FILE");
  app.add_option("--reason", args.reason, "Why, for the journal")->type_name("TEXT");
  app.add_option("--timeout", timeout, "For each answer, in seconds")
      ->check(CLI::Range(1, 86'400))
      ->type_name("SECONDS");
  app.add_flag("--json", args.json, "JSON, as the proxy gave it");
  app.add_flag("--dry-run", args.dry_run, "Say what would happen, change nothing");
  app.add_flag("--force", args.force, "Onto a shut gate, or endpoints that have traffic");
  app.add_flag("--yes")->description("Ask nothing (nothing is asked so far)");
}

void add_verbs(CLI::App& app, Args& args) {
  for (const auto& words : verbs) {
    CLI::App* verb = app.add_subcommand(std::string(words.verb), std::string(words.summary));
    verb->fallthrough();
    auto* environment = verb->add_option("ENV", args.environment, "Environment");
    if (words.environment_needed) environment->required();
    if (words.most > 0)
      verb->add_option(std::string(words.words), args.words)
          ->expected(words.least, words.most)
          ->required(words.least > 0);
    if (words.means == Verb::journal) {
      verb->add_option("--after", args.after, "Entries after this sequence number");
      verb->add_option("--limit", args.limit, "How many")->check(CLI::Range(1, 1'000));
    }
    verb->callback([&args, means = words.means] { args.verb = means; });
  }
}

}  // namespace

std::optional<Args> parse_args(int argc, const char* const* argv, std::ostream& out,
                               std::ostream& err, int& status) {
  status = 2;
  if (argc > 1)
    for (const auto verb : not_built_yet)
      if (verb == argv[1]) {
        err << "switchctl: " << verb << " is not built yet\n";
        return std::nullopt;
      }
  Args args;
  std::int64_t timeout = args.timeout.count();
  CLI::App app{"Drives Switchyard proxies.", "switchctl"};
  app.require_subcommand(1);
  add_common(app, args, timeout);
  add_verbs(app, args);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    status = app.exit(error, out, err) == 0 ? 0 : 2;
    return std::nullopt;
  }
  if (args.verb == Verb::rollback && !args.words.empty()) {
    err << "switchctl: rollback to a named version is not built yet; without one, everything goes "
           "to the previous color\n";
    return std::nullopt;
  }
  if (const char* token = std::getenv("SWITCHYARD_TOKEN"); token != nullptr) args.token = token;
  args.timeout = std::chrono::seconds{timeout};
  return args;
}

}  // namespace sy::control
