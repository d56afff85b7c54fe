// What is sent: the text of a notice for each kind of receiver, and its signature.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "director/ports.h"
#include "notify/options.h"

namespace sy::notify {

// One JSON object, as docs/configuration.md describes it.
[[nodiscard]] std::string json_body(const director::Notice& notice, std::string_view id);
// {"text": …} on one line, with Slack's three characters escaped.
[[nodiscard]] std::string slack_body(const director::Notice& notice);
[[nodiscard]] std::string body(Kind kind, const director::Notice& notice, std::string_view id);

// "t=1704103200,v1=…": HMAC-SHA-256 (RFC 2104) in hex of "1704103200." and the body, so that an old
// message cannot be passed off as a new one.
[[nodiscard]] std::string signature(std::string_view secret, std::chrono::sys_seconds at,
                                    std::string_view body);

}  // namespace sy::notify
