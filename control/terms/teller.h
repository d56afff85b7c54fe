// What an action says while it goes on. Who shows it, and how (a bar on a terminal, plain lines in
// CI, JSON lines), is not known here.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace sy::control {

struct Note {
  enum class Kind {
    begun,     // a step begins: it is shown on a line of its own
    progress,  // how far it is; a later one may be drawn over it
    done,      // the step came to its end
    warning,   // goes on, but a person should know
    undone,    // what was done is taken back
  };
  Kind kind = Kind::progress;
  std::string step;   // its name in the plan: "start", "rollout"; also in --json
  std::string what;   // for a person; one line
  double share = -1;  // of the step, 0 to 1; negative: not known
  std::vector<std::pair<std::string, std::string>> fields{};  // more for --json, by name
};

class Teller {
 public:
  virtual ~Teller() = default;
  virtual void tell(const Note& note) = 0;
};

}  // namespace sy::control
