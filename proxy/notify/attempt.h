// One delivery: a connection of its own, one POST, the head of one answer, all within a time-out.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "net/async.h"
#include "net/tls.h"
#include "notify/url.h"

namespace sy::notify {

struct Posting {
  Url url;
  std::string address;  // numeric
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  Duration timeout{};
};

struct Attempted {
  int status = 0;           // 0: no answer
  std::string fault;        // in words, without the url; empty when there is an answer
  std::string retry_after;  // as sent; empty: none
};

// References outlive the call.
[[nodiscard]] net::Awaitable<Attempted> attempt(net::Executor executor, const Posting& posting,
                                                const net::ClientTls& tls);

}  // namespace sy::notify
