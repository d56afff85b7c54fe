#include "guard/drive.h"

namespace sy::guard {

void guard_drive(worker::Worker& worker) { worker.poll(); }

void guard_turn(worker::Worker& worker, Instant now) { worker.turn(now); }

}  // namespace sy::guard
