// Where the record of an environment is kept.
#pragma once
#include <string>

namespace sy::control::records {

struct Options {
  // SSM names begin with this; "{app}" and "{env}" are already filled in. The record is at
  // <path>/deployment-metadata, claims at <path>/deploy-claims/<epoch>.
  std::string path = "/app/env";
  std::string kms_key_id{};  // SSM: not empty makes the record a SecureString
  std::string file{};        // not empty: a SQLite file instead of SSM
  bool operator==(const Options&) const = default;
};

}  // namespace sy::control::records
