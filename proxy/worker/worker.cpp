#include "worker/worker.h"

#include <algorithm>
#include <utility>

#include "http/reply.h"
#include "worker/gate.h"

namespace sy::worker {
namespace {

constexpr std::size_t names_max = 4'096;

int phase_of(std::size_t index, std::size_t count) {
  return static_cast<int>(index * split::whole / std::max<std::size_t>(count, 1));
}

std::string key_of(const split::Endpoint& endpoint) {
  return endpoint.url + " " + endpoint.address + " " + std::to_string(endpoint.port);
}

std::string bytes_of(const net::Address& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
}

}  // namespace

Worker::Worker(const TimeSource& time, access_log::Sink* sink, Setup setup)
    : time_{time},
      count_{setup.count},
      wheel_{time.now()},
      tick_due_{time.now() + net::Wheel::tick},
      routing_{std::make_shared<const split::Routing>()},
      around_{poller_, wheel_, buffers_, pool_options_, upstream_tls_},
      diffusion_{phase_of(setup.index, setup.count)},
      ledger_{std::move(setup.nudge)},
      random_{setup.seed} {
  std::ignore = intern("");
  apply(std::move(setup.settings));
  retries_.reset(static_cast<double>(settings_->options.limits.retry_floor));
  if (sink != nullptr) log_ = std::make_unique<access_log::Writer>(*sink);
  turn(time.now());
  for (std::size_t i = 0; i < setup.listeners.size(); ++i) {
    gates_.push_back(std::make_unique<Gate>(*this, setup.listeners[i].fd, i));
  }
}

// Sessions live in coroutine frames: everything they wait for is ended, and they are let run out,
// before what they refer to goes.
Worker::~Worker() { wind_up(); }

void Worker::wind_up() {
  stopped_ = finishing_ = true;
  gates_.clear();
  for (Session& session : sessions_) session.stream.expire();
  for (auto& [key, pool] : pools_) pool->expire_all();
  held_.end();
  while (tasks_.size() != 0 && poller_.poll(Duration::zero()) != 0) {
  }
}

void Worker::run() {
  while (!stop_.load(std::memory_order_relaxed)) step(until_due());
  wind_up();
  log_.reset();  // hands over its last lines
  net::frames::release();
}

void Worker::stop() {
  stop_.store(true, std::memory_order_relaxed);
  poller_.wake();
}

void Worker::poll() {
  do {
    orders_.carry_out();
  } while (poller_.poll(Duration::zero()) != 0);
}

// One turn of the loop: what has happened to sockets, orders, and what is due.
void Worker::step(Duration most) {
  std::ignore = poller_.poll(most);
  orders_.carry_out();
  const Instant now = time_.now();
  if (now >= pair_due_) pair_due_ = ledger_.check(now) ? now + Ledger::patience : Instant::max();
  if (now < tick_due_) return;
  lag_ = std::max<Duration>(lag_, now - tick_due_);
  tick_due_ = std::max(tick_due_, now - net::Wheel::tick) + net::Wheel::tick;
  turn(now);
}

Duration Worker::until_due() const { return std::min(tick_due_, pair_due_) - time_.now(); }

net::Awaitable<> Worker::adopt(split::RoutingPtr routing) {
  auto work = [this, next = std::move(routing)] { install(next); };
  co_await orders_.give(std::move(work));
}

net::Awaitable<> Worker::reload(SettingsPtr settings) {
  auto work = [this, next = std::move(settings)] { apply(next); };
  co_await orders_.give(std::move(work));
}

net::Awaitable<Report> Worker::collect() {
  Report result;
  auto work = [this, &result] { result = report(); };
  co_await orders_.give(std::move(work));
  co_return result;
}

net::Awaitable<> Worker::finish() {
  auto work = [this] { finish_here(); };
  co_await orders_.give(std::move(work));
}

void Worker::finish_here() {
  stop_accepting();
  for (Session& session : sessions_) session.leave();
}

void Worker::close_here() {
  stop_accepting();
  for (Tunnel& tunnel : tunnels_.list) tunnel.end_by(wheel_.now());
  tunnels_.check(wheel_.now());  // a last word where one fits
  for (Session& session : sessions_) session.stream.expire();
}

net::Awaitable<> Worker::close_all() {
  auto work = [this] { close_here(); };
  co_await orders_.give(std::move(work));
}

// --- orders -------------------------------------------------------------------------------------

void Worker::install(split::RoutingPtr routing) {
  if (routing->routes != routing_->routes) route_index_ = split::RouteIndex{routing->routes};
  routing_ = std::move(routing);
  table_.clear();
  for (const split::Service& service : routing_->services) {
    ServiceSlot& slot = slot_named(service.name);
    fill(slot, service);
    table_.push_back(&slot);
  }
  route_names_.clear();
  for (const split::Route& route : routing_->routes) route_names_.push_back(name(route.prefix));
  if (ledger_.follow(*routing_)) {
    const std::size_t floor = settings_->options.shield.replay_floor;
    replays_.reset(floor == 0 ? 0 : static_cast<double>(share_of(floor, count_)));
  }
  drop_unused_pools();
  if (!finishing_) tunnels_.follow(*routing_, wheel_.now(), [this] { return random(); });
  held_.look();
  for (const auto& gate : gates_) gate->open();  // from the first one on
}

void Worker::fill(ServiceSlot& slot, const split::Service& service) {
  for (const Color color : colors) {
    slot.pools[color].clear();
    slot.version[color] = intern(routing_->version[color]);
    for (const split::Endpoint& endpoint : service.endpoints[color]) {
      upstream::Pool& known = pool(endpoint);
      known.update(endpoint);
      if (!endpoint.open) known.close_idle();
      slot.pools[color].push_back(&known);
    }
  }
  slot.health_path = service.health_path;
  slot.failing.reset();
  for (const int status : service.failure_statuses) {
    if (status >= 0 && static_cast<std::size_t>(status) < slot.failing.size())
      slot.failing.set(static_cast<std::size_t>(status));
  }
  if (slot.templates.texts() == service.templates) return;
  slot.templates = split::Templates{service.templates};
  slot.template_names.clear();
  for (const std::string& text : service.templates) slot.template_names.push_back(name(text));
}

upstream::Pool& Worker::pool(const split::Endpoint& endpoint) {
  auto& kept = pools_[key_of(endpoint)];
  if (!kept) kept = std::make_unique<upstream::Pool>(around_, endpoint);
  return *kept;
}

void Worker::drop_unused_pools() {
  std::unordered_set<const upstream::Pool*> used;
  for (const ServiceSlot* slot : table_) {
    for (const Color color : colors)
      used.insert(slot->pools[color].begin(), slot->pools[color].end());
  }
  for (auto& [name, slot] : slots_) {
    if (std::find(table_.begin(), table_.end(), slot.get()) == table_.end()) slot->pools = {};
  }
  std::erase_if(pools_, [&](auto& entry) {
    upstream::Pool& pool = *entry.second;
    if (used.contains(&pool)) return false;
    pool.close_idle();
    return pool.quiet();
  });
}

// Versions are the upstreams' words: past the bound a new one goes unnamed.
const std::string* Worker::intern(std::string_view text) {
  if (names_.size() < names_max) return &*names_.emplace(text).first;
  const auto known = names_.find(std::string{text});
  return known != names_.end() ? &*known : &*names_.find("");
}

// Configured, so there are not many.
const std::string* Worker::name(std::string_view configured) {
  return &*configured_.emplace(configured).first;
}

ServiceSlot& Worker::slot_named(const std::string& name) {
  auto& slot = slots_[name];
  if (!slot) {
    slot = std::make_unique<ServiceSlot>();
    slot->name = name;
    for (const Color color : colors) slot->version[color] = intern("");
  }
  return *slot;
}

void Worker::apply(SettingsPtr settings) {
  settings_ = std::move(settings);
  const Timers& timers = settings_->options.timers;
  pool_options_ = {timers.connect, timers.pool_idle, timers.pool_age,
                   settings_->options.limits.pool_idle_max};
  upstream_tls_ = settings_->upstream_tls.get();
}

Report Worker::report() {
  Report report;
  for (auto& [name, slot] : slots_) {
    for (const Color color : colors) {
      std::int64_t pooled = 0;
      for (const upstream::Pool* pool : slot->pools[color])
        pooled += static_cast<std::int64_t>(pool->idle());
      slot->summary[color].pooled = pooled;
    }
    report.services.push_back({name, slot->summary});
  }
  report.clients = clients_;
  report.accepted = accepted_;
  report.refused = refused_;
  report.over_limit = over_limit_;
  report.faults = tasks_.failures();
  report.evidence = ledger_.report(time_.now());
  report.loop_lag = std::exchange(lag_, Duration::zero());
  return report;
}

// --- time ---------------------------------------------------------------------------------------

void Worker::turn(Instant now) {
  wheel_.turn(now);
  tunnels_.check(now);
  held_.turn(now);
  for (const auto& gate : gates_) gate->retry();
  wall_base_ = now;
  wall_ = time_.wall();
  const auto second = std::chrono::floor<std::chrono::seconds>(wall_).time_since_epoch().count();
  if (log_) log_->flush();
  if (second == date_second_) return;
  date_second_ = second;
  date_ = http::http_date(second);
  for (auto& [key, pool] : pools_) pool->reap(now);
  drop_unused_pools();
}

WallTime Worker::wall(Instant at) const {
  return wall_ + std::chrono::duration_cast<std::chrono::milliseconds>(at - wall_base_);
}

// --- for sessions and exchanges -----------------------------------------------------------------

// SplitMix64 (Steele, Lea, Flood 2014): ids and positions, nothing secret.
std::uint64_t Worker::random() {
  random_ += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = random_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

const std::string* Worker::route_name(const split::Route& route) const {
  return route_names_[static_cast<std::size_t>(&route - routing_->routes.data())];
}

upstream::Pool* Worker::choose(const ServiceSlot& slot, Color color, Fitness fitness,
                               const upstream::Pool* avoid) {
  const auto& pools = slot.pools[color];
  const Instant now = wheel_.now();
  const auto good = [&](const upstream::Pool* pool) {
    if (pool == avoid) return false;
    if (fitness != Fitness::any && !pool->endpoint().open) return false;
    return fitness != Fitness::fit || !pool->suspect(now);
  };
  if (pools.size() == 1) return good(pools[0]) ? pools[0] : nullptr;
  upstream::Pool* best = nullptr;
  // Two random starts, each walking on to the next good one (edge.md decision 9).
  for (int draw = 0; draw < 2 && !pools.empty(); ++draw) {
    const std::size_t start = random() % pools.size();
    for (std::size_t i = 0; i < pools.size(); ++i) {
      upstream::Pool* pool = pools[(start + i) % pools.size()];
      if (!good(pool)) continue;
      if (best == nullptr || pool->busy() < best->busy()) best = pool;
      break;
    }
  }
  return best;
}

void Worker::expect_pair() {
  if (pair_due_ == Instant::max()) pair_due_ = time_.now() + Ledger::patience;
}

bool Worker::may_hold() const {
  const Shield& shield = settings_->options.shield;
  return shield.hold_max > Duration::zero() && shield.held_max != 0 &&
         held_.size() < share_of(shield.held_max, count_);
}

bool Worker::enter_pending(Color color) {
  const Limits& limits = settings_->options.limits;
  retries_.earn(limits.retry_budget);
  if (pending_[color] >= static_cast<std::int64_t>(share_of(limits.pending_per_color_max, count_)))
    return false;
  ++pending_[color];
  return true;
}

bool Worker::begin_head(const net::Address& address) {
  int& count = heads_[bytes_of(address)];
  const std::size_t limit = share_of(settings_->options.limits.heads_per_address_max, count_);
  if (static_cast<std::size_t>(count) >= limit) return false;
  ++count;
  return true;
}

void Worker::end_head(const net::Address& address) {
  const auto at = heads_.find(bytes_of(address));
  if (at != heads_.end() && --at->second == 0) heads_.erase(at);
}

std::string Worker::take_string() {
  if (strings_.empty()) return {};
  std::string text = std::move(strings_.back());
  strings_.pop_back();
  text.clear();
  return text;
}

void Worker::give_string(std::string text) {
  constexpr std::size_t kept_max = 64;
  constexpr std::size_t capacity_max = 64 * 1024;
  if (strings_.size() < kept_max && text.capacity() <= capacity_max)
    strings_.push_back(std::move(text));
}

}  // namespace sy::worker
