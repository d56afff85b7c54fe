// What STS is asked and what it answers, as text; who carries it is not known here.
#pragma once
#include <string>
#include <string_view>

#include "control/aws/caller.h"
#include "control/aws/chain.h"
#include "control/aws/credentials.h"
#include "control/aws/error.h"
#include "control/aws/wire.h"

namespace sy::aws {

// `session_name` is for a role that names none.
[[nodiscard]] Request assume_role(const Role& role, std::string_view session_name);
// Not to be signed: the token is who we are.
[[nodiscard]] Request assume_role(const WebIdentity& identity, std::string_view token,
                                  std::string_view session_name);
[[nodiscard]] Request get_caller_identity();

// Of both ways to assume a role.
[[nodiscard]] Result<Credentials> read_assumed(const Answer& answer);

struct Identity {
  std::string account;
  std::string arn;
  std::string user_id;
  bool operator==(const Identity&) const = default;
};
[[nodiscard]] Result<Identity> read_identity(const Answer& answer);
// Asks; needs no permission.
[[nodiscard]] Result<Identity> get_caller_identity(Caller& caller);

// The JSON that a container's endpoint, an instance's or a credential_process answers with.
[[nodiscard]] Result<Credentials> read_credentials(std::string_view json);

// [\w+=,.@-]{2,64}, as STS wants it: other characters become -.
[[nodiscard]] std::string session_name_of(std::string_view text);

}  // namespace sy::aws
