// Waiting that a SIGINT or SIGTERM ends.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "base/time.h"

namespace sy::control {

class Interrupt {
 public:
  Interrupt();
  // False once a signal has come, now or before.
  [[nodiscard]] bool wait(Duration duration);

 private:
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  bool came_ = false;
};

}  // namespace sy::control
