// The replies the proxy makes itself: error pages and the maintenance page, HTML or problem+json by
// Accept.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "http/h1.h"

namespace sy::http {

struct Reply {
  int status = 500;
  std::string_view detail{};  // one sentence, safe to show; never quotes the peer
  std::string_view request_id{};
  std::string_view date{};
  int retry_after = -1;  // seconds; -1: no Retry-After
  bool keep_alive = false;
  bool head_only = false;    // answer to HEAD
  std::string_view allow{};  // for 405
};

// Overridable bodies: status → HTML. `0` is the page for every status without its own. "{status}",
// "{title}", "{detail}" and "{request_id}" are filled in.
struct Pages {
  std::map<int, std::string> html;
};

// Appends a whole response, head and body. HTML when `accept` prefers text/html, else RFC 9457
// problem+json.
void write_reply(std::string& out, const Reply& reply, std::string_view accept, const Pages& pages);

// RFC 9110 §15 reason phrases; "Unknown" for others.
[[nodiscard]] std::string_view reason_phrase(int status);

// IMF-fixdate (RFC 9110 §5.6.7) for seconds since the epoch: "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] std::string http_date(std::int64_t seconds);

}  // namespace sy::http
