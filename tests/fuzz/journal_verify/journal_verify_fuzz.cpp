// Whatever bytes are in a journal: verified without harm, and intact only when every line is.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "director/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto found = sy::director::verify_text(text);
  const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  SY_CHECK(found.entries <= lines);
  if (found.problems.empty()) {
    SY_CHECK(found.entries == lines && (text.empty() || text.ends_with('\n')));
  }
  return 0;
}
