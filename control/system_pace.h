// The machine's clocks, and waiting that SIGINT and SIGTERM end. There is one in a process.
#pragma once
#include "control/terms/pace.h"

namespace sy::control {

class SystemPace final : public Pace {
 public:
  // `signals`: the two are taken over until this is destroyed, so that they end waits and nothing
  // else; otherwise they end the process, as always.
  explicit SystemPace(bool signals);
  SystemPace(const SystemPace&) = delete;
  SystemPace& operator=(const SystemPace&) = delete;
  ~SystemPace() override;

  [[nodiscard]] Instant now() const override { return time_.now(); }
  [[nodiscard]] WallTime wall() const override { return time_.wall(); }
  [[nodiscard]] bool wait(Duration duration) override;
  void forgive() override;

 private:
  // Whether a signal came, within the time; it is taken.
  [[nodiscard]] bool take(Duration within) const;

  SystemTime time_;
  int signals_ = -1;  // a signalfd of both, which are blocked; -1: not taken over
  bool came_ = false;
};

}  // namespace sy::control
