// What ran when, as a value and as the text that is stored. Pure: it knows no SSM and no file.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/color.h"
#include "base/time.h"
#include "base/version.h"
#include "control/terms/failure.h"

namespace sy::control::records {

struct ServiceRelease {
  std::string definition{};  // ECS: "pms-backend-production:1234"; compose: the image; static: ""
  std::string digest{};      // "sha256:…"; empty: not known
  int count = 0;             // of tasks
  bool operator==(const ServiceRelease&) const = default;
};

struct Release {  // one version of all services, in one color
  Version version{};
  std::string git_sha{};
  WallTime deployed_at{};
  std::string by{};   // caller's ARN, or user@host
  std::string run{};  // URL of the CI run; empty: a desk
  Color color = Color::blue;
  std::map<std::string, ServiceRelease> services{};
  bool operator==(const Release&) const = default;
};

struct Operation {  // one line of the recent past
  Version version{};
  WallTime at{};         // whole seconds
  std::string op{};      // "deploy", "rollback", "drill", "restart", "scale", "lock", "import"
  std::string result{};  // "succeeded", "failed", "rolled_back", "released"
  std::string by{};
  std::map<std::string, std::string> definitions{};  // service → definition, of this version
  bool operator==(const Operation&) const = default;
};

struct Record {
  std::uint64_t epoch = 0;  // raised by one by every operation that ended, whatever its result
  std::string env{};
  std::string nonce{};  // of the claim that wrote it: tells a lost answer from another's write
  std::string op{};
  std::string result{};
  std::string reason{};
  std::optional<Release> current{};
  std::optional<Release> previous{};
  std::vector<Operation> recent{};  // newest first, at most recent_max
  bool operator==(const Record&) const = default;
};

inline constexpr std::size_t recent_max = 20;
inline constexpr std::size_t record_bytes_max = 3'900;  // SSM Standard holds 4 096

// One line of ASCII JSON without "{{" (SSM refuses it); oldest `recent` are left out until it fits.
[[nodiscard]] Try<std::string> encode(const Record& record);
// A failure that says what to do for another schema (refuse to write) and for text that is not ours
// ("foreign": switchctl versions ENV --import).
[[nodiscard]] Try<Record> decode(std::string_view text);

// Whether no switchctl of any version wrote this.
[[nodiscard]] bool is_foreign(std::string_view text);

// The record after an operation ended: epoch + 1, `recent` grown; current and previous as given.
[[nodiscard]] Record after(const Record& before, const Operation& operation,
                           const std::optional<Release>& current,
                           const std::optional<Release>& previous);

}  // namespace sy::control::records
