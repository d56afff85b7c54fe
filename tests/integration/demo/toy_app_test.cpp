#include "demo/toy_app.h"

#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <string>

#include "demo/demo.h"

namespace sy::demo {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

std::uint16_t port_of(const std::string& url) {
  const auto from = url.rfind(':') + 1;
  return static_cast<std::uint16_t>(std::stoi(url.substr(from, url.find('/', from) - from)));
}

class Client {
 public:
  explicit Client(std::uint16_t port, const std::string& address = "127.0.0.1") {
    socket_.connect({asio::ip::make_address_v4(address), port}, error);
  }

  http::response<http::string_body> ask(http::verb method, const std::string& target,
                                        const std::string& body = {},
                                        const std::string& cookie = {}) {
    http::request<http::string_body> request{method, target, 11};
    request.set(http::field::host, "test");
    request.set("X-Request-Id", "id-1");
    if (!cookie.empty()) request.set(http::field::cookie, cookie);
    request.body() = body;
    request.prepare_payload();
    http::response<http::string_body> response;
    http::write(socket_, request, error);
    if (!error) http::read(socket_, buffer_, response, error);
    return response;
  }
  http::response<http::string_body> get(const std::string& target) {
    return ask(http::verb::get, target);
  }
  // What the next read says; no bytes are expected.
  error_code read_nothing() {
    char byte = 0;
    socket_.read_some(asio::buffer(&byte, 1), error);
    return error;
  }
  tcp::socket& socket() { return socket_; }

  error_code error;

