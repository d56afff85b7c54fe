#include "net/resolver.h"

#include <ares.h>
#include <netdb.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <limits>
#include <utility>

#include "base/check.h"
#include "net/cidr.h"

namespace sy::net {
namespace {

std::string text_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    return Address::v4(reinterpret_cast<const std::uint8_t*>(&v4->sin_addr)).text();
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
  return Address::v6(v6->sin6_addr.s6_addr).text();
}

Resolver::Answer read_answer(int status, const ares_addrinfo* found) {
  Resolver::Answer answer;
  if (status != ARES_SUCCESS || found == nullptr) {
    answer.error = ares_strerror(status);
    return answer;
  }
  int ttl = std::numeric_limits<int>::max();
  for (const auto* alias = found->cnames; alias != nullptr; alias = alias->next) {
    ttl = std::min(ttl, alias->ttl);
  }
  for (const auto* node = found->nodes; node != nullptr; node = node->ai_next) {
    ttl = std::min(ttl, node->ai_ttl);
    answer.addresses.push_back(text_of(node->ai_addr));
  }
  answer.ttl = std::chrono::seconds{ttl};
  if (answer.addresses.empty()) answer.error = "the answer holds no address";
  return answer;
}

ares_channel open_channel(const Resolver::Options& options, ares_sock_state_cb changed,
                          void* resolver) {
  ares_options settings{};
  settings.timeout = static_cast<int>(
      std::chrono::duration_cast<std::chrono::milliseconds>(options.timeout).count());
  settings.tries = options.tries;
  settings.sock_state_cb = changed;
  settings.sock_state_cb_data = resolver;
  ares_channel channel = nullptr;
  const int opened = ares_init_options(
      &channel, &settings, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
  SY_CHECK(opened == ARES_SUCCESS);
  if (!options.servers.empty()) {
    SY_CHECK(ares_set_servers_ports_csv(channel, options.servers.c_str()) == ARES_SUCCESS);
  }
  return channel;
}

}  // namespace

struct Resolver::Watched {
  asio::posix::basic_stream_descriptor<Executor> descriptor;
  std::uint64_t serial;  // descriptors are reused, serials are not
  bool read = false;
  bool write = false;
};

Resolver::Resolver(Executor executor, const TimeSource& time, Options options)
    : executor_{executor},
      time_{time},
      options_{std::move(options)},
      random_{options_.seed},
      channel_{open_channel(options_, socket_changed, this)},
      wake_{executor},
      tasks_{executor} {
  tasks_.spawn(run());
}

Resolver::~Resolver() { ares_destroy(channel_); }

void Resolver::watch(std::vector<std::string> hosts) {
  Names names;
  for (auto& host : hosts) {
    if (names.contains(host)) continue;
    if (const auto known = names_.find(host); known != names_.end()) {
      names.insert(names_.extract(known));
      continue;
    }
    Name name{{}, {}, time_.now()};
    if (const auto numeric = Address::parse(host)) {
      name.missed.emplace(numeric->text(), 0);
      name.due = Instant::max();
    }
    names.emplace(std::move(host), std::move(name));
  }
  names_ = std::move(names);
  wake_.cancel();
}

std::vector<std::string> Resolver::addresses(std::string_view host) const {
  std::vector<std::string> out;
  const auto found = names_.find(host);
  if (found == names_.end()) return out;
  for (const auto& [address, missed] : found->second.missed) out.push_back(address);
  return out;
}

std::string Resolver::last_error(std::string_view host) const {
  const auto found = names_.find(host);
  return found == names_.end() ? std::string{} : found->second.error;
}

Awaitable<> Resolver::stop() {
  tasks_.stop();
  ares_cancel(channel_);
  co_await tasks_.wait();
}

Awaitable<> Resolver::run() {
  for (;;) {
    ask_due();
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what has timed out
    settle();
    wake_.expires_at(next_wake());
    error_code woken;
    co_await wake_.async_wait(asio::redirect_error(use_awaitable, woken));
  }
}

Instant Resolver::next_wake() const {
  Instant at = Instant::max();
  for (const auto& [host, name] : names_) {
    if (!name.asking) at = std::min(at, name.due);
  }
  timeval space{};
  if (const timeval* left = ares_timeout(channel_, nullptr, &space); left != nullptr) {
    const auto wait = std::chrono::seconds{left->tv_sec} +
                      std::chrono::microseconds{left->tv_usec} + std::chrono::milliseconds{1};
    at = std::min(at, time_.now() + wait);
  }
  return at;
}

void Resolver::ask_due() {
  const auto answered = [](void* question, int status, int, ares_addrinfo* found) {
    auto* asked = static_cast<Question*>(question);
    asked->resolver.answers_.emplace_back(asked, read_answer(status, found));
    ares_freeaddrinfo(found);
  };
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NOSORT;
  for (auto& [host, name] : names_) {
    if (name.asking || name.due > time_.now()) continue;
    name.asking = true;
    questions_.push_back(std::make_unique<Question>(Question{*this, host}));
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, answered, questions_.back().get());
  }
}

