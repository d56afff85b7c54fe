// Owns everything the proxy is made of, in construction order: starts it, follows signals, drains,
// stops.
#pragma once
#include <boost/asio/basic_signal_set.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access_log/access_log.h"
#include "api/server.h"
#include "app/director_control.h"
#include "app/fleet.h"
#include "app/log.h"
#include "app/settings.h"
#include "config/proxy_config.h"
#include "director/director.h"
#include "director/file_store.h"
#include "director/journal.h"
#include "net/resolver.h"
#include "net/task_group.h"
#include "notify/webhooks.h"
#include "probe/prober.h"

namespace sy::app {

struct Running {
  std::vector<std::string> listen;  // "127.0.0.1:8080", as bound
  std::string control;
};

class App {
 public:
  // Reads the configuration again for a reload; the text that says where problems are when there
  // are any.
  using Reload = std::function<Result<config::ProxyConfig>()>;
  // `time` and `log` outlive the app.
  App(const TimeSource& time, Log& log, config::ProxyConfig config, Reload reload);
  App(const App&) = delete;
  App& operator=(const App&) = delete;
  ~App();

  // Binds and opens everything; nothing is served yet. An error leaves nothing bound.
  [[nodiscard]] Result<Running> prepare();
  // Serves until a signal ends it; returns the exit code. `ready` is called once requests are
  // answered.
  [[nodiscard]] int run(const std::function<void()>& ready);

 private:
  using Timer = net::asio::basic_waitable_timer<
      std::chrono::steady_clock, net::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;
  [[nodiscard]] Result<> open_state();
  [[nodiscard]] Result<std::vector<worker::Setup>> bind_workers();
  void make_director();
  [[nodiscard]] Result<> make_webhooks();
  [[nodiscard]] Result<> start_control();
  [[nodiscard]] api::Provided provided();
  [[nodiscard]] std::string metrics() const;
  [[nodiscard]] std::string not_ready() const;
  [[nodiscard]] std::vector<std::string> resolve(const std::string& host);
  [[nodiscard]] net::Awaitable<> live();
  [[nodiscard]] net::Awaitable<> follow_signals();
  [[nodiscard]] net::Awaitable<> beat();
  [[nodiscard]] net::Awaitable<> reload();
  [[nodiscard]] net::Awaitable<> drain(bool notice);
  [[nodiscard]] net::Awaitable<> await_clients(Instant until);
  [[nodiscard]] net::Awaitable<> pause(Duration duration);
  [[nodiscard]] net::Awaitable<> rest_until(Instant due);
  void nudge();

  const TimeSource& time_;
  Log& log_;
  config::ProxyConfig config_;
  Reload read_again_;
  std::string via_;
  std::size_t descriptors_max_ = 0;
  net::asio::io_context io_;
  net::TaskGroup tasks_;
  worker::SettingsPtr settings_;
  std::unique_ptr<access_log::Sink> sink_;
  std::unique_ptr<director::FileStore> store_;
  std::optional<director::Journal> journal_;
  std::unique_ptr<net::Resolver> resolver_;
  std::vector<std::string> hosts_;  // every one the director has asked for
  std::unique_ptr<probe::Prober> prober_;
  std::unique_ptr<WorkerFleet> fleet_;
  std::unique_ptr<notify::Webhooks> webhooks_;
  std::unique_ptr<director::Director> director_;
  std::unique_ptr<DirectorControl> control_;
  std::unique_ptr<api::Server> server_;
  net::asio::basic_signal_set<net::Executor> signals_;
  Timer beat_timer_;
  Timer pause_timer_;
  std::function<void()> ready_;
  Running running_;
  bool serving_ = false;
  bool draining_ = false;
  bool hurry_ = false;   // a second signal came
  bool nudged_ = false;  // tick now
  bool done_ = false;
  int exit_code_ = 0;
};

}  // namespace sy::app
