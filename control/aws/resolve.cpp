#include "control/aws/resolve.h"

#include <netdb.h>

#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <memory>

namespace sy::aws {
namespace {

using boost::asio::ip::tcp;
using namespace std::chrono_literals;

// What getaddrinfo_a works on. It is given up while the library still has it, so it is on the heap
// and left there then.
struct Question {
  std::string host;
  std::string port;
  addrinfo wanted{};
  gaicb ask{};

  Question(std::string name, std::string number) : host{std::move(name)}, port{std::move(number)} {
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_ADDRCONFIG;
    ask.ar_name = host.c_str();
    ask.ar_service = port.c_str();
    ask.ar_request = &wanted;
  }
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;
  ~Question() {
    if (ask.ar_result != nullptr) freeaddrinfo(ask.ar_result);
  }
};

std::vector<tcp::endpoint> addresses(const addrinfo* found) {
  std::vector<tcp::endpoint> out;
  for (; found != nullptr; found = found->ai_next) {
    tcp::endpoint one;
    if (found->ai_addrlen > one.capacity()) continue;
    std::memcpy(one.data(), found->ai_addr, found->ai_addrlen);
    one.resize(found->ai_addrlen);
    out.push_back(one);
  }
  return out;
}

Error unknown(const std::string& host, const char* why) {
  return Error{Kind::unavailable, "", "the name " + host + " could not be resolved: " + why, 0, ""};
}

}  // namespace

Result<std::vector<tcp::endpoint>> resolve(const std::string& host, const std::string& port,
                                           std::chrono::milliseconds timeout,
                                           const std::function<bool()>& stopped) {
  boost::system::error_code literal;
  const auto address = boost::asio::ip::make_address(host, literal);
  if (!literal)
    return std::vector{tcp::endpoint{address, static_cast<unsigned short>(std::stoi(port))}};
  auto question = std::make_unique<Question>(host, port);
  gaicb* asked[1] = {&question->ask};
  if (getaddrinfo_a(GAI_NOWAIT, asked, 1, nullptr) != 0) return unknown(host, "no room to ask");
  constexpr auto slice = 50ms;
  const timespec step{0, std::chrono::nanoseconds{slice}.count()};
  const gaicb* waited[1] = {&question->ask};
  for (auto left = timeout; left > 0ms && gai_error(&question->ask) == EAI_INPROGRESS;
       left -= slice) {
    if (stopped()) break;
    gai_suspend(waited, 1, &step);
  }
  const int outcome = gai_error(&question->ask);
  if (outcome == 0) return addresses(question->ask.ar_result);
  if (outcome != EAI_INPROGRESS) return unknown(host, gai_strerror(outcome));
  if (gai_cancel(&question->ask) != EAI_CANCELED)
    std::ignore = question.release();  // In use still.
  if (stopped()) return Error{Kind::interrupted, "", "interrupted", 0, ""};
  return unknown(host, "no name server answered in time");
}

}  // namespace sy::aws
