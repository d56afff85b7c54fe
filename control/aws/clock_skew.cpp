#include "control/aws/clock_skew.h"

#include <algorithm>
#include <array>

namespace sy::aws {
namespace {

using namespace std::chrono_literals;
constexpr auto trusted_trip = 15min;
constexpr auto worth_a_retry = 4min;
constexpr std::array<std::string_view, 5> suspects{"InvalidSignatureException",
                                                   "SignatureDoesNotMatch", "AuthFailure",
                                                   "RequestTimeTooSkewed", "AccessDeniedException"};

}  // namespace

std::optional<ClockSkew::Span> ClockSkew::learn(Moment sent, Moment received,
                                                const Fields& answer) {
  if (find(answer, "Age") || received < sent || received - sent > trusted_trip) return std::nullopt;
  const auto date = find(answer, "Date");
  const auto theirs = date ? read_http_date(*date) : std::nullopt;
  if (!theirs) return std::nullopt;
  skew_ = *theirs - (sent + (received - sent) / 2);
  return skew_;
}

bool explained_by_skew(std::string_view code, const std::optional<ClockSkew::Span>& learnt) {
  const bool suspect = std::find(suspects.begin(), suspects.end(), code) != suspects.end();
  return suspect && learnt && std::chrono::abs(*learnt) >= worth_a_retry;
}

}  // namespace sy::aws
