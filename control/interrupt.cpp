#include "interrupt.h"

#include <boost/asio/steady_timer.hpp>
#include <csignal>

namespace sy::control {

Interrupt::Interrupt() : signals_{io_, SIGINT, SIGTERM} {
  signals_.async_wait([this](const boost::system::error_code& failed, int) {
    if (!failed) came_ = true;
  });
}

bool Interrupt::wait(Duration duration) {
  boost::asio::steady_timer timer{io_, duration};
  bool passed = false;
  timer.async_wait([&passed](const boost::system::error_code&) { passed = true; });
  while (!passed && !came_) io_.run_one();
  timer.cancel();
  io_.poll();
  return !came_;
}

}  // namespace sy::control
