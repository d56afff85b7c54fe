// The world of switchctl without AWS, files or sockets: time that moves only by waiting, a platform
// whose tasks come up after a while, a ledger in memory, and points at which a process dies. A
// proxy to go with them is in scripted_proxy.h.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/platform/platform.h"
#include "control/records/ledger.h"
#include "control/terms/pace.h"
#include "control/terms/teller.h"

namespace sy::testing {

namespace ct = sy::control;

// Waiting is what moves time. What is due meanwhile happens in order.
class ManualPace final : public ct::Pace {
 public:
  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] WallTime wall() const override { return wall_; }
  [[nodiscard]] bool wait(Duration duration) override {
    if (signalled_) return false;
    advance(duration);
    return !signalled_;
  }
  void forgive() override { signalled_ = false; }

  void signal() { signalled_ = true; }
  void at(Duration after, std::function<void()> what) {
    due_.emplace(now_ + after, std::move(what));
  }
  void advance(Duration by) {
    const Instant end = now_ + by;
    while (!due_.empty() && due_.begin()->first <= end && !signalled_) {
      auto next = due_.extract(due_.begin());
      move_to(std::max(now_, next.key()));
      next.mapped()();
    }
    if (!signalled_) move_to(end);
  }

 private:
  void move_to(Instant to) {
    wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(to - now_);
    now_ = to;
  }

  Instant now_{std::chrono::hours{1}};
  WallTime wall_{std::chrono::milliseconds{1'704'103'200'000}};  // 2024-01-01T10:00:00Z
  std::multimap<Instant, std::function<void()>> due_;
  bool signalled_ = false;
};

// Thrown where the process is killed; nothing of switchctl catches it.
struct Killed {};

// Every act of the doubles passes here twice: before it has had its effect, and after.
class CrashPoints {
 public:
  void pass() {
    if (passed_++ == at_) throw Killed{};
  }
  // Dies at the n-th passing from now on, counted from 0; negative: never.
  void kill_at(int n) {
    at_ = n;
    passed_ = 0;
  }
  [[nodiscard]] int passed() const { return passed_; }

 private:
  int at_ = -1;
  int passed_ = 0;
};

// Everything that was told, as "kind step: what".
class KeptNotes final : public ct::Teller {
 public:
  void tell(const ct::Note& note) override { notes.push_back(note); }
  [[nodiscard]] std::string text() const {
    static constexpr std::array<const char*, 5> kinds{"begun", "progress", "done", "warning",
                                                      "undone"};
    std::string all;
    for (const auto& note : notes)
      all += std::string{kinds.at(static_cast<std::size_t>(note.kind))} + " " + note.step + ": " +
             note.what + "\n";
    return all;
  }
  std::vector<ct::Note> notes;
};

// Tasks are up `start_time` after they were started. Services are those of `now`.
class FakePlatform final : public ct::platform::Platform {
 public:
  explicit FakePlatform(ManualPace& time, CrashPoints* crashes = nullptr)
      : time_{time}, crashes_{crashes} {}

  // One service in one color that has been running for long.
  void put(const std::string& service, Color color, const Version& version, int tasks) {
    auto& running = now[service][color];
    running = shape(service, version, tasks);
    running.running = tasks;
    fill(running, service, color);
  }
  void publish(const Version& version, const std::vector<std::string>& services) {
    for (const auto& service : services)
      images[version][service] = {service + "@" + digest_of(version), digest_of(version)};
  }
  [[nodiscard]] static std::string digest_of(const Version& version) { return "sha256:" + version; }

