// Tables and tones for people: as wide as the terminal allows, in color only where that is wanted.
// Pure. Text from elsewhere cannot steer the terminal: control characters become blanks.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sy::control {

struct Look {
  std::size_t width = 0;  // columns; 0: no limit
  bool colors = false;    // escape sequences for tones are welcome
  bool operator==(const Look&) const = default;
};

enum class Tone : std::uint8_t { plain, good, warning, bad, faint, strong };

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
  // Most cells are just text.
  Cell(std::string words, Tone how = Tone::plain) : text{std::move(words)}, tone{how} {}
  Cell(const char* words, Tone how = Tone::plain) : text{words}, tone{how} {}
};
using Row = std::vector<Cell>;

// Columns as wide as their widest cell, two blanks apart, none at line ends. What is too wide for
// the look is wrapped within its column; nothing is cut off. The first row is the heading.
[[nodiscard]] std::string table(const std::vector<Row>& rows, const Look& look);

// Words in a tone, if the look has colors.
[[nodiscard]] std::string toned(std::string_view text, Tone tone, const Look& look);

// A paragraph: `first` before the first line, blanks of that width before the others.
[[nodiscard]] std::string paragraph(std::string_view first, std::string_view text,
                                    const Look& look);

// Without control characters.
[[nodiscard]] std::string printable(std::string_view text);

// Columns that a terminal needs for it: characters, not bytes.
[[nodiscard]] std::size_t columns(std::string_view text);

}  // namespace sy::control
