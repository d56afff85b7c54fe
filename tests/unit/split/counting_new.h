// How often this program asked for memory.
#pragma once
#include <cstddef>

namespace sy::testing {

[[nodiscard]] std::size_t allocations();

}  // namespace sy::testing
