// One client connection: reads heads, hands each to an exchange, answers what is refused, ends.
#pragma once
#include <boost/intrusive/list_hook.hpp>
#include <string>

#include "http/reply.h"
#include "net/buffer.h"
#include "net/cidr.h"
#include "net/stream.h"
#include "net/wheel.h"
#include "worker/settings.h"

namespace sy::worker {

class Worker;

// Who is at the other end, as far as it can be believed.
struct Peer {
  net::Address address;
  std::string text;      // of the address
  bool trusted = false;  // in `trusted:` networks
};

class Session : public boost::intrusive::list_base_hook<
                    boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Session(Worker& worker, int fd, std::size_t listener, Peer peer);
  [[nodiscard]] net::Task<> run();

  // Ends the wait for a request of which nothing has arrived. The first one of a connection gets a
  // moment: it may be on its way.
  void leave();
  // Tells this connection from others of its address; never 0.
  [[nodiscard]] std::uint64_t serial();
  // Writes a reply of our own, without waiting longer than `linger`; false when it could not be
  // written.
  [[nodiscard]] net::Task<bool> reply(const http::Reply& reply, std::string_view accept);

  Worker& worker;
  SettingsPtr settings;  // those in force when the request began
  net::Stream stream;
  net::Deadline deadline;
  net::Buffer in;
  Peer peer;
  std::uint64_t bytes_out = 0;  // of the reply() just written

 private:
  enum class Head : std::uint8_t { complete, gone, refused };
  class HeadCount;
  [[nodiscard]] net::Task<bool> open();
  [[nodiscard]] net::Task<bool> read_proxy_line();
  [[nodiscard]] net::Task<Head> read_head();
  [[nodiscard]] net::Task<bool> exchange();
  [[nodiscard]] http::Refusal examine(std::size_t& scanned, HeadCount& unfinished);
  void head_begins();
  [[nodiscard]] net::Task<> refuse(http::Refusal refusal);
  [[nodiscard]] net::Task<> linger();
  std::size_t listener_;
  std::uint64_t serial_ = 0;  // given when it is first asked for
  std::size_t head_bytes_ = 0;
  Instant head_began_{};
  bool idle_ = false;  // between two requests: nothing of the next one has been read
  bool used_ = false;  // has carried a request
};

}  // namespace sy::worker
