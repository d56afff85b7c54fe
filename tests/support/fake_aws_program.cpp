#include "tests/support/fake_aws_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <stdexcept>

namespace sy {
namespace {

namespace json = boost::json;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

std::string read_line(int from) {
  std::string out;
  for (char c = 0; read(from, &c, 1) == 1 && c != '\n';) out += c;
  return out;
}

}  // namespace

FakeAws::FakeAws() {
  std::array<int, 2> input{};
  std::array<int, 2> output{};
  // Closed in other children too, or its standard input would never end.
  if (pipe2(input.data(), O_CLOEXEC) != 0 || pipe2(output.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  child_ = fork();
  if (child_ == 0) {
    dup2(input[0], 0);
    dup2(output[1], 1);
    execl("/usr/bin/python3", "python3", "-B", SY_FAKE_AWS, nullptr);
    _exit(127);
  }
  close(input[0]);
  close(output[1]);
  input_ = input[1];
  const std::string line = read_line(output[0]);
  close(output[0]);
  if (line.empty()) throw std::runtime_error("the fake AWS did not start");
  said_ = json::parse(line).as_object();
}

FakeAws::~FakeAws() {
  close(input_);
  waitpid(child_, nullptr, 0);
}

std::string FakeAws::said(const char* name) const {
  return std::string{said_.at(name).as_string()};
}

json::value FakeAws::call(const std::string& method, const std::string& path,
                          const json::value& body) const {
  const std::string address = said("address");
  const auto colon = address.rfind(':');
  boost::asio::io_context io;
  tcp::socket socket{io};
  socket.connect({boost::asio::ip::make_address(address.substr(0, colon)),
                  static_cast<unsigned short>(std::stoi(address.substr(colon + 1)))});
  http::request<http::string_body> request{http::string_to_verb(method), "/_fake/" + path, 11};
  request.set(http::field::host, address);
  request.set(http::field::connection, "close");
  if (!body.is_null()) request.body() = json::serialize(body);
  request.prepare_payload();
  http::write(socket, request);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> answer;
  answer.body_limit(64U << 20U);
  http::read(socket, buffer, answer);
  if (answer.get().result() != http::status::ok)
    throw std::runtime_error(path + ": " + answer.get().body());
  return json::parse(answer.get().body());
}

}  // namespace sy
