// Which color answers a request: weights, affinity, preview. Pure but for the diffusion error,
// which its caller owns.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "split/routing.h"

namespace sy::split {

// A client's place on the line from 0 to `whole`: it is on the candidate while its position is
// under the candidate's weight, whatever color its cookie names. So a client never leaves the
// candidate while its weight grows, page and API calls agree, and a step from 10 to 50 % moves four
// clients in nine.
using Position = int;

// Cookie value: "<color letter>.<deploy>.<position>", e.g. "g.k3f9.0412".
struct Cookie {
  Color color = Color::blue;
  std::string_view deploy;
  Position position = 0;
};
[[nodiscard]] std::optional<Cookie> parse_cookie(std::string_view value);
void append_cookie(std::string& text, const Cookie& cookie);

// Error diffusion: at 1 % exactly one request in each hundred. One per worker; `phase` in [0,
// whole) sets them apart so that workers do not send their first candidate request together.
class Diffusion {
 public:
  explicit Diffusion(int phase = 0) : error_{phase} {}
  // True when this request goes to the candidate whose weight is given.
  [[nodiscard]] bool next(int candidate_weight) {
    error_ += candidate_weight;
    if (error_ < whole) return false;
    error_ -= whole;
    return true;
  }

 private:
  int error_ = 0;
};

struct Choice {
  Color color = Color::blue;
  bool issue_cookie = false;  // the client has no valid cookie and both colors have weight
  Position position = 0;      // for the cookie, when issue_cookie
};

// `cookie`: the value of the affinity cookie, or empty. `random`: 64 fresh random bits.
// `preview`: the color an entitled client asked for; wins over everything, gets no cookie.
// Allocates nothing.
[[nodiscard]] Choice pick(const Routing& routing, std::string_view cookie,
                          std::optional<Color> preview, Diffusion& diffusion, std::uint64_t random);

// Effective weights: a color whose gate is shut gets nothing while the other's is open; with both
// shut everything goes to `live` (panic mode, decide.md interlock 1). Sums to `whole`.
struct Effective {
  PerColor<int> weight;
  bool panic = false;
  bool operator==(const Effective&) const = default;
};
[[nodiscard]] Effective effective(PerColor<int> configured, PerColor<bool> open, Color live);

}  // namespace sy::split
