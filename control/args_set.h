// Where each word and each flag's value goes, and what it must be. Private to the tables of args.
#pragma once
#include <string_view>

#include "config/decode.h"
#include "control/args.h"

namespace sy::control {

// A fault reads after the name of the word or flag, "must be …"; one that begins with a quotation
// mark stands alone.
using config::Fault;

template <bool Args::*member>
Fault raise(Args& args, std::string_view) {
  args.*member = true;
  return {};
}

template <std::string Args::*member>
Fault keep(Args& args, std::string_view value) {
  if (value.empty()) return "must not be empty";
  args.*member = value;
  return {};
}

Fault set_environment(Args& args, std::string_view value);
Fault set_version(Args& args, std::string_view value);    // REQUIRES: any_version is known
Fault check_version(Args& args, std::string_view value);  // likewise
Fault set_count(Args& args, std::string_view value);
Fault set_color(Args& args, std::string_view value);
Fault check_color(Args& args, std::string_view value);
Fault check_on_off(Args& args, std::string_view value);
Fault check_shell(Args& args, std::string_view value);

Fault set_committed(Args& args, std::string_view value);
Fault set_approve(Args& args, std::string_view value);
Fault set_git_sha(Args& args, std::string_view value);
Fault set_deploy_until(Args& args, std::string_view value);
Fault set_keep_warm(Args& args, std::string_view value);
Fault set_list(Args& args, std::string_view value);
Fault set_wait_until(Args& args, std::string_view value);
Fault set_since(Args& args, std::string_view value);
Fault set_after(Args& args, std::string_view value);
Fault set_limit(Args& args, std::string_view value);
Fault set_timeout(Args& args, std::string_view value);
Fault add_proxy(Args& args, std::string_view value);

}  // namespace sy::control
