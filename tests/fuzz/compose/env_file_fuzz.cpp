// Whatever stands in a .env file: one variable is changed, added or taken out, and all others keep
// their values.
#include <cstdint>

#include "base/check.h"
#include "control/platform/env_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sy::control::platform;
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const std::string changed = with_env_value(text, "A", "v1");
  const std::string without = without_env_value(text, "A");
  SY_CHECK(without.size() <= text.size());
  // A quote that does not end where it should makes the rest mean something else; whoever writes
  // the file looks whether the value can be read again.
  if (text.find_first_of("\"'") != std::string_view::npos) return 0;
  SY_CHECK(env_value(changed, "A") == "v1");
  SY_CHECK(env_value(changed, "B") == env_value(text, "B"));
  SY_CHECK(with_env_value(changed, "A", "v1") == changed);
  // A byte order mark may come to stand at the begin.
  SY_CHECK(!env_value(without, "A") || text.find("\xef\xbb\xbf") != std::string_view::npos);
  return 0;
}
