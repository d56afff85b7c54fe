// The world of a director, without threads, sockets or a disk: workers that adopt when told to,
// probes that say what the test wants, a disk that can be full.
#pragma once
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>

#include "director/director.h"
#include "support/manual_time.h"

namespace sy::testing {

// A folder that is gone with the test, in memory where there is such a place: its files are synced
// thousands of times.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const bool memory = ::access("/dev/shm", W_OK) == 0;
    const std::filesystem::path in = memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string name = (in / "switchyard-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string operator/(const std::string& file) const { return path_ + "/" + file; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// While it lives, no file of this program grows beyond `bytes`, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(std::uint64_t bytes) : before_{::signal(SIGXFSZ, SIG_IGN)} {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit less{bytes, limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &less);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    ::signal(SIGXFSZ, before_);
  }

 private:
  void (*before_)(int);
  rlimit limit_{};
};

// Adopts at once, or when `let_through` is called while `hold` is set.
class FakeFleet final : public director::Fleet {
 public:
  explicit FakeFleet(net::Executor executor)
      : gate_{std::move(executor), std::chrono::steady_clock::time_point::max()} {}
  net::Awaitable<> adopt(split::RoutingPtr routing) override {
    if (hold) {
      ++waiting;
      net::error_code ignored;
      co_await gate_.async_wait(net::asio::redirect_error(net::use_awaitable, ignored));
      --waiting;
    }
    if (on_adopt) on_adopt();
    adopted.push_back(std::move(routing));
  }
  // Mishaps are told once, like those of workers.
  net::Awaitable<director::Collected> collect() override {
    director::Collected now = collected;
    collected.evidence.mishaps.clear();
    co_return now;
  }
  void let_through() { gate_.cancel(); }

  bool hold = false;
  int waiting = 0;
  std::vector<split::RoutingPtr> adopted;
  std::function<void()> on_adopt;
  director::Collected collected;

 private:
  net::asio::basic_waitable_timer<std::chrono::steady_clock,
                                  net::asio::wait_traits<std::chrono::steady_clock>, net::Executor>
      gate_;
};

class FakeProbes final : public director::Probes {
 public:
  void watch(std::vector<director::ProbeTarget> targets) override {
    ++watched;
    std::vector<director::ProbeState> next;
    for (auto& target : targets) {
      director::ProbeState state;
      for (const auto& each : states_) {
        if (each.target == target) state = each;
      }
      state.target = std::move(target);
      next.push_back(std::move(state));
    }
    states_ = std::move(next);
  }
  [[nodiscard]] const std::vector<director::ProbeState>& states() const override { return states_; }
  // Every endpoint of the color, of one service or of all.
  void set(Color color, bool open, const std::string& reason, const std::string& version = "",
           const std::string& service = "") {
    for (auto& state : states_) {
      if (state.target.color != color) continue;
      if (!service.empty() && state.target.service != service) continue;
      state.open = open;
      state.last.emplace();
      state.last->good = open;
      state.last->reason = reason;
      state.last->identity.version = version;
    }
  }
  std::vector<director::ProbeState> states_;
  int watched = 0;
};

class FakeStore final : public director::Store {
 public:
  Result<> save(const rollout::State& state) override {
    ++saves;
    if (full) return Error{Blame::self, true, 503, "no space left on device"};
    if (on_save) on_save(state);
    saved.state = state;
    if (on_saved) on_saved();
    return {};
  }
  Result<Loaded> load() override { return saved; }
  bool full = false;
  int saves = 0;
  Loaded saved;
  std::function<void(const rollout::State&)> on_save;  // before it is saved
  std::function<void()> on_saved;
};

class FakeNotifier final : public director::Notifier {
 public:
  void notify(const director::Notice& notice) override { notices.push_back(notice); }
  [[nodiscard]] std::vector<std::string> types() const {
    std::vector<std::string> types;
    for (const auto& notice : notices) types.push_back(notice.type);
    return types;
  }
  std::vector<director::Notice> notices;
};

// Two services, each with an endpoint a color; everything is open once `start` returns.
class DirectorWorld {
 public:
  static director::Options two_services() {
    director::Options options;
    options.app = "pms";
    options.services.resize(2);
    options.services[0].name = "backend";
    options.services[0].paths = {"/api/"};
    options.services[0].endpoints = {{"http://127.0.0.1:9101"}, {"http://127.0.0.1:9201"}};
    options.services[1].name = "frontend";
    options.services[1].paths = {"/"};
    options.services[1].endpoints = {{"http://127.0.0.1:9102"}, {"http://127.0.0.1:9202"}};
    return options;
  }

