// The program's own log: one JSON object a line on standard error. Says what happened to the proxy,
// never what is in a request.
#pragma once
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"

namespace spdlog {
class logger;
}

namespace sy::app {

// Safe to use from any thread.
class Log {
 public:
  using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;
  // `level`: "debug", "info", "warning" or "error". `time` outlives the log.
  Log(const TimeSource& time, const std::string& level);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();
  void set_level(const std::string& level);
  void debug(std::string_view event, Fields fields = {}) const;
  void info(std::string_view event, Fields fields = {}) const;
  void warning(std::string_view event, Fields fields = {}) const;
  void error(std::string_view event, Fields fields = {}) const;

 private:
  void write(int level, std::string_view event, Fields fields) const;
  const TimeSource& time_;
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace sy::app
