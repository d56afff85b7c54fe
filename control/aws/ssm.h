// The calls to the Parameter Store of SSM that records need, as plain values. It knows nothing of
// what is written there. Values never stand in an error.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/aws/caller.h"
#include "control/aws/dates.h"

namespace sy::aws {

struct SsmParameter {
  std::string name{};
  std::string type{};  // String, StringList, SecureString
  std::string value{};
  std::int64_t version = 0;
  std::optional<Moment> modified_at{};
  std::string modified_by{};  // ARN; only in a history
  std::vector<std::string> labels{};
  bool operator==(const SsmParameter&) const = default;
};

struct SsmPut {
  std::string name{};
  std::string value{};
  bool overwrite = false;       // false: create only; Kind::conflict when it is there
  std::string type = "String";  // of a new one, and to overwrite with a key
  std::string key_id{};         // a KMS key, with SecureString; also to overwrite one
  std::string description{};
  std::vector<std::pair<std::string, std::string>> tags{};  // only of a new one
};

class Ssm {
 public:
  // REQUIRES: `caller` outlives this.
  explicit Ssm(Caller& caller) : caller_{caller} {}

  // The version that was written. Kind::conflict: ParameterAlreadyExists (which after a lost answer
  // may be our own: maybe_done) or TooManyUpdates, another put under way.
  [[nodiscard]] Result<std::int64_t> put_parameter(const SsmPut& put);
  // `name`, or `name:7` for a version. Kind::not_found: ParameterNotFound or
  // ParameterVersionNotFound, which right after a write may only be early.
  [[nodiscard]] Result<SsmParameter> get_parameter(const std::string& name);
  // All pages, with what is below.
  [[nodiscard]] Result<std::vector<SsmParameter>> get_parameters_by_path(const std::string& path);
  // All pages: the last hundred versions, oldest first.
  [[nodiscard]] Result<std::vector<SsmParameter>> get_parameter_history(const std::string& name);
  // Kind::not_found when there is none. The name cannot be used again for half a minute.
  [[nodiscard]] Result<> delete_parameter(const std::string& name);

 private:
  Caller& caller_;
};

[[nodiscard]] SsmParameter read_ssm_parameter(const boost::json::object& parameter);

}  // namespace sy::aws
