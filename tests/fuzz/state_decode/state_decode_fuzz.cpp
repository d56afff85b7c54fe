// Whatever bytes are in a state file: refused, or exactly what encode would have written.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "rollout/state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto state = sy::rollout::decode(text);
  if (!state) return 0;
  SY_CHECK(sy::rollout::encode(*state) == text);
  SY_CHECK(state->weight.blue + state->weight.green == 10'000);
  return 0;
}
