// Time that passes when somebody waits for it, and records and claims to test with.
#pragma once
#include <chrono>
#include <string>

#include "control/records/ledger.h"
#include "control/terms/pace.h"

namespace sy::control::records {

class ManualPace final : public Pace {
 public:
  Instant now() const override { return Instant{passed_}; }
  WallTime wall() const override {
    return begin_ + std::chrono::duration_cast<std::chrono::milliseconds>(passed_);
  }
  bool wait(Duration duration) override {
    ++waits;
    if (interrupted) return false;
    passed_ += duration;
    return true;
  }
  void forgive() override { interrupted = false; }
  void pass(Duration duration) { passed_ += duration; }

  bool interrupted = false;
  int waits = 0;

 private:
  // 2026-11-23T07:00:00Z
  WallTime begin_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{7}};
  Duration passed_{};
};

inline WallTime wall_of(int hour, int minute, int second = 0) {
  return std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{hour} +
         std::chrono::minutes{minute} + std::chrono::seconds{second};
}

inline Claim claim_for(const std::string& op, WallTime at = wall_of(7, 0)) {
  Claim claim;
  claim.owner = "arn:aws:sts::111122223333:assumed-role/pms-deploy/GitHubActions";
  claim.host = "runner-1 0b1c2d3e-0000-4000-8000-000000000001 pid:[4026531836]";
  claim.pid = 4711;
  claim.op = op;
  claim.version = "v20261123-0123456789ab";
  claim.phase = "start";
  claim.since = at;
  claim.heartbeat = at;
  claim.expires = at + std::chrono::minutes{10};
  return claim;
}

inline Release release_of(const std::string& version, Color color, int services) {
  Release release;
  release.version = version;
  release.git_sha = std::string(40, 'a');
  release.deployed_at = wall_of(7, 12, 14);
  release.by = "arn:aws:sts::111122223333:assumed-role/pms-deploy/GitHubActions";
  release.run = "https://github.com/your-org/pms/actions/runs/8123456789";
  release.color = color;
  for (int i = 0; i < services; ++i) {
    const std::string name = i == 0   ? "backend"
                             : i == 1 ? "frontend"
                                      : "service" + std::to_string(i);
    release.services[name] = {"pms-" + name + "-production:" + std::to_string(1234 + i),
                              "sha256:" + std::string(64, 'b'), 4};
  }
  return release;
}

// A record with as much in it as a long life leaves behind.
inline Record full_record(int services) {
  Record record;
  record.epoch = 1234;
  record.env = "production";
  record.nonce = std::string(32, 'f');
  record.op = "deploy";
  record.result = "succeeded";
  record.current = release_of("v20261123-0123456789ab", Color::green, services);
  record.previous = release_of("v20261122-abcdef012345", Color::blue, services);
  for (std::size_t i = 0; i < recent_max; ++i) {
    Operation operation;
    operation.version = "v202611" + std::to_string(23 - static_cast<int>(i)) + "-0123456789ab";
    if (i > 13) operation.version = "v20261101-0123456789ab";
    operation.at = wall_of(7, 0) - std::chrono::hours{24 * static_cast<int>(i)};
    operation.op = i % 3 == 0 ? "rollback" : "deploy";
    operation.result = i % 5 == 0 ? "failed" : "succeeded";
    operation.by = record.current->by;
    for (const auto& [name, release] : record.current->services) {
      operation.definitions[name] =
          release.definition.substr(0, release.definition.rfind(':') + 1) +
          std::to_string(1200 - static_cast<int>(i));
    }
    record.recent.push_back(operation);
  }
  return record;
}

}  // namespace sy::control::records
