// A claim as the text that is stored. Pure.
#pragma once
#include <string>
#include <string_view>

#include "control/records/ledger.h"

namespace sy::control::records {

inline constexpr std::size_t claim_bytes_max = 4'096;  // what SSM Standard holds

// The phases that are the protocol's own; all others are names of steps.
inline constexpr std::string_view phase_released = "released";  // anyone may go on
inline constexpr std::string_view phase_ended = "ended";        // its record is written

// One line of ASCII JSON. Quotes of the journal are swapped (" and '), so that JSON in JSON needs
// no escapes and keeps its size.
[[nodiscard]] Try<std::string> encode_claim(const Claim& claim);
[[nodiscard]] Try<Claim> decode_claim(std::string_view text);

}  // namespace sy::control::records
