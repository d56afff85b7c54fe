// Any bytes as switchyard.yaml: no crash, no hang, and every problem has a place and words.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/check.h"
#include "config/proxy_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "SET") return "value";
    if (name == "EMPTY") return "";
    return std::nullopt;
  };
  const auto loaded = sy::config::parse_proxy_config(text, "fuzz.yaml", environment);
  for (const auto& problem : loaded.problems) {
    SY_CHECK(!problem.what.empty());
    const std::string line = to_string(problem);
    SY_CHECK(line.find('\n') == std::string::npos);
  }
  if (loaded.problems.empty()) {
    SY_CHECK(!loaded.config.director.services.empty());
    SY_CHECK(!describe(loaded.config).empty());
    for (const auto& [name, plan] : loaded.config.director.rollout.plans)
      SY_CHECK(name == plan.name && sy::rollout::check(plan));
    SY_CHECK(needs_restart(loaded.config, loaded.config).empty());
  }
  return 0;
}
