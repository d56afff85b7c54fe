#include "control/render/table.h"

#include <algorithm>

namespace sy::control {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 10;  // a column is not made narrower than this

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

// How many bytes the first `most` characters take.
std::size_t bytes_of(std::string_view text, std::size_t most) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (!continues(text[at]) && most-- == 0) break;
    ++at;
  }
  return at;
}

// The next line of `text`, at most `width` wide, broken at a blank where there is one.
std::string_view next_line(std::string_view& text, std::size_t width) {
  const std::size_t fits = width == 0 ? text.size() : bytes_of(text, width);
  if (fits == text.size()) return std::exchange(text, {});
  std::size_t end = text[fits] == ' ' ? fits : text.rfind(' ', fits);
  if (end == text.npos || end == 0) end = fits;
  const auto line = text.substr(0, end);
  text.remove_prefix(end);
  while (text.starts_with(' ')) text.remove_prefix(1);
  return line;
}

std::vector<std::size_t> natural_widths(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], columns(row[i].text));
  }
  return widths;
}

void narrow(std::vector<std::size_t>& widths, std::size_t most) {
  if (most == 0 || widths.empty()) return;
  std::size_t all = gap * (widths.size() - 1);
  for (const auto width : widths) all += width;
  while (all > most) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= narrowest) return;
    --*widest;
    --all;
  }
}

void trim(std::string& line) {
  while (line.ends_with(' ')) line.pop_back();
}

std::string row_text(const Row& row, const std::vector<std::size_t>& widths, bool heading,
                     const Look& look) {
  std::vector<std::string> clean;
  clean.reserve(row.size());
  for (const auto& cell : row) clean.push_back(printable(cell.text));
  std::vector<std::string_view> left{clean.begin(), clean.end()};
  std::string text;
  bool more = true;
  while (more) {
    more = false;
    std::string line;
    std::size_t blanks = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto piece = next_line(left[i], widths[i]);
      if (!piece.empty()) {
        line.append(blanks, ' ');
        line += toned(piece, heading ? Tone::faint : row[i].tone, look);
        blanks = 0;
      }
      blanks += widths[i] - std::min(widths[i], columns(piece)) + gap;
      more = more || !left[i].empty();
    }
    trim(line);
    text += line + "\n";
  }
  return text;
}

}  // namespace

std::string table(const std::vector<Row>& rows, const Look& look) {
  auto widths = natural_widths(rows);
  narrow(widths, look.width);
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) text += row_text(rows[i], widths, i == 0, look);
  return text;
}

std::string toned(std::string_view text, Tone tone, const Look& look) {
  const std::string clean = printable(text);
  if (!look.colors || clean.empty()) return clean;
  const auto in = [&clean](const char* code) { return code + clean + "\x1b[0m"; };
  switch (tone) {
    case Tone::plain: return clean;
    case Tone::good: return in("\x1b[32m");
    case Tone::warning: return in("\x1b[33m");
    case Tone::bad: return in("\x1b[31m");
    case Tone::faint: return in("\x1b[2m");
    case Tone::strong: return in("\x1b[1m");
  }
  return clean;
}

std::string paragraph(std::string_view first, std::string_view text, const Look& look) {
  const std::string clean = printable(text);
  std::string_view left = clean;
  const std::size_t indent = columns(first);
  const std::size_t width = look.width == 0 ? 0 : std::max(look.width, indent + narrowest) - indent;
  std::string all{first};
  do {
    all += next_line(left, width);
    all += '\n';
    if (!left.empty()) all.append(indent, ' ');
  } while (!left.empty());
  return all;
}

std::string printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {  // U+0080 to U+009F
      clean += ' ';
      ++i;
    } else {
      clean += byte < 0x20 || byte == 0x7f ? ' ' : text[i];
    }
  }
  return clean;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continues(byte); }));
}

}  // namespace sy::control
