// What a probe found, in words an operator can act on. Every reason on the dashboard is made here.
#pragma once
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sy::health {

// How far a probe came before its time was up.
enum class Reached : std::uint8_t { nothing, connection, head };

// "200 after 3 ms"; rounded up, so never "after 0 ms".
[[nodiscard]] std::string answered(int status, Duration took);
// "connect refused", "connect: no route to host".
[[nodiscard]] std::string connect_failed(const boost::system::error_code& why);
// "no address for a.test".
[[nodiscard]] std::string no_address(std::string_view host);
// "timed out after 800 ms (no connection)", "… (no answer)", "… (body incomplete)".
[[nodiscard]] std::string timed_out(Duration limit, Reached reached);
// "tls: certificate hostname mismatch" when `certificate_fault` says so, else "tls: wrong version
// number".
[[nodiscard]] std::string tls_failed(std::string_view certificate_fault,
                                     const boost::system::error_code& why);
// "connection closed before an answer", "connection closed within the answer", "connection reset
// …".
[[nodiscard]] std::string broke_off(const boost::system::error_code& why, Reached reached);
// "answer is not HTTP: bad version".
[[nodiscard]] std::string not_http(const boost::system::error_code& why);
// "head is over 16384 bytes".
[[nodiscard]] std::string head_too_long(std::size_t limit);
// "body is over 65536 bytes".
[[nodiscard]] std::string body_too_long(std::size_t limit);
// "body is not JSON".
[[nodiscard]] std::string body_is_not_json();
// "version v1 where v2 expected"; "no version where v2 expected".
[[nodiscard]] std::string wrong_version(std::string_view found, std::string_view expected);

}  // namespace sy::health
