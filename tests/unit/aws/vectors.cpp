#include "unit/aws/vectors.h"

#include <fstream>
#include <iterator>

namespace sy::aws::vectors {

void Suite::SetUp() {
  if (!std::filesystem::is_directory(file(""))) GTEST_SKIP() << "vectors not here";
}

std::filesystem::path Suite::file(std::string_view path) {
  return std::filesystem::path{SY_VECTORS} / "aws" / path;
}

void Suite::report(std::string_view suite, int passed, std::string_view aside) {
  std::cout << "[  VECTORS ] " << suite << ": " << passed << " cases" << (aside.empty() ? "" : "; ")
            << aside << '\n';
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

json::value read_json(const std::filesystem::path& path) { return json::parse(read_file(path)); }

std::string text_of(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found && found->is_string() ? std::string{found->get_string()} : "";
}

}  // namespace sy::aws::vectors
