#include "args.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <map>
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
    Words{"watch", Verb::watch, "Status, rollout and verdict as they change", "", 0, 0, false},
    Words{"rollout", Verb::rollout, "Moves traffic by plan to a color's version, and follows it",
          "COLOR_AND_VERSION", 1, 2, true},
    Words{"promote", Verb::promote, "The rollout's next hold, now", "VERSION", 0, 1, true},
    Words{"approve", Verb::approve, "Approves the rollout's version", "VERSION", 1, 1, true},
    Words{"pause", Verb::pause, "Holds the rollout where it is", "", 0, 0, true},
    Words{"resume", Verb::resume, "Lets the rollout go on", "", 0, 0, true},
    Words{"abort", Verb::abort, "Ends the rollout: everything back to live", "", 0, 0, true},
    Words{"history", Verb::history, "Which versions ran when", "", 0, 0, true},
    Words{"dora", Verb::dora, "The four key metrics", "", 0, 0, true},
};

constexpr std::array<std::string_view, 12> not_built_yet{
    "deploy", "versions", "verify", "diff", "restart", "scale",
    "logs",   "doctor",   "drill",  "lock", "unlock",  "completion"};

const std::map<std::string, Stage> stages{{"accepted", Stage::accepted},
                                          {"shifting", Stage::shifting},
                                          {"approval", Stage::approval},
                                          {"baking", Stage::baking},
                                          {"completed", Stage::completed}};

void add_rollout(CLI::App& verb, Args& args) {
  verb.add_option("--plan", args.plan, "Of the proxy's plans, or a file of JSON")
      ->type_name("NAME|FILE.json");
  verb.add_flag("--any-version", args.any_version, "The version may have any form, or be left out");
  verb.add_option("--committed", args.committed, "When the change was committed, for lead time")
      ->type_name("TIME");
  verb.add_option("--wait-until", args.wait_until, "Follow no further than this")
      ->transform(CLI::CheckedTransformer(stages))
      ->type_name("accepted|shifting|approval|baking|completed");
}

void add_common(CLI::App& app, Args& args, std::int64_t& timeout) {
  app.add_option("--proxy", args.proxies, "Control API of a proxy; may be repeated")
      ->envname("SWITCHYARD_PROXY")
      ->type_name("URL");
  app.add_option("--ca", args.ca, "PEM file that https proxies are verified with")
      ->type_name("FILE");
  app.add_option("--reason", args.reason, "Why, for the journal")->type_name("TEXT");
  app.add_option("--timeout", timeout, "For each answer; of rollout: to its end; in seconds")
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
    if (words.means == Verb::rollout) add_rollout(*verb, args);
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
  if (args.verb == Verb::rollout && app.count("--timeout") > 0) {
    args.at_most = args.timeout;
    args.timeout = std::min(args.timeout, Args{}.timeout);
  }
  return args;
}

}  // namespace sy::control
