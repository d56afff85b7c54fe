// A name server on a loopback port of the kernel's choice: answers what it is told to, over UDP
// (RFC 1035 section 4).
#pragma once
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/cidr.h"
#include "net/task_group.h"

namespace sy::testing {

namespace asio = boost::asio;

class FakeDns {
 public:
  static constexpr int no_error = 0;
  static constexpr int server_failure = 2;
  static constexpr int no_such_name = 3;

  std::vector<std::string> addresses;  // IPv4 for A questions, IPv6 for AAAA questions
  std::uint32_t ttl = 0;
  int status = no_error;
  bool silent = false;
  int questions = 0;  // for A

  explicit FakeDns(net::Executor executor)
      : socket_{executor, asio::ip::udp::endpoint{asio::ip::address_v4::loopback(), 0}},
        tasks_{executor} {
    tasks_.spawn(serve());
  }
  [[nodiscard]] std::string name() const {
    return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
  }
  void stop() { tasks_.stop(); }

 private:
  static constexpr std::uint16_t type_a = 1;
  static constexpr std::uint16_t type_aaaa = 28;

  net::Awaitable<> serve() {
    std::array<char, 512> space{};
    for (;;) {
      asio::ip::udp::endpoint from;
      const auto size =
          co_await socket_.async_receive_from(asio::buffer(space), from, net::use_awaitable);
      const std::string reply = answer(std::string_view{space.data(), size});
      if (silent) continue;
      co_await socket_.async_send_to(asio::buffer(reply), from, net::use_awaitable);
    }
  }

  static void put(std::string& out, std::uint32_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.push_back(static_cast<char>((value >> shift) & 0xff));
    }
  }

  std::string answer(std::string_view query) {
    const auto end_of_name = query.find('\0', 12);
    const auto question = query.substr(12, end_of_name + 5 - 12);
    const auto type = static_cast<std::uint16_t>(query[end_of_name + 2]);
    questions += type == type_a ? 1 : 0;
    std::string records;
    std::uint32_t count = 0;
    for (const auto& text : addresses) {
      const auto address = net::Address::parse(text).value();
      if (status != no_error || type != (address.is_v4() ? type_a : type_aaaa)) continue;
      ++count;
      put(records, 0xc00c, 2);  // the name is the one at offset 12
      put(records, type, 2);
      put(records, 1, 2);
      put(records, ttl, 4);
      const std::size_t width = address.is_v4() ? 4 : 16;
      put(records, static_cast<std::uint32_t>(width), 2);
      records.append(reinterpret_cast<const char*>(address.bytes.data()) + 16 - width, width);
    }
    std::string reply{query.substr(0, 2)};
    put(reply, 0x8180u | static_cast<std::uint32_t>(status), 2);
    put(reply, 1, 2);
    put(reply, count, 2);
    put(reply, 0, 4);
    reply += question;
    return reply + records;
  }

  asio::basic_datagram_socket<asio::ip::udp, net::Executor> socket_;
  net::TaskGroup tasks_;
};

}  // namespace sy::testing
