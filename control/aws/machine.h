// The world as it is: files, a network, programs. Clock and waiting are the caller's.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "control/aws/acquire.h"
#include "control/aws/profile.h"

namespace sy::aws {

class Transport;

struct MachineOptions {
  Environment environment;  // for proxies and for programs that are run
  std::chrono::milliseconds connect_timeout{5'000};
};

class Machine final : public World {
 public:
  // `wait(0)` only asks whether we are to stop.
  Machine(MachineOptions options, std::function<Moment()> now,
          std::function<bool(Retry::Delay)> wait);
  ~Machine() override;

  // Whose certificates are believed from now on: a file (PEM), or empty for the system's.
  void trust(const std::string& ca_bundle);

  Result<Answer> fetch(const Call& call) override;
  // Kind::not_found when there is no such file.
  Result<std::string> read(const std::string& path) override;
  Result<std::string> run(const std::string& line) override;
  Moment now() override;
  double chance() override;
  bool wait(Retry::Delay delay) override;

 private:
  MachineOptions options_;
  std::function<Moment()> now_;
  std::function<bool(Retry::Delay)> wait_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace sy::aws
