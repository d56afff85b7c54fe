// Reading CloudWatch Logs, a page at a time.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/aws/caller.h"
#include "control/aws/dates.h"

namespace sy::aws {

struct LogEvent {
  std::string id{};  // the same event may come twice: this tells
  std::string stream{};
  std::optional<Moment> at{};
  std::string message{};
  bool operator==(const LogEvent&) const = default;
};

struct LogFilter {
  std::string group{};
  std::optional<Moment> start{};
  std::vector<std::string> streams{};  // by name; not together with stream_prefix
  std::string stream_prefix{};
  std::string pattern{};
  int limit = 0;             // events a page; 0: as many as AWS likes
  std::string next_token{};  // of the page before
};

struct LogPage {
  std::vector<LogEvent> events{};  // may be empty although more come
  std::string next_token{};        // empty: this was the last
};

// FilterLogEvents. Kind::not_found when there is no such group or stream.
[[nodiscard]] Result<LogPage> filter_log_events(Caller& caller, const LogFilter& filter);

[[nodiscard]] LogEvent read_log_event(const boost::json::object& event);

}  // namespace sy::aws
