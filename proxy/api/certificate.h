// Who a verified client certificate names.
#pragma once
#include <string>

struct ssl_st;

namespace sy::api {

// The CN of the certificate the client proved to own; empty when there is none that could name an
// actor in a journal line.
[[nodiscard]] std::string certificate_name(const ssl_st* ssl);

}  // namespace sy::api
