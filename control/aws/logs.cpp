#include "control/aws/logs.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "control/aws/members.h"

namespace sy::aws {

namespace json = boost::json;

LogEvent read_log_event(const json::object& from) {
  LogEvent out{text_of(from, "eventId"), text_of(from, "logStreamName"), std::nullopt,
               text_of(from, "message")};
  // Milliseconds here, unlike anywhere else.
  if (const auto at = number_of(from, "timestamp"))
    out.at = read_epoch(static_cast<double>(*at) / 1000.0);
  return out;
}

Result<LogPage> filter_log_events(Caller& caller, const LogFilter& filter) {
  json::object input{{"logGroupName", filter.group}};
  if (filter.start) input["startTime"] = filter.start->time_since_epoch().count();
  if (!filter.streams.empty())
    input["logStreamNames"] = json::array(filter.streams.begin(), filter.streams.end());
  if (!filter.stream_prefix.empty()) input["logStreamNamePrefix"] = filter.stream_prefix;
  if (!filter.pattern.empty()) input["filterPattern"] = filter.pattern;
  if (filter.limit > 0) input["limit"] = filter.limit;
  if (!filter.next_token.empty()) input["nextToken"] = filter.next_token;
  const auto answer = caller.call({logs, "Logs_20140328.FilterLogEvents"}, input);
  if (!answer) return answer.error();
  LogPage out;
  for (const auto* event : objects_of(*answer, "events"))
    out.events.push_back(read_log_event(*event));
  out.next_token = text_of(*answer, "nextToken");
  return out;
}

}  // namespace sy::aws
