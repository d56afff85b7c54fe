// Reads the published test vectors that lie beside the checkout.
#pragma once
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

namespace sy::aws::vectors {

namespace json = boost::json;

// One suite of published cases: skipped where the vectors are not, counted where they are.
class Suite : public testing::Test {
 protected:
  void SetUp() override;
  static std::filesystem::path file(std::string_view path);
  static void report(std::string_view suite, int passed, std::string_view aside = "");
};

[[nodiscard]] std::string read_file(const std::filesystem::path& path);
[[nodiscard]] json::value read_json(const std::filesystem::path& path);

// A member as text, or nothing when it is not there.
[[nodiscard]] std::string text_of(const json::object& object, std::string_view key);

}  // namespace sy::aws::vectors
