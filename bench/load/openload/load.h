// The load itself: one thread, one epoll, a schedule that never waits for answers.
#pragma once
#include <csignal>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "answer.h"
#include "options.h"
#include "report.h"

namespace sy::openload {

struct Connection {
  enum class State { closed, opening, idle, busy };
  int fd = -1;
  Kind kind = Kind::get;  // of the exchange under way; websocket for good
  State state = State::closed;
  Clock::time_point due;
  Clock::time_point deadline;
  std::string out;
  std::size_t written = 0;
  std::string in;
  std::string text;  // a WebSocket's last message, expected back
};

class Load {
 public:
  Load(const Options& options, Report& report);
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load();
  // Opens the WebSockets, runs the schedule to its end or until `stop`, then waits for what is
  // still under way.
  void run(const volatile std::sig_atomic_t& stop);

 private:
  struct Waiting {
    Kind kind;
    Clock::time_point due;
  };
  Kind next_kind();
  [[nodiscard]] std::string request(Kind kind);
  void release(Kind kind, Clock::time_point due);
  bool place(const Waiting& wanted);
  void begin(Connection& connection, const Waiting& wanted);
  bool open(Connection& connection);
  void open_websocket(Connection& connection);
  void step(Connection& connection, std::uint32_t events);
  void flush(Connection& connection);
  void read(Connection& connection);
  bool take_answer(Connection& connection, bool at_end);
  void finish(Connection& connection, const Answer& answer);
  void lost(Connection& connection, std::string_view reason);
  void close(Connection& connection);
  void next_waiting();
  void expire(Clock::time_point now);
  void turn(Clock::time_point until);

  const Options& options_;
  Report& report_;
  int epoll_ = -1;
  std::vector<std::unique_ptr<Connection>> kept_;
  std::vector<std::unique_ptr<Connection>> websockets_;
  std::vector<std::unique_ptr<Connection>> fresh_;
  std::deque<Waiting> waiting_;
  std::deque<Waiting> waiting_websocket_;
  PerKind<int> balance_{};
  std::size_t cursor_ = 0;  // where the search for an idle connection goes on
  std::uint64_t sequence_ = 0;
  int client_ = 0;
  std::string post_body_;
  Clock::time_point expired_at_{};
};

}  // namespace sy::openload
