// The names of claims in SSM, read back: "…/1234" and, after takeovers, "…/1234.t2".
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace sy::control::records {

struct ClaimName {
  std::uint64_t epoch = 0;
  int generation = 1;
  bool operator==(const ClaimName&) const = default;
};

[[nodiscard]] std::optional<ClaimName> parse_claim_name(std::string_view name);

}  // namespace sy::control::records
