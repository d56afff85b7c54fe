#include "control/args_table.h"

#include <algorithm>
#include <array>

#include "control/args_set.h"

namespace sy::control {
namespace {

using Words = std::span<const Word>;

constexpr Word env{"ENV", Kind::environment, true, false, set_environment};
constexpr Word maybe_env{"ENV", Kind::environment, false, false, set_environment};
constexpr Word version{"VERSION", Kind::version, true, false, set_version};
constexpr Word maybe_version{"VERSION", Kind::version, false, false, set_version};
constexpr Word any_version{"VERSION", Kind::version, false, false, check_version};
constexpr Word running_version{"VERSION", Kind::version, false};
constexpr Word color{"COLOR", Kind::color, true, false, check_color};
constexpr Word service{"SERVICE", Kind::service, true, false, keep<&Args::service>};

constexpr std::array only_env{env};
constexpr std::array only_maybe_env{maybe_env};
constexpr std::array env_version{env, version};
constexpr std::array env_maybe_version{env, maybe_version};
constexpr std::array env_running_version{env, running_version};
constexpr std::array env_approved{env, Word{"VERSION", Kind::version}};
constexpr std::array env_color{env, color};
constexpr std::array env_color_version{env, color, any_version};
constexpr std::array env_service{env, service};
constexpr std::array scale_words{env, service, Word{"N", Kind::number, true, false, set_count}};
constexpr std::array weight_words{env, Word{"COLOR=PERCENT", Kind::color, true, true}};
constexpr std::array maintenance_words{env,
                                       Word{"on|off", Kind::on_off, true, false, check_on_off}};
constexpr std::array upstream_words{env, color, Word{"SERVICE=URL", Kind::service, true, true}};
constexpr std::array completion_words{Word{"bash|zsh|fish", Kind::shell, true, false, check_shell}};

constexpr Flag any_version_flag{"--any-version", "", Kind::none,
                                "The version may have any form that an image tag may have",
                                raise<&Args::any_version>};
constexpr Flag plan_flag{"--plan", "NAME|FILE.json", Kind::text,
                         "How traffic moves: one of the proxy's plans, or a file of JSON",
                         keep<&Args::plan>};
constexpr Flag committed_flag{"--committed", "TIME", Kind::text,
                              "When the change was committed, for lead time: 2024-01-01T10:00:00Z",
                              set_committed};
constexpr Flag color_flag{"--color", "blue|green", Kind::color,
                          "Of this color; without it, the live one", set_color};

constexpr std::array deploy_flags{
    plan_flag,
    Flag{"--approve", "VERSION", Kind::version,
         "Approves this version beforehand, where the token may", set_approve},
    Flag{"--git-sha", "SHA", Kind::text, "Commit of the version; also from GIT_SHA", set_git_sha},
    committed_flag,
    any_version_flag,
    Flag{"--wait-until", "started|gate|rollout|recorded|done", Kind::deploy_stage,
         "Go no further than this; the same command carries on", set_deploy_until},
    Flag{"--keep-warm", "DURATION", Kind::duration,
         "How long the old color keeps its tasks; 0s: not at all", set_keep_warm},
};
constexpr std::array rollback_flags{
    Flag{"--list", "", Kind::none, "The versions to choose from, as `versions ENV` prints them",
         set_list},
    Flag{"--fast", "", Kind::none, "Traffic first: no smoke tests, no health checks",
         raise<&Args::fast>},
    any_version_flag,
};
constexpr std::array versions_flags{
    Flag{"--import", "", Kind::none, "Makes a record of what runs, where there is none of ours",
         raise<&Args::import_>},
};
constexpr std::array version_flags{any_version_flag};
constexpr std::array rollout_flags{
    plan_flag,
    committed_flag,
    Flag{"--any-version", "", Kind::none, "The version may have any form, or be left out",
         any_version_flag.set},
    Flag{"--wait-until", "accepted|shifting|approval|baking|completed", Kind::stage,
         "Follow no further than this; the rollout goes on", set_wait_until},
};
constexpr std::array color_flags{color_flag};
constexpr std::array logs_flags{
    color_flag,
    Flag{"--follow", "", Kind::none, "And what comes, until interrupted", raise<&Args::follow>},
    Flag{"--since", "DURATION", Kind::duration, "This far back; 10m by default", set_since},
};
constexpr std::array journal_flags{
    Flag{"--after", "NUMBER", Kind::number, "Entries after this one", set_after},
    Flag{"--limit", "NUMBER", Kind::number, "At most so many: 1 to 1000, 20 by default", set_limit},
    Flag{"--verify", "", Kind::none, "Checks that no entry was changed, left out or put in",
         raise<&Args::verify>},
};
constexpr std::span<const Flag> no_flags{};

constexpr std::array common{
    Flag{"--config", "FILE", Kind::file,
         "switchctl.yaml; else the one here, or in ~/.config/switchctl/", keep<&Args::config>},
    Flag{"--json", "", Kind::none, "JSON: a line for each event, the result last",
         raise<&Args::json>},
    Flag{"--dry-run", "", Kind::none, "Say what would happen, change nothing",
         raise<&Args::dry_run>},
    Flag{"--yes", "", Kind::none, "Ask nothing", raise<&Args::yes>},
    Flag{"--timeout", "DURATION", Kind::duration,
         "For each answer (30s); of what takes long (deploy, rollback): in all", set_timeout},
    Flag{"--reason", "TEXT", Kind::text, "Why, for the journal and the record",
         keep<&Args::reason>},
    Flag{"--proxy", "URL", Kind::url,
         "Control API of a proxy, for those configured; repeat it for more", add_proxy, true},
    Flag{"--ca", "FILE", Kind::file, "PEM file that https proxies are verified with",
         keep<&Args::ca>},
    Flag{"--force", "", Kind::none, "Where a gate is shut or endpoints have traffic",
         raise<&Args::force>},
    Flag{"--help", "", Kind::none, "This text", nullptr},
};

constexpr std::array table{
    VerbEntry{Verb::deploy, "deploy", Section::versions,
              "Brings a version in, step by step, and takes it back when it is bad",
              "deploy staging v20240101-abc1234", env_version, deploy_flags, true},
    VerbEntry{Verb::rollback, "rollback", Section::versions,
              "Goes back to the version before, or to the one named",
              "rollback staging v20231201-def5678", env_maybe_version, rollback_flags, true},
    VerbEntry{Verb::versions, "versions", Section::versions,
              "Which versions ran, and can be gone back to", "versions staging", only_env,
              versions_flags},
    VerbEntry{Verb::drill, "drill", Section::versions,
              "Deploys, verifies, rolls back, verifies: shows that going back works",
              "drill staging", env_maybe_version, version_flags, true},
    VerbEntry{Verb::verify, "verify", Section::versions,
              "Holds what every task and every proxy says against the record", "verify staging",
              only_env, no_flags},
    VerbEntry{Verb::diff, "diff", Section::versions, "What a deploy of the version would change",
              "diff staging v20240101-abc1234", env_version, version_flags},
    VerbEntry{Verb::status, "status", Section::sight, "What runs where, and how it fares",
              "status staging", only_maybe_env, no_flags},
    VerbEntry{Verb::watch, "watch", Section::sight,
              "Status, rollout and verdict as they change, until interrupted", "watch staging",
              only_maybe_env, no_flags},
    VerbEntry{Verb::events, "events", Section::sight, "What the proxy says happens, line by line",
              "events staging", only_maybe_env, no_flags},
    VerbEntry{Verb::doctor, "doctor", Section::sight,
              "Why it is stuck: events, stop reasons and probes, in words", "doctor staging",
              only_env, no_flags},
    VerbEntry{Verb::logs, "logs", Section::sight, "What a service's tasks print",
              "logs staging backend --follow", env_service, logs_flags},
    VerbEntry{Verb::history, "history", Section::sight, "Which versions ran when",
              "history staging", only_env, no_flags},
    VerbEntry{Verb::dora, "dora", Section::sight, "The four key metrics", "dora staging", only_env,
              no_flags},
    VerbEntry{Verb::journal, "journal", Section::sight, "Who did what, when and why",
              "journal staging --verify", only_env, journal_flags},
    VerbEntry{Verb::rollout, "rollout", Section::traffic,
              "Moves traffic by plan to what runs in a color already, and follows it",
              "rollout staging green v20240101-abc1234", env_color_version, rollout_flags, true},
    VerbEntry{Verb::promote, "promote", Section::traffic, "The rollout's next hold, now",
              "promote staging", env_running_version, no_flags},
    VerbEntry{Verb::approve, "approve", Section::traffic, "Approves the rollout's version",
              "approve staging v20240101-abc1234", env_approved, no_flags},
    VerbEntry{Verb::pause, "pause", Section::traffic, "Holds the rollout where it is",
              "pause staging", only_env, no_flags},
    VerbEntry{Verb::resume, "resume", Section::traffic, "Lets the rollout go on", "resume staging",
              only_env, no_flags},
    VerbEntry{Verb::abort, "abort", Section::traffic, "Ends the rollout: everything back to live",
              "abort staging", only_env, no_flags},
    VerbEntry{Verb::weights, "weights", Section::traffic, "Splits traffic by hand",
              "weights staging green=10", weight_words, no_flags},
    VerbEntry{Verb::switch_, "switch", Section::traffic, "All traffic to one color, at once",
              "switch staging green", env_color, no_flags},
    VerbEntry{Verb::maintenance, "maintenance", Section::traffic, "Maintenance page for clients",
              "maintenance staging on", maintenance_words, no_flags},
    VerbEntry{Verb::upstreams, "upstreams", Section::traffic, "Replaces a color's endpoints",
              "upstreams staging green backend=http://10.0.3.7:8080", upstream_words, no_flags},
    VerbEntry{Verb::restart, "restart", Section::tasks, "New tasks of the same version",
              "restart staging backend", env_service, color_flags, true},
    VerbEntry{Verb::scale, "scale", Section::tasks, "How many tasks a service has",
              "scale staging backend 4", scale_words, color_flags, true},
    VerbEntry{Verb::lock, "lock", Section::rest, "Nobody deploys here until it is unlocked",
              "lock production --reason \"audit\"", only_env, no_flags},
    VerbEntry{Verb::unlock, "unlock", Section::rest,
              "Frees what a lock, or a switchctl that died, holds", "unlock production", only_env,
              no_flags},
    VerbEntry{Verb::completion, "completion", Section::rest,
              "Prints what a shell needs to complete all this", "completion bash", completion_words,
              no_flags},
};

constexpr std::array<std::string_view, 2> color_words{"blue", "green"};
constexpr std::array<std::string_view, 2> on_off_words{"on", "off"};
constexpr std::array<std::string_view, 3> shell_words{"bash", "zsh", "fish"};
constexpr std::array<std::string_view, 5> stage_words{"accepted", "shifting", "approval", "baking",
                                                      "completed"};
constexpr std::array<std::string_view, 5> deploy_stage_words{"started", "gate", "rollout",
                                                             "recorded", "done"};

}  // namespace

std::span<const VerbEntry> verb_table() { return table; }

std::span<const Flag> common_flags() { return common; }

const VerbEntry* find_verb(std::string_view name) {
  const auto* const found = std::find_if(
      table.begin(), table.end(), [&](const VerbEntry& entry) { return entry.name == name; });
  return found == table.end() ? nullptr : found;
}

std::span<const std::string_view> choices(Kind kind) {
  switch (kind) {
    case Kind::color: return color_words;
    case Kind::on_off: return on_off_words;
    case Kind::shell: return shell_words;
    case Kind::stage: return stage_words;
    case Kind::deploy_stage: return deploy_stage_words;
    case Kind::none:
    case Kind::text:
    case Kind::file:
    case Kind::url:
    case Kind::duration:
    case Kind::number:
    case Kind::environment:
    case Kind::service:
    case Kind::version: return {};
  }
  return {};
}

}  // namespace sy::control
