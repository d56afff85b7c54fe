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
