// Any text as both files of profiles: no crash, and whatever they say, a chain of roles ends.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "control/aws/chain.h"
#include "control/aws/endpoint.h"
#include "control/aws/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sy;
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const std::string_view config = text.substr(0, text.find('\0'));
  const std::string_view secrets = text.substr(std::min(size, config.size() + 1));
  const auto read = aws::read_profiles(config, secrets);
  if (!read) {
    SY_CHECK(!read.error().what.empty());
    return 0;
  }
  const aws::Environment none;
  for (const auto& [name, profile] : read->profiles) {
    for (const auto& [key, value] : profile) {
      SY_CHECK(!key.empty() && aws::lowered(key) == key);
      SY_CHECK(aws::trimmed(value).size() <= value.size());
    }
    if (const auto chain = aws::plan_chain(*read, name))
      SY_CHECK(chain->roles.size() <= read->profiles.size());
    const auto url = aws::configured_endpoint({"", none, *read, name}, aws::ecs.id);
    const auto allowed = aws::endpoint_allowed(url, false);
    SY_CHECK(allowed || !allowed.error().what.empty());
    const auto region = aws::selected_region("", none, profile);
    if (region) SY_CHECK(region->find_first_of("./:@ ") == std::string::npos);
  }
  return 0;
}
