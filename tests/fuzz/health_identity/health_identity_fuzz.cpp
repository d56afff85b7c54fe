// Whatever a `/healthz` answers: what is kept of it is short, printable and found again in the same
// way.
#include <cstdint>

#include "base/check.h"
#include "health/identity.h"

namespace {

void check(const std::string& text) {
  SY_CHECK(text.size() <= sy::health::identity_text_bytes_max);
  for (const char c : text) SY_CHECK(c >= ' ' && c <= '~');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view body{reinterpret_cast<const char*>(bytes), size};
  const auto identity = sy::health::parse_identity(body, "version");
  if (!identity) {
    SY_CHECK(!identity.error().what.empty());
    return 0;
  }
  for (const auto* text : {&identity->version, &identity->git_sha, &identity->environment,
                           &identity->build_time, &identity->service}) {
    check(*text);
  }
  return 0;
}
