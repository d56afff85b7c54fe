// Whatever docker and docker-compose print: what is read of it can be spoken of on one line.
#include <cstdint>

#include "base/check.h"
#include "control/platform/container.h"

namespace {

using namespace sy::control::platform;

void check(const std::string& line) {
  SY_CHECK(line.find('\n') == std::string::npos && line.find('\r') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  if (const auto all = parse_containers(text)) {
    for (const Container& one : *all) {
      SY_CHECK(one.port >= 0 && one.port <= 65'535);
      check(one.complaint);
      check(one.error);
      if (const auto fault = against(one, "v1")) SY_CHECK(!fault->what.empty());
      SY_CHECK(!in_words(one).empty());
    }
  }
  for (const auto& [name, digest] : parse_digests(text)) SY_CHECK(name.size() <= size * 4);
  for (const auto& [service, image] : parse_images(text)) {
    check(service);
    check(image);
    const std::string tag = tag_of(image);
    SY_CHECK(tag.find('/') == std::string::npos);
  }
  for (const Line& line : parse_log(text, "c")) SY_CHECK(line.text.size() < size);
  return 0;
}
