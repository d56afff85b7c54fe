#include "control/aws/machine.h"

#include <openssl/rand.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "control/aws/command.h"
#include "control/aws/proxy.h"
#include "control/aws/transport.h"

namespace sy::aws {
namespace {

constexpr std::size_t file_bytes_max = 1 << 20;

}  // namespace

Machine::Machine(MachineOptions options, std::function<Moment()> now,
                 std::function<bool(Retry::Delay)> wait)
    : options_{std::move(options)}, now_{std::move(now)}, wait_{std::move(wait)} {
  trust("");
}

Machine::~Machine() = default;

void Machine::trust(const std::string& ca_bundle) {
  TransportOptions options;
  options.ca_bundle = ca_bundle;
  options.connect_timeout = options_.connect_timeout;
  options.stopped = [this] { return !wait_(Retry::Delay::zero()); };
  transport_ = std::make_unique<Transport>(std::move(options));
}

Result<Answer> Machine::fetch(const Call& call) {
  if (call.direct) return transport_->exchange(call, std::nullopt);
  const auto proxy = proxy_for(call.base, options_.environment);
  if (!proxy) return proxy.error();
  return transport_->exchange(call, *proxy);
}

Result<std::string> Machine::read(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::string text;
  if (in) {
    text.resize(file_bytes_max + 1);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
  }
  const int why = errno;
  if (in.bad() || !in.is_open() || why == EISDIR) {
    const bool absent = why == ENOENT || why == ENOTDIR;
    return Error{absent ? Kind::not_found : Kind::auth, "",
                 "the file " + path + " cannot be read: " + std::strerror(why), 0, ""};
  }
  if (text.size() > file_bytes_max) return mistake("the file " + path + " is too long");
  return text;
}

Result<std::string> Machine::run(const std::string& line) {
  const auto words = split_words(line);
  if (!words) return words.error();
  CommandLimits limits;
  limits.stopped = [this] { return !wait_(Retry::Delay::zero()); };
  return run_command(*words, options_.environment, limits);
}

Moment Machine::now() { return now_(); }

double Machine::chance() {
  std::uint32_t bits = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits);
  return bits / 4'294'967'296.0;
}

bool Machine::wait(Retry::Delay delay) { return wait_(delay); }

}  // namespace sy::aws
