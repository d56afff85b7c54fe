// Names of hosts to addresses, in bounded time: getaddrinfo itself may take as long as resolv.conf
// and broken name servers like.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "control/aws/error.h"

namespace sy::aws {

// `stopped` is asked from time to time; an answer of true gives up, of the kind interrupted.
[[nodiscard]] Result<std::vector<boost::asio::ip::tcp::endpoint>> resolve(
    const std::string& host, const std::string& port, std::chrono::milliseconds timeout,
    const std::function<bool()>& stopped);

}  // namespace sy::aws
