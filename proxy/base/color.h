// Blue and green: the two slots a version can run in.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sy {

enum class Color : std::uint8_t { blue, green };

inline constexpr std::array<Color, 2> colors{Color::blue, Color::green};

[[nodiscard]] constexpr Color other(Color color) {
  return color == Color::blue ? Color::green : Color::blue;
}

[[nodiscard]] constexpr std::string_view name(Color color) {
  return color == Color::blue ? "blue" : "green";
}

[[nodiscard]] constexpr std::optional<Color> parse_color(std::string_view text) {
  if (text == "blue") return Color::blue;
  if (text == "green") return Color::green;
  return std::nullopt;
}

// One T for each color.
template <class T>
struct PerColor {
  T blue{};
  T green{};
  [[nodiscard]] constexpr T& operator[](Color color) { return color == Color::blue ? blue : green; }
  [[nodiscard]] constexpr const T& operator[](Color color) const {
    return color == Color::blue ? blue : green;
  }
  bool operator==(const PerColor&) const = default;
};

}  // namespace sy
