// One request and its response: picks a color, finds an endpoint, forwards, retries where that is
// safe, relays, and says how it went.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access_log/record.h"
#include "http/fields.h"
#include "http/h1.h"
#include "net/pipe.h"
#include "split/pick.h"
#include "tally/outcome.h"
#include "upstream/pool.h"
#include "worker/body.h"
#include "worker/held.h"
#include "worker/ledger.h"
#include "worker/service_slot.h"
#include "worker/session.h"

namespace sy::worker {

class Exchange {
 public:
  Exchange(Session& session, Instant began);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

  // The head lies in the session's buffer, `head_bytes` long, parsed into the worker's scratch.
  // True when the connection may carry another request; false leaves the closing to the session.
  [[nodiscard]] net::Task<bool> run(std::size_t head_bytes);
  // Bytes of the request may still come that nobody wants: close with care.
  [[nodiscard]] bool unread_body() const { return !upload_.done(); }

 private:
  static constexpr int rounds_in_a_row = 16;  // body reads that need not wait for their turn
  enum class Ended : std::uint8_t { answered, failed, client_left, tunnel };
  enum class Look : std::uint8_t { whole, more, ended };
  struct HeadBytes {
    std::size_t scanned = 0;
    std::size_t length = 0;  // 0 until it is whole
  };
  struct Answer {
    int status = 0;
    std::string_view detail{};
    int retry_after = -1;
    std::string_view allow{};
  };

  // Before the first wait: everything that needs the head.
  [[nodiscard]] std::string_view request_id() const {
    return {request_id_text_.data(), request_id_size_};
  }
  [[nodiscard]] bool begin(const http::RequestHead& head, std::size_t head_bytes);
  void keep_facts(const http::RequestHead& head);
  [[nodiscard]] bool answer_itself(const http::RequestHead& head);
  [[nodiscard]] bool pick_color(const http::RequestHead& head);
  void issue_cookie(const split::Cookie& cookie, const split::Affinity& affinity);
  [[nodiscard]] std::optional<Color> preview(const http::RequestHead& head) const;
  void shield(const http::RequestHead& head);
  void write_head(const http::RequestHead& head);
  [[nodiscard]] std::string_view authority_of_service() const;
  bool refuse(Answer answer) {
    answer_ = answer;
    return false;
  }

  // One attempt after another.
  [[nodiscard]] net::Task<Ended> forward();
  [[nodiscard]] upstream::Pool* choose();
  [[nodiscard]] upstream::Pool* choose_for_want_of_better();
  void change_color(Color color);
  [[nodiscard]] upstream::Connection* reuse();
  [[nodiscard]] net::Task<upstream::Connection*> connect(upstream::Pool& pool);
  [[nodiscard]] net::Task<Ended> talk(upstream::Connection& connection);
  [[nodiscard]] bool try_again(bool reused);
  [[nodiscard]] bool may_retry(bool sent);
  void settle(upstream::Pool& pool, upstream::Connection& connection, Ended ended);

  // Shield: failures of the candidate that the client need not see.
  [[nodiscard]] bool may_turn_to_live() const;
  [[nodiscard]] bool replayable() const;
  [[nodiscard]] bool turn_to_live();
  [[nodiscard]] bool spares_client(int status);
  void drop_answer(upstream::Connection& connection, std::size_t length);
  void keep(const BodySource::Run& run);
  void let_go();
  [[nodiscard]] net::Task<bool> send_again(upstream::Connection& connection);
  void settle_pair();

  // Waiting for a color that vanished.
  [[nodiscard]] bool nowhere_fit() const;
  [[nodiscard]] bool must_wait() const;
  [[nodiscard]] net::Task<bool> wait_for_endpoint();
  [[nodiscard]] bool crowded_out();
  void refuse_for_now();

  // The two directions.
  [[nodiscard]] net::Task<> upload(upstream::Connection& connection);
  void upload_ended(upstream::Connection& connection, Moved moved);
  void await_response(upstream::Connection& connection);
  void stop_upload(upstream::Connection& connection);
  [[nodiscard]] net::Task<> download(upstream::Connection& connection);
  [[nodiscard]] net::Task<> respond(upstream::Connection& connection);
  [[nodiscard]] Look look_for_head(upstream::Connection& connection, HeadBytes& head);
  [[nodiscard]] Look read_head(upstream::Connection& connection, HeadBytes& head);
  [[nodiscard]] net::Task<bool> interim(upstream::Connection& connection, std::size_t length);
  [[nodiscard]] net::Task<> relay(upstream::Connection& connection, std::size_t length);
  [[nodiscard]] net::Task<Moved> read_body(upstream::Connection& connection, BodySource& body,
                                           net::Pipe* pipe = nullptr);
  [[nodiscard]] net::PipePool::Loan pipe_for(const BodySource& body, const net::Stream& upstream);
  [[nodiscard]] net::Task<Moved> read_or_splice(upstream::Connection& connection, BodySource& body);
  [[nodiscard]] net::Task<Moved> read_or_splice_upload(upstream::Connection& connection);
  [[nodiscard]] net::Task<Moved> splice_body(upstream::Connection& connection, BodySource& body,
                                             net::PipePool::Loan pipe);
  [[nodiscard]] net::Task<Moved> splice_upload(upstream::Connection& connection,
                                               net::PipePool::Loan pipe);
  [[nodiscard]] net::Task<Moved> read_upload(net::Pipe* pipe = nullptr);
  [[nodiscard]] bool is_others_turn(bool spliced);
  [[nodiscard]] Duration upload_allowance() const;
  void prepare_response();
  void head_arrived();
  void keep_or_not(const http::ResponseHead& head);
  [[nodiscard]] bool enter_pending();
  void leave_pending();
  void response_moved(Moved moved, http::Framing as);
  [[nodiscard]] bool offered(std::string_view upgrade) const;
  [[nodiscard]] net::Task<> tunnel(upstream::Connection& connection, std::size_t length);
  void fail(tally::Failure failure, int status, std::string_view detail);