  explicit DirectorWorld(director::Options options = two_services())
      : journal{director::Journal::open(folder / "journal").value()} {
    make(std::move(options));
  }

  // A second life with what the first one saved.
  void make(director::Options options) {
    const auto resolve = [this](const std::string& host) { return hosts[host]; };
    const auto entropy = [this] { return ++entropy_; };
    director.reset();
    director = std::make_unique<director::Director>(io.get_executor(), time, fleet, probes, store,
                                                    journal, resolve, std::move(options), entropy);
    director->set_notifier(&notifier);
  }

  // Runs until nothing is ready.
  void poll() {
    io.restart();
    io.poll();
  }

  // REQUIRES: what is awaited finishes without waiting.
  template <class T>
  T run(net::Awaitable<T> work) {
    std::optional<T> result;
    begin<T>(std::move(work), [&result](T value) { result.emplace(std::move(value)); });
    poll();
    return std::move(result.value());
  }
  void run(net::Awaitable<> work) {
    bool done = false;
    const auto end = [&done](std::exception_ptr failed) {
      if (failed) std::rethrow_exception(failed);
      done = true;
    };
    net::asio::co_spawn(io.get_executor(), std::move(work), end);
    poll();
    if (!done) std::abort();
  }
  template <class T>
  void begin(net::Awaitable<T> work, std::function<void(T)> then) {
    const auto end = [then = std::move(then)](std::exception_ptr failed, T value) {
      if (failed) std::rethrow_exception(failed);
      then(std::move(value));
    };
    net::asio::co_spawn(io.get_executor(), std::move(work), end);
  }

  void start() {
    run(director->start()).value();
    probes.set(Color::blue, true, "200 after 3 ms");
    probes.set(Color::green, true, "200 after 3 ms");
    tick();
  }
  void tick(Duration after = std::chrono::milliseconds{100}) {
    time.advance(after);
    run(director->tick());
  }
  void ticks(int count, Duration each = std::chrono::milliseconds{100}) {
    for (int i = 0; i < count; ++i) tick(each);
  }
  // Requests that went well, for the next tick to see.
  void serve(Color color, std::uint64_t count) {
    fleet.collected.evidence.successes[color] += count;
  }
  // Requests that failed with 500, each of another client, and were not replayed.
  void fail(Color color, int count, const std::string& route = "POST /api/claims") {
    for (int i = 0; i < count; ++i) add(mishap(color, route));
  }
  void refuse(Color color, int count) {
    for (int i = 0; i < count; ++i) {
      tally::Mishap each = mishap(color, "GET /");
      each.failure = tally::Failure::connect_refused;
      each.status = 0;
      each.hard = true;
      add(std::move(each));
    }
  }
  static director::Intent by(std::string actor, std::string key = "") {
    director::Intent intent;
    intent.actor = std::move(actor);
    intent.idempotency_key = std::move(key);
    return intent;
  }
  Result<director::Applied> submit(rollout::Command command) {
    return submit(std::move(command), by("op"));
  }
  Result<director::Applied> submit(rollout::Command command, director::Intent intent) {
    return run(director->submit(std::move(command), std::move(intent)));
  }
  [[nodiscard]] const split::Routing& routing() const { return *fleet.adopted.back(); }
  [[nodiscard]] PerColor<int> weight() const { return routing().weight; }
  [[nodiscard]] std::vector<std::string> journal_lines() const {
    std::vector<std::string> lines;
    for (const auto& entry : journal.entries()) {
      lines.push_back(entry.actor + " " + entry.action + ": " + entry.detail);
    }
    return lines;
  }

  TemporaryFolder folder;
  net::asio::io_context io;
  ManualTime time;
  FakeFleet fleet{io.get_executor()};
  FakeProbes probes;
  FakeStore store;
  FakeNotifier notifier;
  director::Journal journal;
  std::map<std::string, std::vector<std::string>> hosts;
  std::unique_ptr<director::Director> director;

 private:
  tally::Mishap mishap(Color color, const std::string& route) {
    tally::Mishap each;
    each.at = time.now();
    each.color = color;
    each.service = "backend";
    each.route = route;
    each.client = each.request = ++asked_;
    each.status = 500;
    const auto& published = director->routing();
    each.share = published->weight[other(published->live)] / 10'000.0;
    return each;
  }
  void add(tally::Mishap mishap) {
    auto& evidence = fleet.collected.evidence;
    ++evidence.failures[mishap.color];
    evidence.mishaps.push_back(std::move(mishap));
  }

  std::uint64_t entropy_ = 0;
  std::uint64_t asked_ = 0;
};

}  // namespace sy::testing