  [[nodiscard]] ct::Try<ct::platform::Caller> caller() override {
    if (fail_caller) return *fail_caller;
    return who;
  }
  [[nodiscard]] ct::Try<ct::platform::Observation> observe() override {
    if (fail_observe) return *fail_observe;
    settle();
    return now;
  }
  [[nodiscard]] ct::Try<ct::platform::Artifact> find(const Version& version) override {
    const auto found = images.find(version);
    for (const auto& [service, running] : now)
      if (found == images.end() || !found->second.contains(service))
        return ct::Failure{ct::ExitCode::refused, "there is no image " + service + ":" + version,
                           "build and push it, then try again"};
    return ct::platform::Artifact{version, "", found->second, {}};
  }
  [[nodiscard]] ct::Try<> start(const ct::platform::Wanted& wanted,
                                ct::platform::Started& started) override {
    started.color = wanted.color;
    if (fail_start) return *fail_start;
    for (const auto& [service, count] : wanted.counts) {
      act("start " + service + " " + std::string{name_of(wanted.color)} + " " +
          wanted.artifact.version + " " + std::to_string(count));
      start_one(service, wanted, started);
      died();
    }
    return {};
  }
  [[nodiscard]] ct::Try<ct::platform::Progress> progress(
      const ct::platform::Started& started) override {
    settle();
    ct::platform::Progress result{.up = true};
    for (const auto& [service, one] : started.services) {
      const auto& running = now[service][started.color];
      if (never_up.contains(running.version)) {
        result.failed = ct::Failure{ct::ExitCode::failed, never_up.at(running.version), ""};
        result.up = false;
      }
      result.running += running.running;
      result.desired += running.desired;
      if (running.running < running.desired) result.up = false;
    }
    result.words =
        std::to_string(result.running) + " of " + std::to_string(result.desired) + " tasks are up";
    return result;
  }
  [[nodiscard]] ct::Try<> restore(const ct::platform::Started& started) override {
    for (const auto& [service, one] : started.services) {
      act("restore " + service + " " + std::string{name_of(started.color)});
      auto& running = now[service][started.color];
      const Version before = one.definition_before.substr(one.definition_before.find(':') + 1);
      running = shape(service, before, one.desired_before);
      running.running = one.desired_before;
      fill(running, service, started.color);
      ready_.erase({service, started.color});
      died();
    }
    return {};
  }
  [[nodiscard]] ct::Try<> scale(const std::string& service, Color color, int count) override {
    if (fail_scale) return *fail_scale;
    act("scale " + service + " " + std::string{name_of(color)} + " " + std::to_string(count));
    auto& running = now[service][color];
    running.desired = count;
    if (count < running.running) running.running = count;
    fill(running, service, color);
    ready_[{service, color}] = time_.now() + start_time;
    died();
    return {};
  }
  [[nodiscard]] ct::Try<ct::platform::Started> restart(const std::string& service,
                                                       Color color) override {
    act("restart " + service + " " + std::string{name_of(color)});
    auto& running = now[service][color];
    ct::platform::Started started{color, {}};
    started.services[service] = {running.definition, "deployment-" + std::to_string(acts.size()),
                                 running.definition, running.desired, running.desired};
    running.running = 0;
    running.tasks.clear();
    ready_[{service, color}] = time_.now() + start_time;
    died();
    return started;
  }
  [[nodiscard]] ct::Try<std::vector<std::string>> events(const std::string& service,
                                                         Color color) override {
    return told[{service, color}];
  }
  [[nodiscard]] ct::Try<std::vector<ct::platform::Line>> logs(const std::string&,
                                                              std::optional<Color>,
                                                              WallTime since) override {
    std::vector<ct::platform::Line> some;
    for (const auto& line : lines)
      if (line.at >= since && line.at <= time_.wall()) some.push_back(line);
    return some;
  }
  [[nodiscard]] Duration poll() const override { return std::chrono::seconds{5}; }
  [[nodiscard]] std::string name() const override { return called; }

  using Place = std::pair<std::string, Color>;
  ct::platform::Observation now;
  std::map<Version, std::map<std::string, ct::platform::Image>> images;
  std::map<Version, std::string> never_up;  // versions whose tasks fail, and how
  std::map<Place, std::vector<std::string>> told;
  std::vector<ct::platform::Line> lines;
  ct::platform::Caller who{"arn:aws:iam::123456789012:user/ci", "123456789012", {}};
  std::optional<ct::Failure> fail_caller;
  std::optional<ct::Failure> fail_observe;
  std::optional<ct::Failure> fail_start;
  std::optional<ct::Failure> fail_scale;
  Duration start_time = std::chrono::seconds{20};
  std::string called = "fake";
  std::vector<std::string> acts;  // "start backend green v… 2", in order

 private:
  static std::string_view name_of(Color color) { return sy::name(color); }
  static ct::platform::Running shape(const std::string& service, const Version& version,
                                     int tasks) {
    ct::platform::Running running;
    running.exists = true;
    running.desired = tasks;
    running.definition = version.empty() ? "" : service + ":" + version;
    running.digest = version.empty() ? "" : digest_of(version);
    running.version = version;
    running.state = "steady";
    return running;
  }
  static void fill(ct::platform::Running& running, const std::string& service, Color color) {
    running.tasks.clear();
    for (int i = 1; i <= running.running; ++i) {
      ct::platform::Task task;
      task.id = service + "-" + std::string{sy::name(color)} + "-" + std::to_string(i);
      task.url = "http://10.0.0." + std::to_string(i) + ":8080";
      task.state = "RUNNING HEALTHY";
      task.version = running.version;
      task.up = true;
      running.tasks.push_back(std::move(task));
    }
  }
  void start_one(const std::string& service, const ct::platform::Wanted& wanted,
                 ct::platform::Started& started) {
    auto& running = now[service][wanted.color];
    const int count = wanted.counts.at(service);
    ct::platform::Started::Service one;
    one.definition_before = running.definition;
    one.desired_before = running.desired;
    one.count = count;
    one.definition = service + ":" + wanted.artifact.version;
    const bool so_already = running.definition == one.definition && running.desired == count;
    if (!so_already) {
      one.deployment = "deployment-" + std::to_string(acts.size());
      running = shape(service, wanted.artifact.version, count);
      ready_[{service, wanted.color}] = time_.now() + start_time;
    }
    started.services[service] = std::move(one);
  }
  // What was started long enough ago is up.
  void settle() {
    for (auto it = ready_.begin(); it != ready_.end();) {
      auto& running = now[it->first.first][it->first.second];
      const bool due = it->second <= time_.now() && !never_up.contains(running.version);
      if (due) {
        running.running = running.desired;
        fill(running, it->first.first, it->first.second);
      }
      it = due ? ready_.erase(it) : std::next(it);
    }
  }
  void act(std::string what) {
    if (crashes_ != nullptr) crashes_->pass();
    acts.push_back(std::move(what));
  }
  void died() {
    if (crashes_ != nullptr) crashes_->pass();
  }

