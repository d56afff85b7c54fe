#include "app/fleet.h"

#include <algorithm>

namespace sy::app {

WorkerFleet::WorkerFleet(const TimeSource& time, access_log::Sink* sink,
                         std::vector<worker::Setup> setups) {
  for (worker::Setup& setup : setups) {
    workers_.push_back(std::make_unique<worker::Worker>(time, sink, std::move(setup)));
  }
}

WorkerFleet::~WorkerFleet() { stop(); }

void WorkerFleet::start() {
  for (const auto& worker : workers_) threads_.emplace_back([&one = *worker] { one.run(); });
}

void WorkerFleet::stop() {
  for (const auto& worker : workers_) worker->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

net::Awaitable<> WorkerFleet::adopt(split::RoutingPtr routing) {
  services_.clear();
  for (const split::Service& service : routing->services) services_.push_back(service.name);
  for (const auto& worker : workers_) co_await worker->adopt(routing);
}

net::Awaitable<director::Collected> WorkerFleet::collect() {
  director::Collected all;
  all.services.resize(services_.size());
  for (const auto& worker : workers_) {
    const worker::Report report = co_await worker->collect();
    add(all, report);
  }
  const auto earlier = [](const tally::Mishap& a, const tally::Mishap& b) { return a.at < b.at; };
  std::stable_sort(all.evidence.mishaps.begin(), all.evidence.mishaps.end(), earlier);
  co_return all;
}

void WorkerFleet::add(director::Collected& all, const worker::Report& report) const {
  director::Collected::PerWorker one;
  one.services.resize(services_.size());
  for (const worker::Report::Service& service : report.services) {
    const auto at = std::find(services_.begin(), services_.end(), service.name);
    if (at == services_.end()) continue;
    const auto index = static_cast<std::size_t>(at - services_.begin());
    one.services[index] = service.summary;
    for (const Color color : colors) all.services[index][color] += service.summary[color];
  }
  one.clients = report.clients;
  one.accepted = report.accepted;
  one.refused = report.refused;
  one.faults = report.faults;
  one.over_limit = report.over_limit;
  one.loop_lag = report.loop_lag;
  all.workers.push_back(std::move(one));
  add(all.evidence, report.evidence);
}

void WorkerFleet::add(tally::Evidence& all, const tally::Evidence& one) {
  for (const Color color : colors) {
    all.successes[color] += one.successes[color];
    all.failures[color] += one.failures[color];
  }
  all.mishaps.insert(all.mishaps.end(), one.mishaps.begin(), one.mishaps.end());
  all.dropped += one.dropped;
  all.replays += one.replays;
  all.unshielded += one.unshielded;
  for (const tally::RouteCount& each : one.routes) {
    const auto same = [&each](const tally::RouteCount& known) {
      return known.route == each.route && known.service == each.service;
    };
    const auto known = std::find_if(all.routes.begin(), all.routes.end(), same);
    if (known == all.routes.end()) {
      all.routes.push_back(each);
      continue;
    }
    for (const Color color : colors) {
      known->requests[color] += each.requests[color];
      known->failures[color] += each.failures[color];
    }
  }
}

net::Awaitable<> WorkerFleet::reload(worker::SettingsPtr settings) {
  for (const auto& worker : workers_) co_await worker->reload(settings);
}

net::Awaitable<> WorkerFleet::finish() {
  for (const auto& worker : workers_) co_await worker->finish();
}

net::Awaitable<> WorkerFleet::close_all() {
  for (const auto& worker : workers_) co_await worker->close_all();
}

}  // namespace sy::app
