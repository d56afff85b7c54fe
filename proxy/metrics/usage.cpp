#include "metrics/usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace sy::metrics {
namespace {

std::string read_whole(const char* path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

double boot_seconds() {
  std::istringstream in{read_whole("/proc/stat")};
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
}

// Fields of /proc/self/stat as proc(5) numbers them, from 3 on: the name before may hold spaces.
constexpr std::size_t first_field = 3;
using Fields = std::array<double, 24>;

Fields read_fields() {
  Fields fields{};
  const std::string text = read_whole("/proc/self/stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return fields;
  std::istringstream in{text.substr(name_end + 1)};
  std::string state;
  in >> state;
  for (std::size_t i = 1; i < fields.size() && in >> fields[i];) ++i;
  return fields;
}

std::uint64_t count_open_files() {
  std::error_code error;
  std::uint64_t count = 0;
  std::filesystem::directory_iterator at{"/proc/self/fd", error};
  for (; !error && at != std::filesystem::directory_iterator{}; at.increment(error)) ++count;
  return count > 0 ? count - 1 : 0;  // one of them is the directory being read
}

}  // namespace

Usage read_usage() {
  const Fields fields = read_fields();
  const auto field = [&](std::size_t number) { return fields[number - first_field]; };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  Usage usage;
  usage.cpu_seconds = (field(14) + field(15)) / ticks;
  usage.threads = static_cast<std::uint64_t>(field(20));
  usage.start_seconds = boot_seconds() + field(22) / ticks;
  usage.virtual_bytes = static_cast<std::uint64_t>(field(23));
  usage.resident_bytes =
      static_cast<std::uint64_t>(field(24)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  usage.open_files = count_open_files();
  struct rlimit files {};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) usage.open_files_max = files.rlim_cur;
  return usage;
}

}  // namespace sy::metrics
