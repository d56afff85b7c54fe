// A ledger on a line: reads one JSON object a line from standard input, performs it on the SSM
// ledger with the real client, and prints what came of it. Waits are counted, not waited for.
#include <boost/json.hpp>
#include <chrono>
#include <iostream>

#include "control/aws/client.h"
#include "control/records/import.h"
#include "control/records/myself.h"
#include "control/records/ssm_ledger.h"

extern char** environ;

namespace {

namespace json = boost::json;
using namespace sy;
using namespace sy::control;
using namespace sy::control::records;

std::string text(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && found->is_string() ? std::string{found->get_string()} : "";
}

class CountingPace final : public Pace {
 public:
  Instant now() const override { return time_.now(); }
  WallTime wall() const override { return time_.wall(); }
  bool wait(Duration) override { return ++waits < 200; }
  void forgive() override {}
  int waits = 0;

 private:
  SystemTime time_;
};

json::object said(const Failure& failure) {
  return {{"exit", static_cast<int>(failure.code)}, {"what", failure.what}, {"next", failure.next}};
}

json::value said(const std::optional<Record>& record) {
  if (!record) return nullptr;
  return json::object{{"epoch", record->epoch},
                      {"nonce", record->nonce},
                      {"op", record->op},
                      {"version", record->current ? record->current->version : ""},
                      {"recent", record->recent.size()}};
}

json::value said(const std::optional<Claim>& claim) {
  if (!claim) return nullptr;
  return json::object{{"epoch", claim->epoch}, {"generation", claim->generation},
                      {"nonce", claim->nonce}, {"owner", claim->owner},
                      {"phase", claim->phase}, {"journal", claim->journal}};
}

class Probe {
 public:
  Probe(aws::Client& client, const json::object& first)
      : ledger_{client, options_of(first), "staging", pace_} {}

  json::object perform(const json::object& in) {
    pace_.waits = 0;
    json::object out = answer(text(in, "call"), in);
    out["waits"] = pace_.waits;
    return out;
  }

 private:
  static Options options_of(const json::object& in) {
    Options options;
    options.path = text(in, "path");
    options.kms_key_id = text(in, "key");
    return options;
  }

  json::object answer(const std::string& call, const json::object& in) {
    if (call == "read") return read();
    if (call == "acquire") return hold(ledger_.acquire(seen_, wanted(in)));
    if (call == "take_over") return hold(ledger_.take_over(seen_.claim.value(), wanted(in)));
    if (call == "note") return note(in);
    if (call == "commit") return commit(in);
    if (call == "history") return history();
    if (call == "import") return import(in);
    return {{"unknown", call}};
  }

  json::object read() {
    auto seen = ledger_.read();
    if (!seen) return {{"error", said(seen.error())}};
    seen_ = std::move(*seen);
    return {{"record", said(seen_.record)}, {"claim", said(seen_.claim)}};
  }

  Claim wanted(const json::object& in) {
    Claim claim;
    const Self self = myself("");
    claim.owner = text(in, "owner");
    claim.host = self.host;
    claim.pid = self.pid;
    claim.op = "deploy";
    claim.version = text(in, "version");
    claim.phase = "start";
    claim.since = claim.heartbeat = pace_.wall();
    return claim;
  }

  json::object hold(Try<Claim> claim) {
    if (!claim) return {{"error", said(claim.error())}};
    held_ = std::move(*claim);
    return {{"claim", said(std::optional{held_})}};
  }

  json::object note(const json::object& in) {
    held_.phase = text(in, "phase");
    held_.journal = text(in, "journal");
    const auto done = ledger_.note(held_);
    if (!done) return {{"error", said(done.error())}};
    return {{"claim", said(std::optional{held_})}};
  }

  static Release release(const std::string& version) {
    Release release;
    release.version = version;
    release.services["backend"] = {"pms-backend-staging:7", "sha256:00", 2};
    release.services["frontend"] = {"pms-frontend-staging:9", "sha256:01", 2};
    return release;
  }

  json::object commit(const json::object& in) {
    const std::string version = text(in, "version");
    const Operation operation{version, pace_.wall(), "deploy", "succeeded", held_.owner, {}};
    const Record before = seen_.record.value_or(Record{});
    Record next = after(before, operation, release(version), before.current);
    next.env = "staging";
    next.epoch = held_.epoch;
    next.reason = text(in, "reason");
    const auto done = ledger_.commit(held_, next);
    if (!done) return {{"error", said(done.error())}};
    return {{"record", said(std::optional{next})}};
  }

  json::object history() {
    const auto records = ledger_.history(100);
    if (!records) return {{"error", said(records.error())}};
    json::array all;
    for (const Record& record : *records) all.push_back(said(std::optional{record}));
    return {{"records", all}};
  }

  json::object import(const json::object& in) {
    Import wanted_import;
    wanted_import.env = "staging";
    wanted_import.self = myself("");
    wanted_import.wanted = wanted(in);
    wanted_import.current = release(text(in, "version"));
    const auto record = import_record(ledger_, wanted_import, pace_.wall(), alive);
    if (!record) return {{"error", said(record.error())}};
    return {{"record", said(std::optional{*record})}};
  }

  CountingPace pace_;
  SsmLedger ledger_;
  Seen seen_;
  Claim held_;
};

}  // namespace

int main() {
  std::string line;
  if (!std::getline(std::cin, line)) return 2;
  const json::object first = json::parse(line).as_object();
  aws::ClientOptions options;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view pair{*one};
    options.environment[std::string{pair.substr(0, pair.find('='))}] =
        pair.substr(pair.find('=') + 1);
  }
  SystemTime time;
  const aws::Hooks hooks{[&time] { return time.wall(); }, [](aws::Retry::Delay) { return true; }};
  const auto client = aws::Client::open(options, hooks);
  if (!client) return 1;
  Probe probe{**client, first};
  std::cout << "{}" << std::endl;
  while (std::getline(std::cin, line))
    std::cout << json::serialize(probe.perform(json::parse(line).as_object())) << std::endl;
  return 0;
}
