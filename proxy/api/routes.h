// From a request to its response: which calls there are, who may make them, what they ask of the
// director. Knows no sockets; the server reads and writes.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/auth.h"
#include "api/control.h"
#include "api/message.h"
#include "net/async.h"

namespace sy::api {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method{};
  std::string target{};
  Fields fields{};  // names in lower case
  std::string body{};
  bool has_length = false;    // Content-Length or chunked: says whether a body was meant
  std::string address{};      // of the peer, numeric
  std::string client_name{};  // CN of a verified client certificate
};

struct Response {
  int status = 200;
  Fields fields{};  // Content-Length, Date and Connection are the server's
  std::string body{};
  std::optional<std::uint64_t> follow_from{};  // an event stream follows, with events after this
};

// What the API serves that is not the director's. An empty function: that page is not available.
struct Provided {
  std::function<std::string()> metrics{};    // Prometheus text
  std::function<std::string()> not_ready{};  // why not, in words; empty text: ready
  std::function<std::string()> history{};    // JSON
  std::function<std::string()> dora{};       // JSON
  std::string version{};                     // of this program
  std::string git_sha{};
};

class Routes {
 public:
  // REQUIRES: time and control outlive this.
  Routes(const TimeSource& time, Control& control, Provided provided, Options options);
  void replace(Options options) { auth_.replace(std::move(options)); }

  net::Awaitable<Response> answer(Request request);
  // What an event stream says of what happened since `after`, which moves along. After a gap, the
  // present state instead of what was missed.
  [[nodiscard]] std::string news(std::uint64_t& after) const;
  [[nodiscard]] Control& control() const { return control_; }

 private:
  struct Call;  // a request that was admitted

  net::Awaitable<Response> change(const Call& call);
  [[nodiscard]] Response read(const Call& call) const;
  [[nodiscard]] Response status() const;
  [[nodiscard]] Response rollout() const;
  [[nodiscard]] Response journal(const Call& call) const;
  [[nodiscard]] Response events(const Call& call) const;
  [[nodiscard]] Response ready() const;
  [[nodiscard]] std::string snapshot(std::uint64_t id) const;
  [[nodiscard]] Response refused(const Error& error) const;

  const TimeSource& time_;
  Control& control_;
  Provided provided_;
  Auth auth_;
};

// A problem as a response, for what is refused before a request is whole.
[[nodiscard]] Response problem_response(const Problem& problem);

// The bytes of a response after which the connection is closed; of an event stream, its beginning.
[[nodiscard]] std::string last_response(const Response& response, const std::string& date);

}  // namespace sy::api
