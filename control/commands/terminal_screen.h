// A terminal taken over for a live view: the alternate buffer, without a cursor, and given back on
// the way out whichever way that is.
#pragma once
#include <iosfwd>

#include "control/render/screen.h"

namespace sy::control {

class TerminalScreen {
 public:
  explicit TerminalScreen(std::ostream& out);
  TerminalScreen(const TerminalScreen&) = delete;
  TerminalScreen& operator=(const TerminalScreen&) = delete;
  ~TerminalScreen();

 private:
  std::ostream& out_;
};

// Of the terminal that standard output is now, however it was resized; 24 by 80 when it is none.
[[nodiscard]] Canvas canvas_now(bool colors);
// How tables are to look on standard output: the terminal's width; colors unless `no_color`.
[[nodiscard]] Look look_of_output(bool no_color);

}  // namespace sy::control
