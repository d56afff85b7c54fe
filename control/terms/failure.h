// Why an action of switchctl did not come to what was wanted: in words, with what to do next and
// the exit code that says so to scripts.
#pragma once
#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

#include "control/terms/exit_code.h"

namespace sy::control {

struct Failure {
  ExitCode code = ExitCode::failed;
  std::string what;  // one sentence: what is true, and why; no secret, no parameter's value
  // What to do about it, as a sentence or a command; empty: nothing can be done.
  std::string next{};
  bool operator==(const Failure&) const = default;
};

// The hook boost::system::result needs for value() on an error; only tests call value().
[[noreturn]] inline void throw_exception_from_error(const Failure& failure,
                                                    const boost::source_location&) {
  throw std::runtime_error(failure.what);
}

template <class T = void>
using Try = boost::system::result<T, Failure>;

}  // namespace sy::control
