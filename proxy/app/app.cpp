#include "app/app.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "app/build.h"
#include "base/check.h"
#include "net/listener.h"

namespace sy::app {
namespace {

namespace asio = net::asio;
using net::error_code;

constexpr Duration beat_interval = std::chrono::milliseconds{100};
constexpr Duration nudge_gap = std::chrono::milliseconds{2};

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  SY_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits) == 1);
  return bits;
}

std::string pseudonym() {
  std::array<char, 32> text;
  const auto length = std::snprintf(text.data(), text.size(), "switchyard-%08x",
                                    static_cast<unsigned>(random_bits()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::size_t worker_count(const config::ProxyConfig& config) {
  if (config.workers != 0) return config.workers;
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

App::App(const TimeSource& time, Log& log, config::ProxyConfig config, Reload reload)
    : time_{time},
      log_{log},
      config_{std::move(config)},
      read_again_{std::move(reload)},
      via_{pseudonym()},
      tasks_{io_.get_executor(),
             [&log](std::string_view what) {
               log.error("task_failed", {{"what", std::string{what}}});
             }},
      signals_{io_.get_executor()},
      beat_timer_{io_.get_executor()},
      pause_timer_{io_.get_executor()} {}

App::~App() = default;

Result<Running> App::prepare() {
  descriptors_max_ = raise_descriptor_limit();
  auto settings = make_settings(config_, via_, descriptors_max_);
  if (!settings) return settings.error();
  settings_ = std::move(*settings);
  auto setups = bind_workers();
  if (!setups) return setups.error();
  if (config_.access_log != "off") {
    auto sink = access_log::Sink::open(config_.access_log, time_);
    if (!sink) return sink.error();
    sink_ = std::move(*sink);
  }
  if (auto opened = open_state(); !opened) return opened.error();
  net::ResolverOptions resolving;
  resolving.seed = static_cast<std::uint32_t>(random_bits());
  resolver_ = std::make_unique<net::Resolver>(io_.get_executor(), time_, resolving);
  probe::Options probes;
  probes.version = build_version();
  probes.seed = static_cast<std::uint32_t>(random_bits());
  prober_ =
      std::make_unique<probe::Prober>(io_.get_executor(), time_, probes, settings_->upstream_tls);
  fleet_ = std::make_unique<WorkerFleet>(time_, sink_.get(), std::move(*setups));
  make_director();
  if (auto told = make_webhooks(); !told) return told.error();
  if (auto started = start_control(); !started) return started.error();
  return running_;
}

Result<> App::open_state() {
  auto store = director::FileStore::open(config_.state_path);
  if (!store) return store.error();
  store_ = std::move(*store);
  auto journal = director::Journal::open(config_.state_path + "/journal.jsonl");
  if (!journal) return journal.error();
  journal_.emplace(std::move(*journal));
  if (!journal_->note().empty()) log_.warning("journal", {{"what", journal_->note()}});
  return {};
}

Result<std::vector<worker::Setup>> App::bind_workers() {
  std::vector<worker::Setup> setups(worker_count(config_));
  for (std::size_t i = 0; i < setups.size(); ++i) {
    setups[i].index = i;
    setups[i].count = setups.size();
    setups[i].settings = settings_;
    setups[i].seed = random_bits();
    setups[i].nudge = [this] { asio::post(io_, [this] { nudge(); }); };
  }
  for (const config::Listen& listen : config_.listen) {
    std::uint16_t port = listen.port;
    for (worker::Setup& setup : setups) {
      auto listener = net::listen(listen.address, port);
      if (!listener) return listener.error();
      port = listener->port;  // the others join the port that the kernel chose
      setup.listeners.push_back(*listener);
    }
    running_.listen.push_back(net::to_text(listen.address, port));
  }
  return setups;
}

void App::make_director() {
  auto addresses = [this](const std::string& host) { return resolve(host); };
  director_ = std::make_unique<director::Director>(io_.get_executor(), time_, *fleet_, *prober_,
                                                   *store_, *journal_, addresses, config_.director);
  prober_->set_on_change([this] { nudge(); });
  resolver_->set_on_change([this] { nudge(); });
}

// Receivers are verified by the system's authorities, whatever upstreams are.
Result<> App::make_webhooks() {
  auto tls = net::ClientTls::load({});
  if (!tls) return tls.error();
  notify::Setup setup;
  setup.tls = std::move(*tls);
  setup.report = [this](std::string_view target, std::string_view what) {
    log_.warning("webhook", {{"target", std::string{target}}, {"what", std::string{what}}});
  };
  setup.version = build_version();
  setup.seed = random_bits();
  setup.resolving.seed = static_cast<std::uint32_t>(random_bits());
  webhooks_ = std::make_unique<notify::Webhooks>(io_.get_executor(), time_, config_.notify,
                                                 std::move(setup));
  director_->set_notifier(webhooks_.get());
  return {};
}

// A host is watched from the first time the director asks for it.
std::vector<std::string> App::resolve(const std::string& host) {
  if (std::find(hosts_.begin(), hosts_.end(), host) == hosts_.end()) {
    hosts_.push_back(host);
    resolver_->watch(hosts_);
  }
  return resolver_->addresses(host);
}

Result<> App::start_control() {
  control_ = std::make_unique<DirectorControl>(*director_);
  auto report = [this](std::string_view what) {
    log_.warning("control", {{"what", std::string{what}}});
  };
  server_ = std::make_unique<api::Server>(io_.get_executor(), time_, *control_, provided(),
                                          config_.control, api::Bounds{}, report);
  if (auto started = server_->start(); !started) return started.error();
  running_.control = net::to_text(config_.control.address, server_->port());
  return {};
}

std::string App::not_ready() const {
  if (draining_) return "The proxy is shutting down.";
  if (!serving_) return "The proxy is starting.";
  return {};
}

// --- running ------------------------------------------------------------------------------------

int App::run(const std::function<void()>& ready) {
  ready_ = ready;
  std::signal(SIGPIPE, SIG_IGN);  // a peer that left is met as an error of the write
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) signals_.add(number);
  fleet_->start();
  tasks_.spawn(live());
  io_.run();
  fleet_->stop();
  if (sink_) sink_->stop(std::chrono::seconds{1});
  return exit_code_;
}

net::Awaitable<> App::live() {
  const auto started = co_await director_->start();
  if (!started) {
    log_.error("start_failed", {{"what", started.error().what}});
    exit_code_ = 1;
    io_.stop();
    co_return;
  }
  director_->record("start", "switchyard", "version " + build_version());
  serving_ = true;
  tasks_.spawn(beat());
  tasks_.spawn(follow_signals());
  if (ready_) ready_();
}

// Failures nudge: at most once between two collects of a worker, and never closer than nudge_gap,
// so that an application that fails every request does not keep this thread busy.
net::Awaitable<> App::beat() {
  Instant last = time_.now();
  while (!done_) {
    if (!nudged_) co_await rest_until(last + beat_interval);
    if (nudged_ && last + nudge_gap > time_.now()) co_await rest_until(last + nudge_gap);
    nudged_ = false;
    last = time_.now();
    if (!done_) co_await director_->tick();
  }
}

net::Awaitable<> App::rest_until(Instant due) {
  error_code ignored;
  beat_timer_.expires_after(std::max(due - time_.now(), Duration::zero()));
  co_await beat_timer_.async_wait(asio::redirect_error(net::use_awaitable, ignored));
}

// One that comes while a tick is under way is seen after it.
void App::nudge() {
  if (std::exchange(nudged_, true)) return;
  beat_timer_.cancel();
}

net::Awaitable<> App::follow_signals() {
  while (!done_) {
    error_code error;
    const int number =
        co_await signals_.async_wait(asio::redirect_error(net::use_awaitable, error));
    if (error) co_return;
    if (number == SIGHUP) {
      if (!draining_) co_await reload();
    } else if (draining_) {
      hurry_ = true;
      pause_timer_.cancel();
    } else {
      tasks_.spawn(drain(number == SIGTERM));
    }
  }
}

net::Awaitable<> App::pause(Duration duration) {
  error_code ignored;
  pause_timer_.expires_after(duration);
  co_await pause_timer_.async_wait(asio::redirect_error(net::use_awaitable, ignored));
}

// --- reload -------------------------------------------------------------------------------------

// All or nothing: an invalid file changes nothing and says so.
net::Awaitable<> App::reload() {
  if (sink_) sink_->reopen();
  auto next = read_again_();
  if (!next) {
    log_.error("reload_refused", {{"what", next.error().what}});
    co_return;
  }
  const auto fixed = config::needs_restart(config_, *next);
  if (!fixed.empty()) {
    std::string names;
    for (const std::string& key : fixed) names += (names.empty() ? "" : ", ") + key;
    log_.error("reload_refused", {{"what", "needs a restart: " + names}});
    co_return;
  }
  auto settings = make_settings(*next, via_, descriptors_max_);
  if (!settings) {
    log_.error("reload_refused", {{"what", settings.error().what}});
    co_return;
  }
  if (auto control = server_->reload(next->control); !control) {
    log_.error("reload_refused", {{"what", control.error().what}});
    co_return;
  }
  log_.set_level(next->log_level);
  const auto services = co_await director_->reconfigure(next->director);
  if (!services) {
    log_.error("reload_refused", {{"what", services.error().what}});
    co_return;
  }
  settings_ = std::move(*settings);
  config_ = std::move(*next);
  prober_->set_tls(settings_->upstream_tls);
  webhooks_->reload(config_.notify);
  co_await fleet_->reload(settings_);
  director_->record("reload", "switchyard", "configuration read again");
  log_.info("reloaded");
}

// --- shutdown -----------------------------------------------------------------------------------

// Two steps (docs/operations.md): a notice, while new connections are still taken and /readyz says
// no; then no new ones, and those at work get their time.
net::Awaitable<> App::drain(bool notice) {
  draining_ = true;
  log_.info("draining", {{"notice", notice ? "yes" : "no"}});
  if (notice) co_await pause(config_.drain.notice);
  hurry_ = false;
  co_await fleet_->finish();
  co_await await_clients(time_.now() + config_.drain.finish);
  co_await fleet_->close_all();
  director_->record("stop", "switchyard", "signal");
  done_ = true;
  beat_timer_.cancel();
  server_->stop();
  co_await server_->wait();
  director_->set_notifier(nullptr);
  co_await webhooks_->stop();
  co_await prober_->stop();
  co_await resolver_->stop();
  log_.info("stopped");
  io_.stop();
}

net::Awaitable<> App::await_clients(Instant until) {
  while (!hurry_ && time_.now() < until) {
    co_await director_->tick();  // what workers hand over is the director's alone
    std::int64_t clients = 0;
    for (const auto& worker : director_->collected().workers) clients += worker.clients;
    if (clients == 0) co_return;
    co_await pause(std::min<Duration>(beat_interval, until - time_.now()));
  }
}

}  // namespace sy::app
