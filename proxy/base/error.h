// An error knows whose fault it is, whether trying again is safe, and what the peer is told.
#pragma once
#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace sy {

// Only `upstream` counts against a version, so a client that hangs up cannot cause a revert.
enum class Blame { client, upstream, self };

struct Error {
  Blame blame = Blame::self;
  bool retryable = false;  // only if no byte of the request can have reached the upstream
  int status = 500;        // what the peer is told, while it can still be told; 0: nothing
  std::string what;        // for a person
  bool operator==(const Error&) const = default;
};

// The hook boost::system::result needs for value() on an error; only tests and main call value().
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw std::runtime_error(error.what);
}

template <class T = void>
using Result = boost::system::result<T, Error>;

}  // namespace sy
