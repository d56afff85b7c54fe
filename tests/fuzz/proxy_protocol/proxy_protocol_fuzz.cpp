// Whatever arrives: a whole header lies within what arrived, and less of it is never whole, so the
// verdict does not depend on how the bytes were cut.
#include "base/check.h"
#include "net/proxy_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using Found = sy::net::ProxyHeader::Found;
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto header = sy::net::parse_proxy_header(text);
  const bool whole = header.found == Found::local || header.found == Found::proxied;
  SY_CHECK(whole == (header.size != 0));
  SY_CHECK((header.found == Found::bad) == !header.why.empty());
  if (!whole) return 0;
  SY_CHECK(header.size <= size && header.size <= sy::net::proxy_v2_bytes_max);
  SY_CHECK(sy::net::parse_proxy_header(text.substr(0, header.size)) == header);
  for (std::size_t less = 0; less < header.size; ++less) {
    SY_CHECK(sy::net::parse_proxy_header(text.substr(0, less)) == sy::net::ProxyHeader{});
  }
  return 0;
}
