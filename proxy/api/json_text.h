// JSON with numbers as people write them: 12.5, where Boost.JSON says 1.25E1.
#pragma once
#include <boost/json/value.hpp>
#include <string>

namespace sy::api {

[[nodiscard]] std::string json_text(const boost::json::value& value);

}  // namespace sy::api
