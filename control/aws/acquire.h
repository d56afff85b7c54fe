// Carries out a plan for credentials, one call after another, in a world given to it: it opens no
// socket or file and reads no clock.
#pragma once
#include <chrono>
#include <string>

#include "control/aws/credentials.h"
#include "control/aws/dates.h"
#include "control/aws/endpoint.h"
#include "control/aws/error.h"
#include "control/aws/fields.h"
#include "control/aws/retry.h"
#include "control/aws/source.h"

namespace sy::aws {

struct Call {
  std::string base;  // scheme and authority; the path is the request's
  Request request;
  std::chrono::milliseconds timeout{10'000};
  bool direct = false;  // never through a proxy: it is this machine's own affair
};

class World {
 public:
  virtual ~World() = default;
  // One attempt. An error means that there was no answer.
  virtual Result<Answer> fetch(const Call& call) = 0;
  virtual Result<std::string> read(const std::string& path) = 0;
  // What a command printed; it is split as a shell would, and run without one.
  virtual Result<std::string> run(const std::string& line) = 0;
  virtual Moment now() = 0;                   // signing time: skew is in it
  virtual double chance() = 0;                // in [0, 1)
  virtual bool wait(Retry::Delay delay) = 0;  // false: told to stop
};

struct StsAccess {
  Place place;
  std::string session_name;  // for roles that name none
};

[[nodiscard]] Result<Credentials> acquire(const Plan& plan, const StsAccess& access, World& world);

}  // namespace sy::aws
