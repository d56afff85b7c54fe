#include "split/pick.h"

#include <algorithm>

namespace sy::split {
namespace {

constexpr std::size_t position_digits = 4;
constexpr std::size_t deploy_length_max = 16;

bool digit(char c) { return c >= '0' && c <= '9'; }
bool deploy_char(char c) { return digit(c) || (c >= 'a' && c <= 'z'); }

// Uniform in [from, to) from the upper half of `random`; the bias is under to / 2^32.
Position draw(Position from, Position to, std::uint64_t random) {
  const auto span = static_cast<std::uint64_t>(to - from);
  return from + static_cast<Position>(((random >> 32) * span) >> 32);
}

}  // namespace

std::optional<Cookie> parse_cookie(std::string_view value) {
  if (value.size() < 2 + 1 + 1 + position_digits || value[1] != '.') return std::nullopt;
  if (value[0] != 'b' && value[0] != 'g') return std::nullopt;
  const auto dot = value.size() - position_digits - 1;
  if (value[dot] != '.') return std::nullopt;
  const auto deploy = value.substr(2, dot - 2);
  const auto digits = value.substr(dot + 1);
  if (deploy.empty() || deploy.size() > deploy_length_max) return std::nullopt;
  if (!std::all_of(deploy.begin(), deploy.end(), deploy_char)) return std::nullopt;
  if (!std::all_of(digits.begin(), digits.end(), digit)) return std::nullopt;
  Position position = 0;
  for (const char c : digits) position = position * 10 + (c - '0');
  return Cookie{value[0] == 'b' ? Color::blue : Color::green, deploy, position};
}

void append_cookie(std::string& text, const Cookie& cookie) {
  text += name(cookie.color).front();
  text += '.';
  text += cookie.deploy;
  text += '.';
  Position unit = 1'000;  // of the first of position_digits
  for (std::size_t i = 0; i < position_digits; ++i, unit /= 10)
    text += static_cast<char>('0' + cookie.position / unit % 10);
}

Choice pick(const Routing& routing, std::string_view cookie, std::optional<Color> preview,
            Diffusion& diffusion, std::uint64_t random) {
  if (preview) return Choice{.color = *preview};
  const Color candidate = other(routing.live);
  const int weight = routing.weight[candidate];
  if (weight <= 0) return Choice{.color = routing.live};
  if (weight >= whole) return Choice{.color = candidate};
  if (!routing.affinity.on) {
    return Choice{.color = diffusion.next(weight) ? candidate : routing.live};
  }
  if (!cookie.empty()) {
    const auto known = parse_cookie(cookie);
    if (known && known->deploy == routing.deploy) {
      return Choice{.color = known->position < weight ? candidate : routing.live};
    }
  }
  if (diffusion.next(weight)) return Choice{candidate, true, draw(0, weight, random)};
  return Choice{routing.live, true, draw(weight, whole, random)};
}

Effective effective(PerColor<int> configured, PerColor<bool> open, Color live) {
  if (open.blue && open.green) return Effective{configured, false};
  const bool panic = !open.blue && !open.green;
  const Color all = panic ? live : (open.blue ? Color::blue : Color::green);
  Effective result{.weight = {0, 0}, .panic = panic};
  result.weight[all] = whole;
  return result;
}

}  // namespace sy::split
