#include <algorithm>

#include "control/args_table.h"

namespace sy::control {
namespace {

struct Row {
  std::string left;
  std::string_view right;
};

// Rows whose right column begins at the same place.
std::string rows(const std::vector<Row>& all, std::size_t width) {
  std::string text;
  for (const Row& row : all) {
    text += "  " + row.left;
    const bool fits = row.left.size() + 2 <= width;
    text += fits ? std::string(width - row.left.size(), ' ') : "\n" + std::string(width + 2, ' ');
    text += row.right;
    text += '\n';
  }
  return text;
}

constexpr std::size_t left_width = 28;

std::string_view title(Section section) {
  switch (section) {
    case Section::versions: return "Versions";
    case Section::sight: return "What goes on";
    case Section::traffic: return "Traffic, by hand";
    case Section::tasks: return "Tasks";
    case Section::rest: return "More";
  }
  return "";
}

std::string flag_rows(std::span<const Flag> flags) {
  std::vector<Row> all;
  for (const Flag& flag : flags) {
    std::string left{flag.name};
    if (!flag.value.empty()) left += ' ' + std::string{flag.value};
    all.push_back({std::move(left), flag.summary});
  }
  return rows(all, left_width);
}

std::string verb_rows(Section section) {
  std::vector<Row> all;
  for (const auto& entry : verb_table())
    if (entry.section == section) all.push_back({usage_of(entry), entry.summary});
  return '\n' + std::string{title(section)} + ":\n" + rows(all, left_width);
}

constexpr std::string_view footer = R"help(
Examples:
  switchctl deploy staging v20240101-abc1234
  switchctl deploy production v20240101-abc1234 --approve v20240101-abc1234 --reason "release 41"
  switchctl rollback production                      to the version before
  switchctl rollback --list production               what there is to go back to
  switchctl status                                   of every environment
  switchctl deploy staging v20240101-abc1234 --dry-run
  eval "$(switchctl completion bash)"

From the environment: SWITCHYARD_TOKEN (before any token of switchctl.yaml), SWITCHYARD_PROXY (for
--proxy), and for deploy ENVIRONMENT, VERSION and GIT_SHA in place of what is left out.

Exit status: 0 done, 1 failed, 2 usage, 3 rolled back, 4 refused by a gate or in conflict,
5 locked by someone else, 6 not allowed, 7 timed out and still running, 8 inconclusive,
130 interrupted (traffic is restored first).
)help";

}  // namespace

std::string usage_of(const VerbEntry& verb) {
  std::string text{verb.name};
  for (const Word& word : verb.words) {
    const std::string name = std::string{word.name} + (word.repeated ? "…" : "");
    text += word.needed ? ' ' + name : " [" + name + ']';
  }
  return text;
}

std::string help_of_all() {
  std::string text =
      "Deploys versions, moves traffic between blue and green, and says what runs.\n\n"
      "usage: switchctl VERB [ENV] [WORDS] [FLAGS]; switchctl VERB --help says more of one\n"
      "       switchctl --version\n";
  for (const Section section :
       {Section::versions, Section::sight, Section::traffic, Section::tasks, Section::rest})
    text += verb_rows(section);
  text += "\nFlags of every verb:\n" + flag_rows(common_flags());
  return text + std::string{footer};
}

std::string help_of(const VerbEntry& verb) {
  std::string text = std::string{verb.summary} + ".\n\nusage: switchctl " + usage_of(verb) +
                     (verb.flags.empty() ? "" : " [FLAGS]") + "\nexample: switchctl " +
                     std::string{verb.example} + '\n';
  if (!verb.flags.empty()) text += "\nFlags:\n" + flag_rows(verb.flags);
  return text + "\nFlags of every verb:\n" + flag_rows(common_flags());
}

}  // namespace sy::control
