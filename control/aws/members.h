// Members of JSON answers, read leniently: null is absent, a number may be written in any form, a
// member of another kind than expected is absent too.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/aws/dates.h"

namespace sy::aws {

[[nodiscard]] std::string text_of(const boost::json::object& from, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> number_of(const boost::json::object& from,
                                                    std::string_view key);
// The same where 0 stands for absent; clamped to what an int holds.
[[nodiscard]] int count_of(const boost::json::object& from, std::string_view key);
[[nodiscard]] bool flag_of(const boost::json::object& from, std::string_view key);
// Seconds since 1970 with fraction or exponent.
[[nodiscard]] std::optional<Moment> moment_of(const boost::json::object& from,
                                              std::string_view key);
// The objects of a list, or of no list.
[[nodiscard]] std::vector<const boost::json::object*> objects_of(const boost::json::object& from,
                                                                 std::string_view key);
[[nodiscard]] std::vector<std::string> texts_of(const boost::json::object& from,
                                                std::string_view key);
// The object there, or an empty one.
[[nodiscard]] const boost::json::object& object_of(const boost::json::object& from,
                                                   std::string_view key);

}  // namespace sy::aws
