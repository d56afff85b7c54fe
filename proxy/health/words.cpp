#include "health/words.h"

#include <boost/system/errc.hpp>

namespace sy::health {
namespace {

namespace errc = boost::system::errc;

std::string milliseconds(Duration duration) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(duration).count()) + " ms";
}

std::string lower_first(std::string text) {
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z') {
    text[0] = static_cast<char>(text[0] + 32);
  }
  return text;
}

std::string_view missing(Reached reached) {
  switch (reached) {
    case Reached::nothing: return "no connection";
    case Reached::connection: return "no answer";
    case Reached::head: return "body incomplete";
  }
  return {};
}

}  // namespace

std::string answered(int status, Duration took) {
  return std::to_string(status) + " after " + milliseconds(took);
}

std::string connect_failed(const boost::system::error_code& why) {
  if (why == errc::connection_refused) return "connect refused";
  return "connect: " + lower_first(why.message());
}

std::string no_address(std::string_view host) { return "no address for " + std::string{host}; }

std::string timed_out(Duration limit, Reached reached) {
  return "timed out after " + milliseconds(limit) + " (" + std::string{missing(reached)} + ")";
}

std::string tls_failed(std::string_view certificate_fault, const boost::system::error_code& why) {
  if (!certificate_fault.empty()) return "tls: certificate " + std::string{certificate_fault};
  return "tls: " + lower_first(why.message());
}

std::string broke_off(const boost::system::error_code& why, Reached reached) {
  const bool reset = why == errc::connection_reset || why == errc::broken_pipe;
  const std::string how = reset ? "connection reset " : "connection closed ";
  return how + (reached == Reached::head ? "within the answer" : "before an answer");
}

std::string not_http(const boost::system::error_code& why) {
  return "answer is not HTTP: " + lower_first(why.message());
}

std::string head_too_long(std::size_t limit) {
  return "head is over " + std::to_string(limit) + " bytes";
}

std::string body_too_long(std::size_t limit) {
  return "body is over " + std::to_string(limit) + " bytes";
}

std::string body_is_not_json() { return "body is not JSON"; }

std::string wrong_version(std::string_view found, std::string_view expected) {
  const std::string shown = found.empty() ? "no version" : "version " + std::string{found};
  return shown + " where " + std::string{expected} + " expected";
}

}  // namespace sy::health
