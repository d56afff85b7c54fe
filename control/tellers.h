// How what goes on is shown: a bar that is drawn over on a terminal, plain lines elsewhere, lines
// of JSON for programs.
#pragma once
#include <iosfwd>
#include <memory>

#include "control/terms/pace.h"
#include "control/terms/teller.h"

namespace sy::control {

struct Manner {
  bool json = false;
  bool live = false;    // a person watches: lines may be drawn over
  bool github = false;  // steps become groups, warnings annotations
  std::size_t columns = 80;
};

// References outlive it. `pace` gives the times of JSON lines.
[[nodiscard]] std::unique_ptr<Teller> make_teller(const Manner& manner, std::ostream& out,
                                                  const Pace& pace);

// {"at":…,"step":…,"kind":…,"what":…,"share":…, fields…} and a line end.
[[nodiscard]] std::string note_line(const Note& note, WallTime at);

}  // namespace sy::control
