#include "demo/demo.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "app/commands.h"
#include "app/serve.h"

namespace sy::app {
namespace {

// A folder of our own that goes when the demo ends.
class Scratch {
 public:
  Scratch() : path_{::mkdtemp(template_.data()) != nullptr ? template_ : std::string{}} {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string template_ =
      std::filesystem::temp_directory_path().string() + "/switchyard-demo-XXXXXX";
  std::string path_;
};

}  // namespace

int demo(std::uint16_t port, std::uint16_t control_port) {
  const Scratch scratch;
  if (scratch.path().empty()) {
    std::cerr << "switchyard demo: no temporary folder could be made\n";
    return 1;
  }
  demo::Demo toys;
  demo::Demo::Ports ports{port, control_port, scratch.path()};
  const auto loaded = config::parse_proxy_config(toys.config_yaml(ports), "demo.yaml",
                                                 config::system_environment());
  if (!loaded.problems.empty()) {
    std::cerr << config::to_string(loaded.problems.front()) << "\n";
    return exit_config;
  }
  const auto announce = [&](const Running&) { std::cout << toys.what_to_try(ports) << std::flush; };
  return serve(
      loaded.config, [&] { return Result<config::ProxyConfig>{loaded.config}; }, announce);
}

}  // namespace sy::app