 private:
  asio::io_context io_;
  tcp::socket socket_{io_};
  beast::flat_buffer buffer_;
};

TEST(ToyApp, AnswersHealthzAsTheGuideSays) {
  ToyApp app{AppOptions{.environment = "production"}};
  Client client{app.port()};
  const auto response = client.get("/healthz");
  EXPECT_EQ(response.result_int(), 200u);
  EXPECT_EQ(response[http::field::content_type], "application/json");
  EXPECT_EQ(response.body(),
            R"({"status":"healthy","service":"pms-backend","version":"v20240101-abc1234",)"
            R"("gitSha":"abc1234","environment":"production","buildTime":"2024-01-01T12:00:00Z"})");
}

TEST(ToyApp, ListensOnTheAddressItIsGiven) {
  ToyApp app{AppOptions{.address = "127.9.8.7"}};
  EXPECT_EQ(app.url(), "http://127.9.8.7:" + std::to_string(app.port()));
  Client there{app.port(), "127.9.8.7"};
  EXPECT_EQ(there.get("/api/version").result_int(), 200u);
  Client elsewhere{app.port()};
  EXPECT_EQ(elsewhere.error, asio::error::connection_refused);
  app.crash();
  app.revive();
  Client again{app.port(), "127.9.8.7"};
  EXPECT_EQ(again.get("/api/version").result_int(), 200u);
}

TEST(ToyApp, AnswersHealthOfTheFrontendWithoutAVersion) {
  ToyApp app{AppOptions{.service = "frontend"}};
  Client client{app.port()};
  EXPECT_EQ(client.get("/health").body(), R"({"status":"healthy","service":"pms-frontend"})");
}

TEST(ToyApp, ServesAPageThatNamesItsColor) {
  ToyApp app{AppOptions{.service = "frontend", .color = Color::green}};
  Client client{app.port()};
  const auto response = client.get("/");
  EXPECT_EQ(response[http::field::content_type], "text/html; charset=utf-8");
  EXPECT_NE(response.body().find("<body class=\"green\">"), std::string::npos);
}

TEST(ToyApp, EchoesWhoAnsweredOnOneConnection) {
  ToyApp app{AppOptions{.color = Color::green}};
  Client client{app.port()};
  for (int n = 0; n < 3; ++n) {
    EXPECT_EQ(
        client.ask(http::verb::post, "/api/patients?x=1", "hello").body(),
        R"({"color":"green","version":"v20240101-abc1234","service":"backend","method":"POST",)"
        R"("path":"/api/patients","body_bytes":5,"request_id":"id-1","body":"hello"})");
  }
  EXPECT_EQ(app.requests(), 3u);
}

TEST(ToyApp, TellsItsVersionInTheSameWordsEveryTime) {
  ToyApp app{AppOptions{}};
  Client client{app.port()};
  EXPECT_EQ(client.get("/api/version").body(),
            R"({"color":"blue","version":"v20240101-abc1234","service":"backend"})");
}

TEST(ToyApp, CountsTheBytesOfALargeUpload) {
  ToyApp app{AppOptions{}};
  Client client{app.port()};
  const auto response = client.ask(http::verb::put, "/api/upload", std::string(3'000'000, 'x'));
  EXPECT_NE(response.body().find("\"body_bytes\":3000000"), std::string::npos) << response.body();
}

TEST(ToyApp, SendsAsManyBytesAsAsked) {
  ToyApp app{AppOptions{}};
  Client client{app.port()};
  EXPECT_EQ(client.get("/api/bytes?n=1024").body().size(), 1024u);
  EXPECT_EQ(client.get("/api/bytes?n=0").body().size(), 0u);
  EXPECT_EQ(client.get("/api/bytes?n=oops").body().size(), 1024u);
}

TEST(ToyApp, FailsExactlyTheShareAsked) {
  ToyApp app{AppOptions{.knobs = {.error_rate = 0.1, .error_status = 503}}};
  Client client{app.port()};
  int failed = 0;
  for (int n = 0; n < 100; ++n) failed += client.get("/api/x").result_int() == 503 ? 1 : 0;
  EXPECT_EQ(failed, 10);
  EXPECT_EQ(client.get("/healthz").result_int(), 200u);
}

TEST(ToyApp, FailsOnlyThePathsAsked) {
  ToyApp app{AppOptions{.knobs = {.error_rate = 1, .error_path = "/api/claims"}}};
  Client client{app.port()};
  EXPECT_EQ(client.get("/api/claims/7?x=1").result_int(), 500u);
  EXPECT_EQ(client.get("/api/patients").result_int(), 200u);
}

TEST(ToyApp, FailsOnlyTheClientAsked) {
  ToyApp app{AppOptions{.knobs = {.error_rate = 1, .error_field = "cookie: client=7"}}};
  Client client{app.port()};
  EXPECT_EQ(client.ask(http::verb::get, "/api/x", {}, "client=7").result_int(), 500u);
  EXPECT_EQ(client.ask(http::verb::get, "/api/x", {}, "client=77").result_int(), 200u);
  EXPECT_EQ(client.get("/api/x").result_int(), 200u);
}

TEST(ToyApp, ResetsTheConnectionAfterHalfOfTheBody) {
  ToyApp app{AppOptions{.knobs = {.reset_rate = 1}}};
  Client client{app.port()};
  http::response_parser<http::string_body> parser;
  const std::string head = "GET /api/bytes?n=1000 HTTP/1.1\r\nHost: test\r\n\r\n";
  asio::write(client.socket(), asio::buffer(head));
  beast::flat_buffer buffer;
  error_code error;
  http::read(client.socket(), buffer, parser, error);
  EXPECT_EQ(error, asio::error::connection_reset);
  EXPECT_TRUE(parser.is_header_done());
  EXPECT_EQ(parser.get().body().size(), 500u);
}

TEST(ToyApp, ResetsTheConnectionBeforeTheAnswer) {
  ToyApp app{AppOptions{.knobs = {.reset_rate = 1, .reset_early = true}}};
  Client client{app.port()};
  const auto answer = client.get("/api/x");
  EXPECT_EQ(client.error, asio::error::connection_reset);
  EXPECT_EQ(Client{app.port()}.get("/healthz").result_int(), 200u);
}

TEST(ToyApp, LeavesARequestWithoutAnAnswer) {
  ToyApp app{AppOptions{.knobs = {.hang_rate = 1}}};
  Client client{app.port()};
  const std::string head = "GET /api/x HTTP/1.1\r\nHost: test\r\n\r\n";
  asio::write(client.socket(), asio::buffer(head));
  while (app.counts().failures == 0) {
  }
  EXPECT_EQ(client.socket().available(), 0u);
  app.crash();
  EXPECT_EQ(client.read_nothing(), asio::error::connection_reset);
}

TEST(ToyApp, EchoesTheBeginningOfABodyAsPrintableText) {
  ToyApp app{AppOptions{}};
  Client client{app.port()};
  const auto answer = client.ask(http::verb::post, "/api/x", "a\"\x01" + std::string(2'000, 'b'));
  const std::string end = R"("body":"a\"?)" + std::string(1'021, 'b') + "\"}";
  EXPECT_TRUE(answer.body().ends_with(end)) << answer.body();
}

TEST(ToyApp, CountsWhatItSpoiltSinceTheKnobsWereTurned) {
  ToyApp app{AppOptions{.knobs = {.error_rate = 0.5}}};
  Client client{app.port()};
  for (int n = 0; n < 10; ++n) client.get("/api/x");
  client.get("/healthz");
  const Counts counts = app.counts();
  EXPECT_EQ(counts.requests, 10u);
  EXPECT_EQ(counts.failures, 5u);
  EXPECT_EQ(counts.delayed, 0u);
  ASSERT_TRUE(counts.first_failure && counts.last_failure);
  EXPECT_LT(counts.turned, *counts.first_failure);
  EXPECT_LT(*counts.first_failure, *counts.last_failure);

  Client knobs{port_of(app.knobs_url())};
  EXPECT_EQ(knobs.ask(http::verb::put, "/_demo/knobs", R"({"latency_ms":1})").result_int(), 200u);
  client.get("/api/x");
  const std::string body = knobs.get("/_demo/counts").body();
  EXPECT_TRUE(body.starts_with(R"({"requests":1,"failures":0,"delayed":1,"turned_ns":)")) << body;
}

TEST(ToyApp, TurnsKnobsOnItsOwnPort) {
  ToyApp app{AppOptions{}};
  Client client{app.port()};
  const auto answer = client.ask(http::verb::put, "/_demo/knobs",
                                 R"({"healthy":false,"version":"v20240202-fedcba9"})");
  EXPECT_EQ(answer.result_int(), 200u);
  const auto health = client.get("/healthz");
  EXPECT_EQ(health.result_int(), 503u);
  EXPECT_NE(health.body().find(R"("version":"v20240202-fedcba9","gitSha":"fedcba9")"),
            std::string::npos)
      << health.body();
}

TEST(ToyApp, RefusesAKnobItDoesNotKnowAndChangesNothing) {
  ToyApp app{AppOptions{}};
  Client client{app.port()};
  for (const char* bad : {R"({"latency_ms":5,"eror_rate":0.1})", R"({"error_rate":1.5})",
                          R"({"crash":1})", R"({"reset_rate":2})", R"({"hang_rate":"all"})",
                          R"({"reset_early":1})", R"({"error_path":"api"})",
                          R"({"error_field":"no colon"})", R"({"error_field":": x"})", "[]", ""}) {
    EXPECT_EQ(client.ask(http::verb::put, "/_demo/knobs", bad).result_int(), 422u) << bad;
  }
  EXPECT_EQ(app.knobs(), Knobs{});
}

TEST(ToyApp, ResetsConnectionsWhenItCrashesAndComesBackOnTheSamePort) {
  ToyApp app{AppOptions{}};
  const auto port = app.port();
  Client client{port};
  ASSERT_EQ(client.get("/api/x").result_int(), 200u);

  app.crash();
  EXPECT_EQ(client.read_nothing(), asio::error::connection_reset);
  EXPECT_EQ(Client{port}.error, asio::error::connection_refused);

  app.revive();
  EXPECT_EQ(app.port(), port);
  EXPECT_EQ(Client{port}.get("/api/x").result_int(), 200u);
}

TEST(ToyApp, CanBeRevivedThroughItsKnobsPort) {
  ToyApp app{AppOptions{}};
  Client knobs{port_of(app.knobs_url())};
  EXPECT_EQ(knobs.ask(http::verb::put, "/_demo/knobs", R"({"crash":true})").result_int(), 200u);
  EXPECT_EQ(Client{app.port()}.error, asio::error::connection_refused);
  EXPECT_EQ(knobs.ask(http::verb::put, "/_demo/knobs", R"({"revive":true})").result_int(), 200u);
  EXPECT_EQ(Client{app.port()}.get("/api/x").result_int(), 200u);
  EXPECT_EQ(knobs.get("/api/x").result_int(), 404u);
}

TEST(ToyApp, EchoesWebSocketMessages) {
  ToyApp app{AppOptions{}};
  Client client{app.port()};
  beast::websocket::stream<tcp::socket&> socket{client.socket()};
  socket.handshake("test", "/api/ws");
  for (const std::string text : {"one", "two"}) {
    socket.write(asio::buffer(text));
    beast::flat_buffer message;
    socket.read(message);
    EXPECT_EQ(beast::buffers_to_string(message.data()), text);
  }
  socket.close(beast::websocket::close_code::normal);
}

TEST(ToyApp, StopsAtOnceWhileARequestWaits) {
  auto app = std::make_unique<ToyApp>(AppOptions{});
  Client client{app->port()};
  const std::string head = "GET /api/slow?ms=500000 HTTP/1.1\r\nHost: test\r\n\r\n";
  asio::write(client.socket(), asio::buffer(head));
  while (app->requests() == 0) {
  }
  app.reset();
  EXPECT_EQ(client.read_nothing(), asio::error::connection_reset);
}

TEST(Demo, NamesEveryAppInItsConfigAndItsAdvice) {
  Demo demo;
  const Demo::Ports ports{.traffic = 18'080, .control = 19'900, .state_path = "/tmp/demo"};
  const std::string config = demo.config_yaml(ports);
  for (const Color color : colors) {
    EXPECT_NE(config.find(demo.backend(color).url()), std::string::npos);
    EXPECT_NE(config.find(demo.frontend(color).url()), std::string::npos);
    EXPECT_NE(demo.what_to_try(ports).find(demo.backend(color).knobs_url()), std::string::npos);
  }
  EXPECT_NE(demo.what_to_try(ports).find("--proxy http://127.0.0.1:19900 switch demo green\n"),
            std::string::npos);
}

}  // namespace
}  // namespace sy::demo