  [[nodiscard]] net::Task<bool> answer();
  void count_in();
  void record();
  void write_line(Duration total);

  // Evidence.
  enum class Says : std::uint8_t { nothing, well, ill };
  [[nodiscard]] Says says() const;
  void testify(bool replaying);
  [[nodiscard]] std::uint64_t client_key();
  [[nodiscard]] const std::string* template_or_prefix() const;

  Session& session_;
  Worker& worker_;
  ServiceSlot* service_ = nullptr;
  const std::string* route_ = nullptr;           // interned prefix
  const std::string* version_ = nullptr;         // interned
  upstream::Pool* pool_ = nullptr;               // of the attempt under way
  const upstream::Pool* failed_pool_ = nullptr;  // of the last one, only compared
  std::string request_;                          // the head as sent, kept for a retry
  std::string response_;                         // a head on its way to the client
  std::string set_cookie_;
  std::string accept_;
  std::string offered_;  // the Upgrade the client sent, lower case
  std::array<char, 64> request_id_text_;
  std::size_t request_id_size_ = 32;
  std::string kept_;  // of a body that is not whole_, what has left the session's buffer
  BodySource upload_;
  http::Method method_ = http::Method::other;
  http::Framing framing_ = http::Framing::none;
  std::uint64_t length_ = 0;
  Color color_ = Color::blue;
  bool colored_ = false;
  bool previewed_ = false;
  bool keyed_ = false;          // has an Idempotency-Key
  bool keeping_ = false;        // kept_ is all of the body so far
  bool replayed_ = false;       // the candidate has failed it, live was asked
  bool dropped_ = false;        // an answer of the candidate, for live's
  bool hinted_ = false;         // a 1xx other than 100 has reached the client
  PerColor<bool> failed_by_{};  // colors that were tried in vain
  PerColor<bool> testified_{};
  Color home_ = Color::blue;  // the color to wait for
  int attempts_ = 0;          // since it began, turned to live, or was held
  bool tried_ = false;        // an attempt was made
  std::optional<Held::Place> place_;
  bool judged_ = false;         // what becomes of it speaks for or against its color
  float share_ = 0;             // of the candidate when the color was picked
  std::uint32_t epoch_ = 0;     // the deploy's then
  std::uint32_t affinity_ = 0;  // of a known affinity cookie, 1 and its position
  int upstream_status_ = 0;     // of a response head that was read, not a 1xx
  Ledger::Ticket ticket_ = Ledger::no_ticket;
  bool idempotent_ = false;
  bool keep_alive_ = true;
  bool whole_ = true;  // the body, if any, is all in the session's buffer
  bool websocket_ = false;
  bool expects_continue_ = false;
  bool uploading_ = false;
  bool upload_stopped_ = false;    // the upload is to end: nobody wants the rest
  bool client_fault_ = false;      // the request body could not be had: not the upstream's failure
  bool request_complete_ = false;  // all of it has been written to the upstream
  bool fresh_only_ = false;        // a pooled connection has failed this request already
  std::optional<Color> pending_;
  std::size_t body_held_ = 0;    // bytes of a whole body at the front of the session's buffer
  bool upload_started_ = false;  // body bytes have left the session's buffer
  bool response_begun_ = false;  // the client has been sent a final head, or part of it
  bool response_head_read_ = false;
  bool writing_client_ = false;
  bool reusable_ = false;  // the upstream connection, by its own word and framing
  bool counted_in_ = false;
  int client_minor_ = 1;
  int interims_ = 0;
  int rounds_ = 0;  // of reading a body since others went first
  Ended ended_ = Ended::failed;
  tally::Failure failure_ = tally::Failure::none;
  bool sent_ = false;       // some byte may have reached an upstream in this attempt
  bool ever_sent_ = false;  // in one before
  bool any_byte_back_ = false;
  Duration announced_{};
  Answer answer_;
  tally::Outcome outcome_;
  Instant began_;
  Instant sent_at_{};
  Instant replay_began_{};
  Duration upstream_took_{};
  Duration client_waited_for_{};  // for bytes of its body
};

}  // namespace sy::worker
