// Any text as a Retry-After field and as a url: no crash, waits within the most, no url in an
// error.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "notify/schedule.h"
#include "notify/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sy;
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const WallTime now{std::chrono::milliseconds{1'704'103'200'000}};
  const notify::Retry retry;
  const auto asked = notify::retry_after(text, now);
  const Duration wait = notify::wait_for(retry, retry.first, asked);
  SY_CHECK(!asked || *asked >= Duration::zero());
  SY_CHECK(wait >= retry.first && wait <= retry.most);
  const auto url = notify::parse_url(text);
  if (!url) {
    SY_CHECK(size < 12 || url.error().what.find(text) == std::string::npos);
    return 0;
  }
  SY_CHECK(!url->host.empty() && url->port != 0 && url->path.starts_with('/'));
  const std::string again = (url->tls ? "https://" : "http://") + url->authority + url->path;
  SY_CHECK(notify::parse_url(again).value() == *url);
  return 0;
}
