// The part of an exchange before its first wait: what the head says, and where it leads.
#include <openssl/sha.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "worker/exchange.h"
#include "worker/worker.h"

namespace sy::worker {
namespace {

using http::FieldId;
using http::Framing;
using http::Method;

constexpr std::string_view hex_digits = "0123456789abcdef";

// Two digits for each byte.
constexpr std::array<std::array<char, 2>, 256> make_hex_pairs() {
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = {hex_digits[i >> 4], hex_digits[i & 15]};
  return pairs;
}
constexpr auto hex_pairs = make_hex_pairs();

void put_hex(char* to, std::uint64_t number) {
  for (int i = 56; i >= 0; i -= 8, to += 2)
    std::memcpy(to, hex_pairs[number >> i & 0xff].data(), 2);
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += hex_digits[byte >> 4];
    hex += hex_digits[byte & 15];
  }
  return hex;
}

// Short and harmless in a log.
bool is_request_id(std::string_view id) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), plain);
}

// Lower case into `scratch`; hosts are short, and the limit on heads bounds them.
std::string_view lower(std::string_view host, std::string& scratch) {
  scratch.assign(host);
  std::transform(scratch.begin(), scratch.end(), scratch.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return scratch;
}

}  // namespace

bool Exchange::begin(const http::RequestHead& head, std::size_t head_bytes) {
  keep_facts(head);
  const bool forwarded = answer_itself(head) && pick_color(head);
  if (forwarded) write_head(head);
  session_.in.consume(head_bytes);  // the head's views end here
  whole_ =
      framing_ == Framing::none || (framing_ == Framing::length && length_ <= session_.in.size());
  if (whole_ && framing_ == Framing::length) {
    body_held_ = static_cast<std::size_t>(length_);
    outcome_.bytes_in = length_;
    upload_ = BodySource{Framing::none, 0, {}};
  }
  return forwarded;
}

void Exchange::keep_facts(const http::RequestHead& head) {
  method_ = head.method;
  idempotent_ = http::idempotent(head.method);
  framing_ = head.framing;
  length_ = head.length;
  keep_alive_ = head.keep_alive && head.minor == 1;  // RFC 9112 §9.3: none with 1.0 clients
  client_minor_ = head.minor;
  if (!head.upgrade.empty()) std::ignore = lower(head.upgrade, offered_);
  websocket_ = head.upgrade_websocket;
  expects_continue_ = head.expect_continue;
  upload_ = BodySource{framing_, length_, session_.settings->options.limits.http};
  if (framing_ == Framing::chunked) upload_.nominate(head.fields());
  const std::string_view given = head.value(FieldId::x_request_id);
  if (session_.peer.trusted && is_request_id(given)) {
    request_id_size_ = given.copy(request_id_text_.data(), request_id_text_.size());
  } else {
    put_hex(request_id_text_.data(), worker_.random());
    put_hex(request_id_text_.data() + 16, worker_.random());
  }
  accept_.assign(head.value(FieldId::accept).substr(0, 256));
}

