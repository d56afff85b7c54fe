#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <iostream>

#include "app/build.h"
#include "app/commands.h"
#include "config/address.h"
#include "config/proxy_config.h"
#include "net/task_group.h"
#include "probe/attempt.h"

namespace sy::app {
namespace {

namespace ip = boost::asio::ip;

// Who listens on every address is asked on loopback.
std::string reachable(const std::string& listened) {
  const auto address = ip::make_address(listened);
  if (!address.is_unspecified()) return listened;
  return address.is_v6() ? ip::address_v6::loopback().to_string()
                         : ip::address_v4::loopback().to_string();
}

director::ProbeTarget target_of(const api::Options& control) {
  director::ProbeTarget target;
  target.service = "control";
  target.endpoint.address = reachable(control.address);
  target.endpoint.port = control.port;
  target.endpoint.tls = !control.tls.empty();
  target.endpoint.url = (target.endpoint.tls ? "https://" : "http://") +
                        config::show({target.endpoint.address, control.port});
  target.options.path = "/livez";
  target.options.version_field = "version";
  target.options.timeout = std::chrono::seconds{2};
  return target;
}

net::Awaitable<> ask(net::Executor executor, const director::ProbeTarget& target,
                     const net::ClientTls& tls, health::ProbeResult& result) {
  const SystemTime time;
  const std::string user_agent = "switchyard-check/" + build_version();
  const probe::Attempted found = co_await probe::attempt(executor, target, tls, user_agent, time);
  result = found.result;
}

}  // namespace

int check_live(const config::ProxyConfig& config) {
  const director::ProbeTarget target = target_of(config.control);
  if (config.control.port == 0) {
    std::cerr << "control.address has port 0, which the kernel chooses at start: ask the address "
                 "that the log names at \"ready\"\n";
    return 1;
  }
  // It asks itself, so who answers is not in question; certificates are made for other names.
  const auto tls = net::ClientTls::load({.verify = false});
  if (!tls) {
    std::cerr << tls.error().what << "\n";
    return 1;
  }
  health::ProbeResult result;
  boost::asio::io_context io{1};
  net::TaskGroup tasks{io.get_executor()};
  tasks.spawn(ask(io.get_executor(), target, **tls, result));
  io.run();
  if (!result.good) {
    std::cerr << target.endpoint.url << target.options.path << ": " << result.reason << "\n";
    return 1;
  }
  std::cout << target.endpoint.url << " lives: version " << result.identity.version;
  if (!result.identity.git_sha.empty()) std::cout << ", git " << result.identity.git_sha;
  std::cout << "\n";
  return 0;
}

}  // namespace sy::app
