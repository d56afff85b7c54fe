// What went wrong with a call to AWS, by the kind of answer a person needs. This library has its
// own words: it knows nothing of the product that uses it.
#pragma once
#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace sy::aws {

enum class Kind {
  auth,         // who we are was not accepted: credentials missing, expired, wrongly signed
  denied,       // who we are is known, and may not
  not_found,    // what was named is not there
  invalid,      // what was asked makes no sense
  conflict,     // something else is there, or is under way
  unavailable,  // later may work: throttled, out of order, not reached
  skewed,       // our clock and theirs disagree
  interrupted,  // we were told to stop while waiting for another attempt
};

struct Error {
  Kind kind = Kind::invalid;
  std::string code;  // as AWS names it; empty when the error is our own
  std::string what;  // for a person, secrets taken out
  int status = 0;    // HTTP; 0: there was no answer
  std::string request_id;
  // An attempt of this call was sent and what became of it is not known: look before doing it
  // again. Also with an answer that may be the echo of our own doing: ParameterAlreadyExists after
  // an answer that was lost.
  bool maybe_done = false;
  bool operator==(const Error&) const = default;
};

// The hook boost::system::result needs for value() on an error; only tests and main call value().
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw std::runtime_error(error.what);
}

template <class T = void>
using Result = boost::system::result<T, Error>;

// An error of our own making, before anything was sent.
[[nodiscard]] inline Error mistake(std::string what) {
  return Error{Kind::invalid, "", std::move(what), 0, ""};
}

// For a person: the code, what AWS says, and the request id that its support asks for.
[[nodiscard]] inline std::string sentence(const Error& error) {
  std::string out = error.code.empty() || error.what.empty() ? error.code + error.what
                                                             : error.code + ": " + error.what;
  if (!error.request_id.empty()) out += " (request " + error.request_id + ")";
  return out;
}

}  // namespace sy::aws
