// The JSON that switchctl prints, piece by piece; docs/switchctl.md has the shapes. Pure.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "control/facts/facts.h"
#include "control/terms/exit_code.h"

namespace sy::control {

// One line, with numbers as people write them.
[[nodiscard]] std::string json_line(const boost::json::value& value);

[[nodiscard]] boost::json::value to_json(const records::Release& release);
[[nodiscard]] boost::json::value to_json(const std::optional<records::Release>& release);
[[nodiscard]] boost::json::value to_json(const records::Operation& operation);
[[nodiscard]] boost::json::value to_json(const records::Record& record);
[[nodiscard]] boost::json::value to_json(const records::Claim& claim);  // without its journal
[[nodiscard]] boost::json::value to_json(const platform::Running& running);
[[nodiscard]] boost::json::value to_json(const platform::Observation& observation);
[[nodiscard]] boost::json::value to_json(const Failure& failure);
[[nodiscard]] boost::json::array to_json(const std::vector<std::string>& words);
// The text of a value of api/message.h; null when it is none.
[[nodiscard]] boost::json::value parsed(const std::string& text);

}  // namespace sy::control
