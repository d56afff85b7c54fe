// One listening socket of a worker.
#pragma once
#include <cstddef>

#include "net/poller.h"
#include "worker/worker.h"

namespace sy::worker {

class Worker::Gate : private net::Waiter {
 public:
  Gate(Worker& worker, int fd, std::size_t listener);  // takes over fd, non-blocking

  // Begins to take connections in; until then they wait in the kernel's queue.
  void open();
  // Takes in those the kernel has taken already.
  void last_call();
  // After descriptors or memory ran out; else does nothing.
  void retry() {
    if (starved_) ready();
  }

 private:
  void ready() override;
  [[nodiscard]] int accept_some();
  Worker& worker_;
  net::Source source_;
  std::size_t listener_;
  bool starved_ = false;
};

}  // namespace sy::worker
