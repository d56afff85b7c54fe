// Bodies of requests and answers: whatever is accepted must say the same after another round.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "api/message.h"
#include "base/check.h"

namespace {

template <class Parse>
void round_trip(std::string_view text, Parse parse) {
  const auto first = parse(text);
  if (!first) return;
  const auto second = parse(encode(*first));
  SY_CHECK(second);
  SY_CHECK(*second == *first);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  round_trip(text, sy::api::parse_weights);
  round_trip(text, sy::api::parse_switch);
  round_trip(text, sy::api::parse_reason);
  round_trip(text, sy::api::parse_maintenance);
  round_trip(text, sy::api::parse_upstreams);
  round_trip(text, sy::api::parse_start);
  round_trip(text, sy::api::parse_plan);
  round_trip(text, sy::api::parse_promote);
  round_trip(text, sy::api::parse_approve);
  std::ignore = sy::api::parse_duration(text);
  std::ignore = sy::api::decode_rollouts(text);
  std::ignore = sy::api::decode_status(text);  // only that it returns
  std::ignore = sy::api::decode_journal(text);
  std::ignore = sy::api::decode_problem(text);
  std::ignore = sy::api::decode_applied(text);
  return 0;
}
