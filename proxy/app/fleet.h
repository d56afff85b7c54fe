// The workers and their threads, as the director sees them.
#pragma once
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "access_log/access_log.h"
#include "director/ports.h"
#include "worker/worker.h"

namespace sy::app {

class WorkerFleet final : public director::Fleet {
 public:
  // One setup a worker; the threads start with start().
  WorkerFleet(const TimeSource& time, access_log::Sink* sink, std::vector<worker::Setup> setups);
  ~WorkerFleet() override;
  void start();
  void stop();  // joins the threads

  net::Awaitable<> adopt(split::RoutingPtr routing) override;
  net::Awaitable<director::Collected> collect() override;
  net::Awaitable<> reload(worker::SettingsPtr settings);
  net::Awaitable<> finish();
  net::Awaitable<> close_all();

 private:
  void add(director::Collected& all, const worker::Report& report) const;
  static void add(tally::Evidence& all, const tally::Evidence& one);
  std::vector<std::unique_ptr<worker::Worker>> workers_;
  std::vector<std::thread> threads_;
  std::vector<std::string> services_;  // names, by service index of the routing in force
};

}  // namespace sy::app
