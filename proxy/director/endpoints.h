// From urls in a configuration to endpoints in a routing.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "director/options.h"
#include "rollout/state.h"
#include "split/routing.h"

namespace sy::director {

// "http://host[:port]", "https://host[:port]" or "dns://name:port", nothing behind the port. The
// address is set when the host is one.
[[nodiscard]] Result<split::Endpoint> parse_endpoint(const std::string& url);

// Remembers what a host last resolved to, so that no color shrinks to nothing on one empty answer.
class Addresses {
 public:
  using Resolve = std::function<std::vector<std::string>(const std::string& host)>;
  explicit Addresses(Resolve resolve) : resolve_{std::move(resolve)} {}
  // Empty while the host has never been resolved.
  [[nodiscard]] const std::vector<std::string>& of(const std::string& host);

 private:
  Resolve resolve_;
  std::map<std::string, std::vector<std::string>> last_good_;
};

// The urls a color of a service has now: those put by the API, else the configured ones.
[[nodiscard]] const std::vector<std::string>& urls_of(const ServiceOptions& service, Color color,
                                                      const rollout::State& state);

// All services with an endpoint for each address, every gate shut.
[[nodiscard]] std::vector<split::Service> make_services(const Options& options,
                                                        const rollout::State& state,
                                                        Addresses& addresses);

// The first url or name that cannot be used, as an error of status 422.
[[nodiscard]] Result<> check_options(const Options& options);
[[nodiscard]] Result<> check_urls(const rollout::Command& command);

// What a routing is made from besides options and state.
struct Standing {
  PerColor<bool> open;     // gates, as shown
  PerColor<bool> trusted;  // gates, as weights follow them
  PerColor<Version> version;
  std::vector<split::Service> services;
};
[[nodiscard]] split::Routing make_routing(const Options& options, const rollout::State& state,
                                          const Standing& standing);

}  // namespace sy::director
