// An HTTP server of one thread on a loopback port of the kernel's choice: each request is answered
// by a function of the test, on that thread. For clients that block.
#pragma once
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sy::testing {

namespace http = boost::beast::http;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

inline Response respond(int status, std::string body = "") {
  Response response{http::int_to_status(static_cast<unsigned>(status)), 11};
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

class SmallServer {
 public:
  // Called on the server's thread. A status of 599 means: no answer, the connection is closed.
  using Answer = std::function<Response(const Request&)>;
  static constexpr int hang_up = 599;

  // With the files of a certificate and its key it speaks TLS.
  explicit SmallServer(Answer answer, const std::string& certificate = "",
                       const std::string& key = "")
      : answer_{std::move(answer)}, secure_{!certificate.empty()} {
    if (secure_) {
      tls_.use_certificate_chain_file(certificate);
      tls_.use_private_key_file(key, boost::asio::ssl::context::pem);
    }
    thread_ = std::thread{[this] { serve(); }};
  }
  ~SmallServer() {
    stopping_ = true;
    boost::system::error_code ignored;
    tcp::socket wake{io_};
    wake.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }
  SmallServer(const SmallServer&) = delete;
  SmallServer& operator=(const SmallServer&) = delete;

  [[nodiscard]] std::string url() const {
    return (secure_ ? "https://127.0.0.1:" : "http://127.0.0.1:") +
           std::to_string(acceptor_.local_endpoint().port());
  }
  [[nodiscard]] std::vector<Request> requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
  }

 private:
  using tcp = boost::asio::ip::tcp;

  void serve() {
    for (;;) {
      boost::system::error_code failed;
      tcp::socket socket = acceptor_.accept(failed);
      if (stopping_) return;
      if (failed) continue;
      if (!secure_) {
        exchange(socket);
      } else {
        boost::asio::ssl::stream<tcp::socket&> stream{socket, tls_};
        stream.handshake(boost::asio::ssl::stream_base::server, failed);
        if (!failed) exchange(stream);
      }
      socket.shutdown(tcp::socket::shutdown_both, failed);
    }
  }

  template <class Stream>
  void exchange(Stream& stream) {
    boost::system::error_code failed;
    boost::beast::flat_buffer buffer;
    Request request;
    http::read(stream, buffer, request, failed);
    if (failed) return;
    {
      const std::lock_guard lock{mutex_};
      requests_.push_back(request);
    }
    Response response = answer_(request);
    if (response.result_int() != hang_up) http::write(stream, response, failed);
  }

  Answer answer_;
  bool secure_;
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_server};
  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace sy::testing
