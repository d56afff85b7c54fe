#include "app/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>

namespace sy::app {
namespace {

std::string timestamp(WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

}  // namespace

Log::Log(const TimeSource& time, const std::string& level)
    : time_{time},
      logger_{std::make_unique<spdlog::logger>("switchyard",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())} {
  logger_->set_pattern("%v");
  logger_->flush_on(spdlog::level::trace);
  set_level(level);
}

Log::~Log() = default;

void Log::set_level(const std::string& level) {
  logger_->set_level(spdlog::level::from_str(level));
}

void Log::debug(std::string_view event, Fields fields) const {
  write(spdlog::level::debug, event, fields);
}
void Log::info(std::string_view event, Fields fields) const {
  write(spdlog::level::info, event, fields);
}
void Log::warning(std::string_view event, Fields fields) const {
  write(spdlog::level::warn, event, fields);
}
void Log::error(std::string_view event, Fields fields) const {
  write(spdlog::level::err, event, fields);
}

void Log::write(int level, std::string_view event, Fields fields) const {
  const auto severity = static_cast<spdlog::level::level_enum>(level);
  if (!logger_->should_log(severity)) return;
  const auto name = spdlog::level::to_string_view(severity);
  boost::json::object line;
  line["at"] = timestamp(time_.wall());
  line["level"] = std::string_view{name.data(), name.size()};
  line["event"] = event;
  for (const auto& [key, value] : fields) line[key] = value;
  logger_->log(severity, boost::json::serialize(line));
}

}  // namespace sy::app
