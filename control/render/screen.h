// The live view of an environment: as many lines as the terminal has, each as long as fits. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "api/message.h"
#include "control/facts/facts.h"
#include "control/render/table.h"

namespace sy::control {

struct Canvas {
  std::size_t rows = 24;
  std::size_t columns = 80;
  bool colors = true;
  bool operator==(const Canvas&) const = default;
};

// Lines without line ends, at most `canvas.rows`. `recent`: of a proxy's journal, oldest first.
[[nodiscard]] std::vector<std::string> screen(const Facts& facts,
                                              const std::vector<api::EntryView>& recent,
                                              const Canvas& canvas);

// What screen() draws as bytes: from the upper left corner, each line to its end, the rest blank.
[[nodiscard]] std::string drawn(const std::vector<std::string>& lines);

// The same in one line, for where nothing can be drawn over.
[[nodiscard]] std::string watch_line(const Facts& facts);

// "[#####-----]": share of 0 to 1.
[[nodiscard]] std::string bar(double share, std::size_t cells);

}  // namespace sy::control
