// The real Caller: finds credentials and keeps them fresh, signs every attempt anew with the clock
// of AWS, tries again as the standard retry mode (2.1) does, and explains failures. It knows no
// operation and no product; the world it lives in (sockets, files, clocks) is a World.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "control/aws/acquire.h"
#include "control/aws/caller.h"
#include "control/aws/clock_skew.h"
#include "control/aws/profile.h"
#include "control/aws/refresh.h"
#include "control/aws/retry.h"
#include "control/aws/source.h"

namespace sy::aws {

// Everything is optional; empty means: as the environment and the profile say.
struct ClientOptions {
  Environment environment{};   // variables of the process
  std::string profile{};       // --profile: the keys of the environment do not count then
  std::string region{};        // --region
  std::string role_arn{};      // the role that a workflow's OIDC token may assume
  std::string endpoint_url{};  // --endpoint-url, for every service
  bool fips = false;
  std::string ca_bundle{};         // a file of certificates (PEM) instead of the system's
  bool insecure_endpoint = false;  // plain http to others than this machine
  int attempts_max = 0;            // 0: AWS_MAX_ATTEMPTS, max_attempts, or 3
  std::string
      keys_expire;  // RFC 3339; for the environment's keys, without AWS_CREDENTIAL_EXPIRATION
  std::string session_name = "session";  // of assumed roles
  std::string user_agent = "client";
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds exchange_timeout{30'000};  // of one attempt, connecting included
};

// An attempt that failed and is followed by another after `delay`.
struct Notice {
  std::string_view operation;  // "AmazonECS….UpdateService", or "sts"
  int attempt = 1;             // the one that failed
  const Error& error;
  Retry::Delay delay{};
};

struct Hooks {
  std::function<Moment()> now;                      // the machine's clock; required
  std::function<bool(Retry::Delay)> wait;           // required; false: interrupted, stop
  std::function<void(const Notice&)> observe = {};  // "throttled, trying again"
};

// Who we are, for a preflight.
struct Standing {
  std::string source{};             // "the environment", "profile staging", "the container", …
  std::optional<Moment> expires{};  // empty: never, or not known (see `expiry_known`)
  bool renewable = false;           // fetched anew by itself before it expires
  bool expiry_known = true;         // false: a session token that does not say when it ends
  std::string account_id{};         // empty: not known without asking
  bool operator==(const Standing&) const = default;
};

class Client final : public Caller {
 public:
  // Reads profiles; asks nobody. Errors: a region that is missing or is none, a profile that makes
  // no sense, an endpoint that may not be used.
  [[nodiscard]] static Result<std::unique_ptr<Client>> open(const ClientOptions& options,
                                                            const Hooks& hooks);
  // The same in a world of somebody else's making.
  [[nodiscard]] static Result<std::unique_ptr<Client>> open(
      const ClientOptions& options, std::unique_ptr<World> world,
      std::function<void(const Notice&)> observe = {});
  ~Client() override;

  Result<boost::json::object> call(const Operation& operation,
                                   const boost::json::object& input) override;
  Result<Answer> query(const Service& service, const Request& request) override;

  // Fetches credentials when none are held yet.
  [[nodiscard]] Result<Standing> standing();
  // Of the credentials that are held; empty before the first call.
  [[nodiscard]] std::optional<Moment> expires() const;
  [[nodiscard]] bool renewable() const;

  [[nodiscard]] const std::string& region() const;
  // Where a service is asked, or why it cannot be: no FIPS endpoint in that region, plain http.
  [[nodiscard]] Result<Endpoint> endpoint(const Service& service) const;

 private:
  struct Parts;
  explicit Client(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sy::aws
