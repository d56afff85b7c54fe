// Programs that are not run: what was asked for is kept, answers come from a list of beginnings.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "control/terms/program.h"

namespace sy::testing {

class ScriptedPrograms final : public control::Programs {
 public:
  // The first whose words are in the command line answers; a command of no entry cannot be
  // started.
  std::vector<std::pair<std::string, control::Ran>> answers;
  std::vector<std::string> ran;  // "NAME=value docker-compose -f … up -d …"

  control::Try<control::Ran> run(const control::Command& command, control::Pace*) override {
    std::string line;
    for (const auto& [name, value] : command.environment)
      line += (value ? name + '=' + *value : '-' + name) + ' ';
    std::string words;
    for (const std::string& word : command.words) words += (words.empty() ? "" : " ") + word;
    ran.push_back(line + words);
    for (const auto& [part, answer] : answers)
      if (ran.back().find(part) != std::string::npos) return answer;
    return control::Failure{
        control::ExitCode::failed,
        command.words.front() + " cannot be started: No such file or directory."};
  }
};

}  // namespace sy::testing