  ManualPace& time_;
  CrashPoints* crashes_;
  std::map<Place, Instant> ready_;
};

// What outlives a process: give the same one to two ledgers and they are two processes.
struct LedgerStore {
  std::optional<ct::records::Record> record;
  std::optional<ct::records::Claim> claim;
  std::vector<ct::records::Record> past;  // newest first, the present one included
};

class FakeLedger final : public ct::records::Ledger {
 public:
  explicit FakeLedger(LedgerStore& store, CrashPoints* crashes = nullptr)
      : store_{store}, crashes_{crashes} {}

  [[nodiscard]] ct::Try<ct::records::Seen> read() override {
    if (fail_read) return *fail_read;
    return ct::records::Seen{store_.record, store_.claim};
  }
  [[nodiscard]] ct::Try<ct::records::Claim> acquire(const ct::records::Seen& seen,
                                                    ct::records::Claim wanted) override {
    const auto epoch = seen.record ? seen.record->epoch : 0;
    const auto current = store_.record ? store_.record->epoch : 0;
    if (store_.claim || epoch != current)
      return ct::Failure{ct::ExitCode::locked, "locked by " + owner(), "switchctl status"};
    pass();
    wanted.epoch = epoch + 1;
    wanted.generation = 1;
    store_.claim = wanted;
    pass();
    return wanted;
  }
  [[nodiscard]] ct::Try<ct::records::Claim> take_over(const ct::records::Claim& held,
                                                      ct::records::Claim wanted) override {
    if (!ours(held))
      return ct::Failure{ct::ExitCode::locked, "locked by " + owner(), "switchctl status"};
    pass();
    wanted.epoch = held.epoch;
    wanted.generation = held.generation + 1;
    store_.claim = wanted;
    pass();
    return wanted;
  }
  [[nodiscard]] ct::Try<> note(const ct::records::Claim& claim) override {
    if (fail_note) return *fail_note;
    if (store_.record && store_.record->epoch >= claim.epoch)
      return ct::Failure{ct::ExitCode::refused, "memory was changed meanwhile by somebody else",
                         "switchctl status"};
    if (!ours(claim))
      return ct::Failure{ct::ExitCode::locked, "locked by " + owner(), "switchctl status"};
    pass();
    store_.claim = claim;
    pass();
    return {};
  }
  [[nodiscard]] ct::Try<> commit(const ct::records::Claim& claim,
                                 const ct::records::Record& next) override {
    if (fail_commit) return *fail_commit;
    if (!ours(claim) || next.epoch != claim.epoch)
      return ct::Failure{ct::ExitCode::refused, "the record was written by somebody else",
                         "switchctl status"};
    pass();
    store_.record = next;
    store_.past.insert(store_.past.begin(), next);
    store_.claim.reset();
    pass();
    return {};
  }
  [[nodiscard]] ct::Try<std::vector<ct::records::Record>> history(std::size_t most) override {
    auto some = store_.past;
    some.resize(std::min(some.size(), most));
    return some;
  }
  [[nodiscard]] std::string where() const override { return "memory"; }

  std::optional<ct::Failure> fail_read;
  std::optional<ct::Failure> fail_note;
  std::optional<ct::Failure> fail_commit;

 private:
  [[nodiscard]] std::string owner() const {
    return store_.claim ? store_.claim->owner : std::string{"somebody"};
  }
  [[nodiscard]] bool ours(const ct::records::Claim& claim) const {
    return store_.claim && store_.claim->epoch == claim.epoch &&
           store_.claim->generation == claim.generation && store_.claim->nonce == claim.nonce;
  }
  void pass() {
    if (crashes_ != nullptr) crashes_->pass();
  }

  LedgerStore& store_;
  CrashPoints* crashes_;
};

}  // namespace sy::testing