void Resolver::settle() {
  bool changed = false;
  for (const auto& [question, answer] : std::exchange(answers_, {})) {
    if (const auto found = names_.find(question->host); found != names_.end()) {
      changed = take(found->second, answer) || changed;
      wake_.cancel();
    }
    const auto* const done = question;
    std::erase_if(questions_, [done](const auto& one) { return one.get() == done; });
  }
  if (changed && on_change_) on_change_();
}

// True when the addresses changed.
bool Resolver::take(Name& name, const Answer& answer) {
  name.asking = false;
  name.error = answer.error;
  const bool good = answer.error.empty();
  const Duration again =
      good ? std::clamp(answer.ttl, options_.floor, options_.ceiling) : options_.floor;
  name.due = time_.now() + jittered(again);
  if (!good) return false;

  bool changed = false;
  for (auto& [address, missed] : name.missed) ++missed;
  for (const auto& address : answer.addresses) {
    changed = name.missed.insert_or_assign(address, 0).second || changed;
  }
  const auto gone = std::erase_if(
      name.missed, [this](const auto& one) { return one.second >= options_.misses_max; });
  return changed || gone > 0;
}

Duration Resolver::jittered(Duration duration) {
  std::uniform_real_distribution<double> by{0.9, 1.1};
  const auto whole = static_cast<double>(duration.count());
  return Duration{static_cast<Duration::rep>(whole * by(random_))};
}

void Resolver::socket_changed(void* resolver, int socket, int readable, int writable) {
  static_cast<Resolver*>(resolver)->watch_socket(socket, readable != 0, writable != 0);
}

// Called by c-ares just before it closes a socket, too: Asio must have let go of it by then.
void Resolver::watch_socket(int socket, bool read, bool write) {
  auto& watched = sockets_[socket];
  if (!read && !write) {
    if (watched) watched->descriptor.release();
    sockets_.erase(socket);
    return;
  }
  if (!watched) {
    watched.reset(new Watched{{executor_, socket}, ++last_serial_});
  }
  const bool new_read = read && !std::exchange(watched->read, read);
  const bool new_write = write && !std::exchange(watched->write, write);
  watched->read = read;
  watched->write = write;
  if (new_read) tasks_.spawn(pump(socket, watched->serial, false));
  if (new_write) tasks_.spawn(pump(socket, watched->serial, true));
}

// Tells c-ares whenever the socket is ready, as long as it wants to know.
Awaitable<> Resolver::pump(int socket, std::uint64_t serial, bool write) {
  using Descriptor = asio::posix::descriptor_base;
  for (;;) {
    const auto found = sockets_.find(socket);
    if (found == sockets_.end() || found->second->serial != serial) co_return;
    if (!(write ? found->second->write : found->second->read)) co_return;
    const auto kind = write ? Descriptor::wait_write : Descriptor::wait_read;
    error_code released;
    co_await found->second->descriptor.async_wait(kind,
                                                  asio::redirect_error(use_awaitable, released));
    if (released) co_return;
    const auto still = sockets_.find(socket);
    if (still == sockets_.end() || still->second->serial != serial) co_return;
    ares_process_fd(channel_, write ? ARES_SOCKET_BAD : socket, write ? socket : ARES_SOCKET_BAD);
    settle();
  }
}

}  // namespace sy::net
