// HTTP/1 heads and chunked bodies, in place: views into the caller's buffer, nothing allocated per
// field, strict by docs/edge.md (RFC 9112; edge tables 3.4 and 3.6). Knows no socket.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sy::http {

inline constexpr std::size_t fields_max = 100;  // past it: 431

struct Limits {
  std::size_t head_bytes_max = 32 * 1024;       // 431; upstream: 502
  std::size_t target_bytes_max = 8 * 1024;      // 414
  std::size_t chunk_line_bytes_max = 8 * 1024;  // size line with extensions: 400
  std::size_t trailer_bytes_max = 32 * 1024;    // 431 for a client, 502 for an upstream
  bool operator==(const Limits&) const = default;
};

enum class Method : std::uint8_t {
  get,
  head,
  post,
  put,
  patch,
  delete_,
  options,
  trace,
  connect,
  other
};
// RFC 9110 §9.2.2.
[[nodiscard]] constexpr bool idempotent(Method method) {
  return method != Method::post && method != Method::patch && method != Method::connect &&
         method != Method::other;
}

// Fields the proxy acts on; everything else is `other` and forwarded as it came.
enum class FieldId : std::uint8_t {
  other,
  connection,
  content_length,
  transfer_encoding,
  host,
  upgrade,
  te,
  trailer,
  expect,
  keep_alive,
  proxy_connection,
  via,
  date,
  max_forwards,
  cookie,
  set_cookie,
  forwarded,
  x_forwarded_for,
  x_forwarded_proto,
  x_forwarded_host,
  x_request_id,
  traceparent,
  idempotency_key,
  accept,
  switchyard_color,
  switchyard_token,
  http2_settings,
  proxy_authenticate,
};

struct Field {
  std::string_view name;   // as it came
  std::string_view value;  // without surrounding white space
  FieldId id = FieldId::other;
  bool nominated = false;  // named by Connection: hop-by-hop (RFC 9110 §7.6.1)
  bool dropped = false;    // not to be forwarded (underscore or another unusual name in a request)
  // The whole line as it came, with its line end, for forwarding in one piece; empty: write name
  // and value. Clear it when either is changed.
  std::string_view line{};
};

enum class Framing : std::uint8_t {
  none,    // no body
  length,  // Content-Length bytes
  chunked,
  to_close,  // responses only: until the connection ends
};

// Why a head is refused; `status` is for the client (400, 414, 431, 501, 505 …; 502 when the head
// came from an upstream).
struct Refusal {
  int status = 0;             // 0: not refused
  std::string_view reason{};  // static text, safe to show: never quotes the peer
};

struct RequestHead {
  Method method = Method::other;
  std::string_view method_text;
  // Origin-form, "*", or authority-form for CONNECT. Absolute-form is cut to origin-form; one
  // without a path keeps only its query here ("?q"), and write_request puts the "/" in front.
  std::string_view target;
  std::string_view path;       // of target, without query
  std::string_view authority;  // from absolute-form, else Host; as it came (host[:port])
  std::string_view host;       // of authority, without port; may have upper case
  int minor = 1;               // HTTP/1.minor: 0 or 1
  Framing framing = Framing::none;
  std::uint64_t length = 0;      // for Framing::length
  bool keep_alive = true;        // by version and Connection
  bool expect_continue = false;  // Expect: 100-continue, on 1.1 only
  std::string_view
      upgrade;  // Upgrade value when it is also nominated and the version is 1.1; else empty
  bool upgrade_websocket = false;
  bool te_trailers = false;  // TE: trailers, nominated
  int max_forwards = -1;     // for TRACE and OPTIONS; -1: absent
  std::size_t count = 0;
  std::array<Field, fields_max> field;  // not cleared between uses; only [0, count) mean anything
  [[nodiscard]] std::span<const Field> fields() const { return {field.data(), count}; }
  // The first field with this id, or an empty view.
  [[nodiscard]] std::string_view value(FieldId id) const;
};

