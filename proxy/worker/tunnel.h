// Connections that switched protocols after the upstream's 101: bytes both ways until one side
// ends. They are listed, so that a switch can drain or close those of a color that lost its
// traffic.
#pragma once
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <cstdint>
#include <string_view>

#include "base/color.h"
#include "split/routing.h"
#include "upstream/pool.h"
#include "worker/service_slot.h"
#include "worker/session.h"

namespace sy::worker {

// Follows WebSocket frames (RFC 6455 §5.2) as they pass, to know where one ends.
class FrameTracker {
 public:
  void feed(std::string_view bytes);  // the next bytes of the stream
  [[nodiscard]] bool at_boundary() const { return payload_left_ == 0 && head_have_ == 0; }

 private:
  std::uint64_t payload_left_ = 0;
  std::uint8_t head_[14]{};
  std::size_t head_have_ = 0;
};

class Tunnel : public boost::intrusive::list_base_hook<
                   boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Tunnel(Session& session, upstream::Connection& connection, ServiceSlot& service, Color color,
         bool websocket);
  ~Tunnel();
  // Until both directions have ended. What the upstream sent after its 101 lies in connection.in.
  [[nodiscard]] net::Task<> run();

  // Asks the tunnel to end now (with a Close 1012 for WebSocket, RFC 6455 §7.4.1 registry) or by
  // `when`.
  void end_by(Instant when);
  [[nodiscard]] const ServiceSlot& service() const { return service_; }
  [[nodiscard]] Color color() const { return color_; }
  [[nodiscard]] bool ending() const { return end_at_ != Instant::max(); }
  void check(Instant now);  // every tick

  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;

 private:
  [[nodiscard]] net::Task<> to_upstream();
  [[nodiscard]] net::Task<> to_client();
  template <class From>
  [[nodiscard]] net::Task<net::error_code> carry(From& from, net::Stream& to, std::uint64_t& moved);
  void ended(net::Stream& to, const net::error_code& error);
  void touch();
  void say_goodbye();
  Session& session_;
  upstream::Connection& connection_;
  ServiceSlot& service_;
  Color color_;
  bool websocket_;
  FrameTracker frames_;  // from the upstream to the client
  bool half_done_ = false;
  Instant end_at_ = Instant::max();
};

class Tunnels {
 public:
  using List = boost::intrusive::list<Tunnel, boost::intrusive::constant_time_size<false>>;
  List list;
  // Applies each service's policy to the tunnels of colors that have no weight in `routing`; those
  // of a color that has its traffic back may stay. `jitter` spreads closes over two seconds: 64
  // random bits a call.
  template <class Random>
  void follow(const split::Routing& routing, Instant now, Random random) {
    for (Tunnel& tunnel : list) {
      const bool serves = routing.weight[tunnel.color()] != 0;
      if (serves) tunnel.end_by(Instant::max());
      if (serves || tunnel.ending()) continue;
      for (const split::Service& service : routing.services) {
        if (service.name != tunnel.service().name) continue;
        const auto jitter = std::chrono::milliseconds{static_cast<std::int64_t>(random() % 2'000)};
        if (service.tunnels == split::TunnelPolicy::close) tunnel.end_by(now + jitter);
        if (service.tunnels == split::TunnelPolicy::drain) {
          tunnel.end_by(now + service.tunnel_drain + jitter);
        }
      }
    }
  }
  void check(Instant now) {
    for (Tunnel& tunnel : list) tunnel.check(now);
  }
};

}  // namespace sy::worker
