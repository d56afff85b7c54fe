// Calls of docker and docker compose for one project: which words they are called with, how long
// they may take, what a bad end of theirs means. Knows nothing of colors and versions.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "control/platform/container.h"
#include "control/terms/failure.h"
#include "control/terms/program.h"

namespace sy::control::platform {

struct ComposeProject {
  std::string folder{};                // of the compose file; commands run there
  std::string file{};                  // its name there
  std::string name{};                  // empty: compose's own choice
  std::vector<std::string> command{};  // empty: found by itself
};

// Variables for one call, before those of `.env`.
using Variables = std::map<std::string, std::string>;

class ComposeCalls {
 public:
  // `programs` outlives it.
  ComposeCalls(ComposeProject project, Programs& programs)
      : project_{std::move(project)}, programs_{programs} {}

  // Images by service, as the compose file has them with these variables.
  [[nodiscard]] Try<std::map<std::string, std::string>> images(const Variables& variables);
  // Containers of the project, stopped ones too.
  [[nodiscard]] Try<std::vector<Container>> containers();
  // What is known of the digests of images on this machine; less than asked for when some are not.
  [[nodiscard]] Try<std::map<std::string, std::string>> digests(
      const std::vector<std::string>& images);
  // Nothing, or why the registry does not have it.
  [[nodiscard]] Try<> in_registry(const std::string& image);
  // Never builds, never touches another service. `keep`: containers that are there stay as they
  // are.
  [[nodiscard]] Try<> up(const std::string& service, int count, const Variables& variables,
                         bool keep);
  // Stops and removes all containers of a service.
  [[nodiscard]] Try<> remove(const std::string& service);
  [[nodiscard]] Try<std::string> log(const std::string& container,
                                     const std::vector<std::string>& options);
  [[nodiscard]] const ComposeProject& project() const { return project_; }

 private:
  [[nodiscard]] Try<> find_command();
  [[nodiscard]] Try<Ran> compose(const std::string& deed, std::vector<std::string> words,
                                 const Variables& variables, Duration timeout);
  [[nodiscard]] Try<Ran> call(const std::string& deed, const Command& command);

  ComposeProject project_;
  Programs& programs_;
  bool found_ = false;
};

}  // namespace sy::control::platform
