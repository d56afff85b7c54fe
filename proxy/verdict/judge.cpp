#include "verdict/judge.h"

namespace sy::verdict {

std::string_view word(Kind kind) {
  switch (kind) {
    case Kind::none: return "none";
    case Kind::inconclusive: return "inconclusive";
    case Kind::healthy: return "healthy";
    case Kind::suspect: return "suspect";
    case Kind::breach: return "breach";
    case Kind::shared: return "shared";
  }
  return {};
}

}  // namespace sy::verdict
