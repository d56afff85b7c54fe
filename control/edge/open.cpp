#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/url/parse.hpp>
#include <memory>
#include <set>

#include "control/edge/edge.h"

namespace sy::control::edge {
namespace {

using boost::asio::ip::tcp;

// The addresses of a url's host, sorted; a failure in words when it has none.
Try<std::set<std::string>> addresses_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->host().empty())
    return Failure{ExitCode::usage, "\"" + url + "\" is not an http or https url"};
  boost::asio::io_context io;
  tcp::resolver resolver{io};
  boost::system::error_code wrong;
  std::set<std::string> addresses;
  for (const auto& entry : resolver.resolve(parsed->host_address(), "", wrong))
    addresses.insert(entry.endpoint().address().to_string());
  if (wrong || addresses.empty())
    return Failure{ExitCode::failed, url + ": its name has no address (" + wrong.message() + ")",
                   "Is the name right, and can it be resolved from here?"};
  return addresses;
}

}  // namespace

Try<Edge> open_edge(const Options& options) {
  std::vector<std::string> names;
  auto clients = std::make_shared<std::vector<ProxyClient>>();
  for (const auto& url : options.urls) {
    const auto addresses = addresses_of(url);
    if (!addresses) return addresses.error();
    for (const auto& address : *addresses) {
      names.push_back(addresses->size() == 1 ? url : url + " (" + address + ")");
      clients->emplace_back(
          ProxyClient::Options{url, address, options.token, options.ca, options.timeout});
    }
  }
  if (names.empty())
    return Failure{ExitCode::usage, "the environment names no proxy",
                   "Add proxies: [http://host:9900] to it in switchctl.yaml, or say --proxy URL."};
  const std::shared_ptr<const std::vector<ProxyClient>> shared = std::move(clients);
  return Edge{std::move(names), [shared](std::size_t proxy, const Call& call) {
                return (*shared)[proxy].call(call);
              }};
}

}  // namespace sy::control::edge
