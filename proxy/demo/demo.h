// What `switchyard demo` puts behind the proxy: blue and green of a backend and a frontend.
#pragma once
#include <cstdint>
#include <string>

#include "base/color.h"
#include "demo/toy_app.h"

namespace sy::demo {

class Demo {
 public:
  Demo();
  [[nodiscard]] ToyApp& backend(Color color) {
    return color == Color::blue ? blue_backend_ : green_backend_;
  }
  [[nodiscard]] ToyApp& frontend(Color color) {
    return color == Color::blue ? blue_frontend_ : green_frontend_;
  }

  struct Ports {
    std::uint16_t traffic = 8080;
    std::uint16_t control = 9900;
    std::string state_path = "/tmp/switchyard-demo";
  };
  // A whole configuration for the proxy in front of these apps.
  [[nodiscard]] std::string config_yaml(const Ports& ports) const;
  // For a person at a terminal. `ports` as they were bound.
  [[nodiscard]] std::string what_to_try(const Ports& ports) const;

 private:
  ToyApp blue_backend_;
  ToyApp blue_frontend_;
  ToyApp green_backend_;
  ToyApp green_frontend_;
};

}  // namespace sy::demo
