// Any text as the body of a refusal, in both protocols, and as credentials: no crash, a code, and
// one line that a terminal can be given.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "control/aws/redact.h"
#include "control/aws/sts.h"
#include "control/aws/wire.h"

namespace {

bool printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

void check(const sy::aws::Error& error) {
  SY_CHECK(!error.code.empty() && printable(error.code));
  SY_CHECK(printable(error.what) && error.what.size() <= 2003);
  SY_CHECK(printable(error.request_id));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sy;
  const std::string text{reinterpret_cast<const char*>(bytes), size};
  check(aws::json_error({400, {}, text}));
  check(aws::query_error({503, {}, text}));
  check(aws::json_error({403, {{"X-Amzn-Errortype", text}, {"x-amzn-RequestId", text}}, "{}"}));
  const auto assumed = aws::read_assumed({200, {}, text});
  if (assumed) SY_CHECK(!assumed->access_key_id.empty() && !assumed->secret_access_key.empty());
  const auto read = aws::read_credentials(text);
  if (read) SY_CHECK(!read->access_key_id.empty() && !read->secret_access_key.empty());
  const std::string secret = "wJalrXUtnFEMI/K7MDENG";
  const aws::Credentials ours{"AKID", secret, "", "", std::nullopt};
  SY_CHECK(aws::redacted(text + secret, ours).find(secret) == std::string::npos);
  return 0;
}
