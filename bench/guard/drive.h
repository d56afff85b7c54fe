// The only calls whose instructions are counted: callgrind collects within these two functions
// (--toggle-collect) and nowhere else, so that the cost of clients and upstreams is left out.
// In a file of its own, so that no compiler makes them part of their caller.
#pragma once
#include "worker/worker.h"

namespace sy::guard {

// Everything the worker can do without waiting.
void guard_drive(worker::Worker& worker);
// The worker's tick, every 100 ms of its time.
void guard_turn(worker::Worker& worker, Instant now);

}  // namespace sy::guard