struct ResponseHead {
  int status = 0;
  std::string_view reason;
  int minor = 1;
  Framing framing = Framing::none;  // for the request's method given to parse_response
  std::uint64_t length = 0;
  bool has_length =
      false;  // a valid Content-Length was there, also where no body follows (HEAD, 304)
  bool keep_alive = true;
  std::string_view upgrade;  // for a 101
  std::size_t count = 0;
  std::array<Field, fields_max> field;
  [[nodiscard]] std::span<const Field> fields() const { return {field.data(), count}; }
  [[nodiscard]] std::string_view value(FieldId id) const;
};

// The number of bytes up to and including the empty line that ends the head, or 0 when it is not
// there yet. Bare LF counts as a line end here (parse_* then refuses it), so a head that will be
// refused does not wait for its time-out. `scanned` carries the progress between calls on a growing
// buffer (start with 0). Empty lines before the start line are part of the head.
[[nodiscard]] std::size_t head_length(std::string_view bytes, std::size_t& scanned);

// An early look at a head that is not complete: a refusal that more bytes cannot mend (a start line
// that is not HTTP, a target over its limit, more than head_bytes_max bytes), else status 0.
[[nodiscard]] Refusal early_refusal(std::string_view bytes, const Limits& limits);

// Parses exactly one head (what head_length measured). Views point into `head_bytes`.
[[nodiscard]] Refusal parse_request(std::string_view head_bytes, const Limits& limits,
                                    RequestHead& out);
// `to`: the method of the request this answers; it decides the framing (RFC 9112 §6.3).
[[nodiscard]] Refusal parse_response(std::string_view head_bytes, Method to, const Limits& limits,
                                     ResponseHead& out);

// Takes a chunked body apart, incrementally, at any cut.
class ChunkDecoder {
 public:
  enum class Verdict : std::uint8_t { more, done, bad };
  struct Step {
    std::size_t taken = 0;     // bytes to drop from the front of the input
    std::string_view bytes{};  // body bytes within them, possibly empty
    Verdict verdict = Verdict::more;
  };
  explicit ChunkDecoder(const Limits& limits = {}) : limits_{limits} {}
  // Fields of the message's head: what their Connection names is left out of the trailers too
  // (RFC 9110 §7.6.1). Optional; call before the trailers arrive.
  void nominate(std::span<const Field> head_fields);
  // At most one run of body bytes a call; call again while `taken` is not 0 and verdict is `more`.
  [[nodiscard]] Step next(std::string_view in);
  // After done: the trailer section's fields as "Name: value\r\n"…, no final empty line, valid
  // until the decoder is reset or destroyed. Hop-by-hop fields and those that mean something in the
  // head (RFC 9110 §6.5.1) are left out.
  [[nodiscard]] const std::string& trailers() const { return trailers_; }
  [[nodiscard]] Refusal refusal() const { return refusal_; }  // after bad: 400 or 431
  void reset();

 private:
  enum class At : std::uint8_t {
    size,
    size_gap,
    extension,
    name,
    name_gap,
    equals,
    value,
    quoted,
    escaped,
    quoted_end,
    value_gap,
    size_lf,
    body,
    body_cr,
    body_lf,
    trailer,
    done,
    bad
  };
  [[nodiscard]] bool step(char c);
  [[nodiscard]] bool size_digit(char c);
  [[nodiscard]] bool after_name(char c);
  [[nodiscard]] bool after_value(char c);
  [[nodiscard]] bool in_quotes(char c);
  [[nodiscard]] bool size_line_end(char c);
  [[nodiscard]] bool trailer_byte(char c);
  [[nodiscard]] bool trailer_line();
  bool refuse(int status, std::string_view reason);

  Limits limits_;
  At at_ = At::size;
  std::uint64_t left_ = 0;
  std::size_t line_bytes_ = 0;
  int digits_ = 0;
  std::string line_;
  std::string trailers_;
  std::string nominated_;  // lower case, each between commas
  std::size_t trailer_bytes_ = 0;
  std::size_t trailer_count_ = 0;
  Refusal refusal_;
};

}  // namespace sy::http
