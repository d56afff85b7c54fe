// Who we are to AWS: one tuple, never mixed with another (a key of before and a token of after a
// refresh is a signature that does not match).
#pragma once
#include <optional>
#include <string>

#include "control/aws/dates.h"

namespace sy::aws {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty: none
  std::string account_id;     // empty: not known
  std::optional<Moment> expires;
  bool operator==(const Credentials&) const = default;
};

}  // namespace sy::aws
