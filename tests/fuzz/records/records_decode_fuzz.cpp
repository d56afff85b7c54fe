// Whatever bytes stand in place of a record or of a claim: refused in words that show none of them,
// or a value of bounded size that can be written, and is the same again when it is read.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "control/records/claim_text.h"
#include "control/records/record.h"

namespace {

using sy::control::records::Claim;
using sy::control::records::Record;

void expect_plain(std::string_view text) {
  for (const char c : text) SY_CHECK(c >= 0x20 && c < 0x7f);
  SY_CHECK(text.find("{{") == std::string_view::npos);
}

void read_record(std::string_view text) {
  const auto record = sy::control::records::decode(text);
  if (!record) {
    SY_CHECK(record.error().what.size() < 200 && !record.error().next.empty());
    return;
  }
  SY_CHECK(!sy::control::records::is_foreign(text));
  SY_CHECK(record->recent.size() <= sy::control::records::recent_max);
  const auto written = sy::control::records::encode(*record);
  if (!written) return;  // What somebody else wrote may be too large for us to write.
  expect_plain(*written);
  SY_CHECK(written->size() <= sy::control::records::record_bytes_max);
  const auto again = sy::control::records::decode(*written);
  SY_CHECK(again.has_value());
  SY_CHECK(sy::control::records::encode(*again).value() == *written);
}

void read_claim(std::string_view text) {
  const auto claim = sy::control::records::decode_claim(text);
  if (!claim) {
    SY_CHECK(claim.error().what.size() < 200);
    return;
  }
  const auto written = sy::control::records::encode_claim(*claim);
  if (!written) return;
  expect_plain(*written);
  SY_CHECK(sy::control::records::decode_claim(*written).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  read_record(text);
  read_claim(text);
  return 0;
}
