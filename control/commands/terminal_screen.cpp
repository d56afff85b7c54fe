#include "control/commands/terminal_screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <ostream>

namespace sy::control {

TerminalScreen::TerminalScreen(std::ostream& out) : out_{out} {
  out_ << "\x1b[?1049h\x1b[?25l" << std::flush;
}

TerminalScreen::~TerminalScreen() { out_ << "\x1b[?25h\x1b[?1049l" << std::flush; }

Canvas canvas_now(bool colors) {
  winsize size{};
  Canvas canvas{24, 80, colors};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    return canvas;
  canvas.rows = size.ws_row;
  canvas.columns = size.ws_col;
  return canvas;
}

Look look_of_output(bool no_color) {
  if (::isatty(STDOUT_FILENO) != 1) return {};
  return {canvas_now(false).columns, !no_color};
}

}  // namespace sy::control
