// Any bytes as switchctl.yaml: no crash, no hang, every problem has a place and words, and what is
// sound has its proxies.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "config/control_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "SET") return "value";
    if (name == "EMPTY") return "";
    return std::nullopt;
  };
  const auto loaded = sy::config::parse_control_config(text, "/etc/fuzz.yaml", environment);
  for (const auto& problem : loaded.problems) {
    SY_CHECK(!problem.what.empty());
    SY_CHECK(to_string(problem).find('\n') == std::string::npos);
  }
  if (!loaded.problems.empty()) return 0;
  SY_CHECK(!loaded.config.environments.empty());
  for (const auto& [name, one] : loaded.config.environments) {
    SY_CHECK(name == one.name && !one.edge.urls.empty());
    SY_CHECK(one.records.path.starts_with('/') || !one.records.file.empty());
    for (const auto& url : one.edge.urls)
      SY_CHECK(one.edge.token.empty() || one.insecure || !sy::config::is_overheard(url));
  }
  return 0;
}