// False when the proxy answers without any upstream.
bool Exchange::answer_itself(const http::RequestHead& head) {
  if (http::is_loop(head, session_.settings->options.via)) {
    return refuse({508, "This request has passed through this proxy before."});
  }
  if (head.method == Method::connect) return refuse({501, "CONNECT is not offered."});
  if (head.max_forwards == 0) {
    if (head.method == Method::options) {
      return refuse({204, {}, -1, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"});
    }
    return refuse(
        {405, "TRACE is not offered.", -1, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"});
  }
  const split::Routing& routing = worker_.routing();
  std::string scratch = worker_.take_string();
  const split::Route* route = worker_.find_route(lower(head.host, scratch), head.path);
  worker_.give_string(std::move(scratch));
  if (route == nullptr) return refuse({404, "No service is configured for this host and path."});
  service_ = &worker_.slot(route->service);
  route_ = worker_.route_name(*route);
  if (routing.maintenance && head.path != service_->health_path) {
    return refuse({503, "The application is down for maintenance.",
                   session_.settings->maintenance_retry_after});
  }
  return true;
}

bool Exchange::pick_color(const http::RequestHead& head) {
  const split::Routing& routing = worker_.routing();
  const std::optional<Color> wanted = preview(head);
  Ledger& ledger = worker_.ledger();
  const std::string_view cookie = routing.affinity.on && ledger.guarding()
                                      ? http::cookie(head, routing.affinity.cookie)
                                      : std::string_view{};
  const split::Choice choice =
      split::pick(routing, cookie, wanted, worker_.diffusion(), worker_.random());
  color_ = choice.color;
  colored_ = true;
  previewed_ = wanted.has_value();
  // Tests by hand and probes of others are no traffic to judge by.
  judged_ = !previewed_ && head.path != service_->health_path;
  epoch_ = ledger.epoch();
  if (ledger.guarding()) {
    if (const auto known = split::parse_cookie(cookie))
      affinity_ = static_cast<std::uint32_t>(known->position) + 1;
    if (judged_) ledger.picked(color_ != routing.live);
    share_ = ledger.share();
  }
  home_ = color_;
  if (color_ != routing.live && !previewed_) shield(head);
  version_ = service_->version[color_];
  if (!choice.issue_cookie || !routing.affinity.on) return true;
  issue_cookie({choice.color, routing.deploy, choice.position}, routing.affinity);
  return true;
}

void Exchange::issue_cookie(const split::Cookie& cookie, const split::Affinity& affinity) {
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(affinity.max_age).count();
  std::array<char, 20> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), age).ptr;
  set_cookie_ = worker_.take_string();
  set_cookie_.append(affinity.cookie).append("=");
  split::append_cookie(set_cookie_, cookie);
  set_cookie_.append("; Path=/; Max-Age=").append(digits.data(), end);
  set_cookie_.append("; HttpOnly; SameSite=Lax");
  if (session_.stream.tls()) set_cookie_.append("; Secure");
}

// What a replay on live will need.
void Exchange::shield(const http::RequestHead& head) {
  const Shield& options = session_.settings->options.shield;
  if (judged_) worker_.replays().earn(options.replay_budget);
  keyed_ = !idempotent_ && !head.value(FieldId::idempotency_key).empty();
  keeping_ = options.replay && (idempotent_ || keyed_);
}

// A color asked for by name, when the client may ask: a trusted peer, or one with a token.
std::optional<Color> Exchange::preview(const http::RequestHead& head) const {
  const std::string_view asked = head.value(FieldId::switchyard_color);
  if (asked.empty()) return std::nullopt;
  const auto color = parse_color(asked);
  if (!color || session_.peer.trusted) return color;
  const std::string_view token = head.value(FieldId::switchyard_token);
  if (token.empty()) return std::nullopt;
  const auto& known = session_.settings->options.preview.token_sha256;
  const std::string hash = sha256_hex(token);  // comparing hashes leaks nothing of the token
  const bool entitled = std::find(known.begin(), known.end(), hash) != known.end();
  return entitled ? color : std::nullopt;
}

void Exchange::write_head(const http::RequestHead& head) {
  const Options& options = session_.settings->options;
  std::array<char, 55> trace;
  std::string_view traceparent;
  if (!http::is_traceparent(head.value(FieldId::traceparent))) {
    // Version 00, not sampled: whoever records traces decides (W3C Trace Context §3.2).
    std::copy_n("00-", 3, trace.data());
    put_hex(trace.data() + 3, worker_.random());
    put_hex(trace.data() + 19, worker_.random());
    trace[35] = '-';
    put_hex(trace.data() + 36, worker_.random() | 1);
    std::copy_n("-00", 3, trace.data() + 52);
    traceparent = {trace.data(), trace.size()};
  }
  http::Forwarding forwarding;
  if (head.authority.empty()) forwarding.default_host = authority_of_service();
  forwarding.client_address = session_.peer.text;
  forwarding.trusted = session_.peer.trusted;
  forwarding.tls = session_.stream.tls();
  forwarding.request_id = request_id();
  forwarding.traceparent = traceparent;
  forwarding.via = options.via;
  forwarding.forwarded = options.forwarded;
  forwarding.pass_upgrade = !offered_.empty();
  forwarding.framing = framing_;
  forwarding.length = length_;
  if (worker_.routing().affinity.on) forwarding.affinity_cookie = worker_.routing().affinity.cookie;
  http::write_request(request_, head, forwarding);
}

// For a request without a Host: that of an endpoint, else the service's name.
std::string_view Exchange::authority_of_service() const {
  const auto& pools = service_->pools[color_];
  if (pools.empty()) return service_->name;
  std::string_view url = pools.front()->endpoint().url;
  url.remove_prefix(std::min(url.find("://") + 3, url.size()));
  return url.substr(0, url.find('/'));
}

}  // namespace sy::worker
