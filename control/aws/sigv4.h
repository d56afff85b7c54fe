// Signature Version 4 as a pure function. Fields in, fields out; it sends nothing and reads no
// clock. The key of the day is worked out anew each time: four hashes cost less than a cache that
// must notice every refresh and midnight.
#pragma once
#include <string>
#include <string_view>

#include "control/aws/credentials.h"
#include "control/aws/dates.h"
#include "control/aws/error.h"
#include "control/aws/fields.h"

namespace sy::aws {

struct Scope {
  std::string region;
  std::string service;  // the signing name: "ecs", "ssm", "sts", "ecr", "logs"
  bool operator==(const Scope&) const = default;
};

// The defaults are right for every service but S3.
struct Signing {
  bool double_encode = true;
  bool normalize = true;    // dot segments and double slashes leave the path
  bool sign_token = true;   // false: the session token is added but not signed
  bool hash_field = false;  // adds x-amz-content-sha256
};

// Every step, so that a mismatch can be explained; `fields` is what the request still needs.
struct Signed {
  std::string canonical_request;
  std::string string_to_sign;
  std::string signature;
  Fields fields;
};

// REQUIRES: request.fields has Host, and each field that is to be sent and signed.
[[nodiscard]] Signed explain(const Request& request, const Credentials& credentials,
                             const Scope& scope, Seconds now, const Signing& signing = {});

// The fields to add to `request` so that AWS accepts it for a few minutes around `now`. To be
// asked again for every attempt: a signature does not keep.
[[nodiscard]] Fields sign(const Request& request, const Credentials& credentials,
                          const Scope& scope, Seconds now);

// The Host of a URL as it must be sent and signed: lower case, no user, no default port.
[[nodiscard]] Result<std::string> host_of(std::string_view url);

[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace sy::aws
