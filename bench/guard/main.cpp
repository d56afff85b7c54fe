// Performs a script a given number of times with one worker, driven by hand on this thread, with
// time that moves only when told to. guard.py runs it under callgrind and counts.
#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "guard/drive.h"
#include "guard/peers.h"
#include "guard/script.h"

namespace sy::guard {
namespace {

constexpr std::size_t lanes = 8;            // clients at once
constexpr std::size_t rounds_a_tick = 100;  // of 100 ms: 8 000 requests a second
constexpr int patience = 1'000;             // calls to the worker without an answer

class World {
 public:
  World(const Script& script, const char* certificate, const char* key)
      : script_{script}, blue_{script}, green_{script} {
    worker::Settings settings;
    settings.options.via = "switchyard-guard";
    settings.listen.emplace_back();
    if (script.tls) speak_tls(settings.listen.back(), certificate, key);
    const auto listener = net::listen("127.0.0.1", 0).value();
    port_ = listener.port;
    worker::Setup setup;
    setup.settings = std::make_shared<const worker::Settings>(std::move(settings));
    setup.listeners = {listener};
    setup.seed = 1;
    if (script.log)
      sink_ = std::make_unique<access_log::Sink>(::open("/dev/null", O_WRONLY | O_CLOEXEC), time_);
    worker_ = std::make_unique<worker::Worker>(time_, sink_.get(), std::move(setup));
    worker_->install(routing());
    for (std::size_t i = 0; i < lanes; ++i) clients_.emplace_back(script);
    if (!script.anew) connect_all();
  }

  // Every client asks once and is answered.
  void round() {
    if (script_.anew) connect_all();
    for (Client& client : clients_) client.ask();
    until_all([](Client& client) { return client.answered(); });
    if (script_.anew) {
      for (Client& client : clients_) client.hang_up();
    }
    if (++rounds_ % rounds_a_tick != 0) return;
    time_.advance(net::Wheel::tick);
    guard_turn(*worker_, time_.now());
  }

  // What the worker counted must be what was asked.
  void check(std::uint64_t requests) {
    const worker::Report report = worker_->report();
    std::uint64_t answered = 0;
    for (const Color color : colors) answered += report.services.at(0).summary[color].by_class[2];
    if (answered != requests || report.faults != 0 || report.refused != 0)
      give_up("the worker's books do not agree with the script");
  }

 private:
  void speak_tls(worker::ListenSettings& listen, const char* certificate, const char* key) {
    net::ServerTlsOptions options;
    options.certificates = {{certificate, key}};
    const auto tls = net::ServerTls::load(options);
    if (!tls) give_up("cannot read the certificate or its key");
    listen.tls = tls.value();
    client_tls_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_ciphersuites(client_tls_.get(), "TLS_AES_128_GCM_SHA256");
  }

  split::RoutingPtr routing() const {
    split::Routing routing;
    routing.weight = {split::whole / 2, split::whole / 2};
    routing.deploy = "d1";
    routing.open = {true, true};
    routing.routes = {{"", "/", 0}};
    split::Service service;
    service.name = "web";
    service.health_path = "/healthz";
    service.endpoints.blue = {endpoint(blue_)};
    service.endpoints.green = {endpoint(green_)};
    routing.services = {service};
    return std::make_shared<const split::Routing>(std::move(routing));
  }
  static split::Endpoint endpoint(const Upstream& upstream) {
    split::Endpoint endpoint;
    endpoint.address = endpoint.host = "127.0.0.1";
    endpoint.port = upstream.port();
    endpoint.url = "http://127.0.0.1:" + std::to_string(endpoint.port);
    endpoint.open = true;
    return endpoint;
  }

  void connect_all() {
    for (Client& client : clients_) client.dial(port_, client_tls_.get());
    if (script_.tls) until_all([](Client& client) { return client.greeted(); });
  }

  template <class Done>
  void until_all(Done done) {
    std::vector<Client*> waiting;
    for (Client& client : clients_) waiting.push_back(&client);
    for (int i = 0; !waiting.empty(); ++i) {
      if (i == patience) give_up("a client is not answered");
      guard_drive(*worker_);
      blue_.serve();
      green_.serve();
      std::erase_if(waiting, [&done](Client* client) { return done(*client); });
    }
  }

  const Script& script_;
  testing::ManualTime time_;
  Upstream blue_;
  Upstream green_;
  net::SslCtxPtr client_tls_;
  std::unique_ptr<access_log::Sink> sink_;
  std::unique_ptr<worker::Worker> worker_;
  std::uint16_t port_ = 0;
  std::vector<Client> clients_;
  std::size_t rounds_ = 0;
};

}  // namespace
}  // namespace sy::guard

int main(int count, char** words) {
  using namespace sy::guard;
  if (count != 3 && count != 5)
    give_up("usage: guard_requests SCRIPT REQUESTS [CERTIFICATE KEY], files in PEM");
  const auto script = script_named(words[1]);
  if (!script) give_up("no such script");
  if (script->tls && count != 5) give_up("this script needs a certificate and its key");
  const std::size_t requests = std::strtoul(words[2], nullptr, 10);
  if (requests == 0 || requests % lanes != 0) give_up("requests must be a multiple of 8");
  World world{*script, count == 5 ? words[3] : "", count == 5 ? words[4] : ""};
  for (std::size_t i = 0; i < requests / lanes; ++i) world.round();
  world.check(requests);
  return 0;
}
