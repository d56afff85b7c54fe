#include "metrics/families.h"

#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "metrics/samples.h"

namespace sy::metrics {
namespace {

// Upper bounds 64 us * 2^n: whole octaves of tally::Histogram, so the merged counts are exact.
constexpr std::array<int, 14> octaves{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18};

constexpr std::array<std::string_view, 6> code_classes{"client_left", "1xx", "2xx",
                                                       "3xx",         "4xx", "5xx"};
constexpr std::array<std::string_view, tally::failure_kinds> failure_words{
    "none",    "connect_refused", "connect_timeout", "reset",
    "timeout", "bad_response",    "truncated",       "no_endpoint"};

double share(int weight) { return static_cast<double>(weight) / split::whole; }

ClientMetric histogram(Labels labels, const tally::Histogram& latency) {
  ClientMetric metric = labelled(std::move(labels));
  std::uint64_t cumulative = 0;
  std::size_t next = 0;
  for (const int octave : octaves) {
    const auto last = static_cast<std::size_t>(octave) * 4;  // the bucket that ends at the bound
    for (; next <= last; ++next) cumulative += latency.count(next);
    metric.histogram.bucket.push_back({cumulative, seconds(tally::Histogram::upper_bound(last))});
  }
  metric.histogram.sample_count = latency.count();
  metric.histogram.sample_sum = seconds(latency.sum());
  return metric;
}

Labels with(Labels labels, std::string name, std::string_view value) {
  labels.push_back({std::move(name), std::string{value}});
  return labels;
}

// One color of one service.
struct Cell {
  Labels labels;
  const tally::Summary& summary;
};

std::vector<Cell> cells(const Snapshot& snapshot) {
  std::vector<Cell> all;
  for (std::size_t i = 0; i < snapshot.collected.services.size(); ++i) {
    for (const Color color : colors) {
      const std::string service =
          i < snapshot.services.size() ? snapshot.services[i] : std::to_string(i);
      all.push_back({{{"color", std::string{name(color)}},
                      {"service", service},
                      {"version", snapshot.status.colors[color].version}},
                     snapshot.collected.services[i][color]});
    }
  }
  return all;
}

void add_requests(Out& out, const std::vector<Cell>& all) {
  auto requests = family(MetricType::Counter, "requests_total",
                         "Requests answered by a color, by class of the status the client got.");
  auto failures = family(MetricType::Counter, "request_failures_total",
                         "Exchanges with an upstream that failed, by kind.");
  auto durations = family(MetricType::Histogram, "request_duration_seconds",
                          "First byte of the request head to last byte of the response.");
  for (const Cell& cell : all) {
    for (std::size_t i = 0; i < code_classes.size(); ++i) {
      requests.metric.push_back(
          counter(with(cell.labels, "code_class", code_classes[i]), cell.summary.by_class[i]));
    }
    for (std::size_t i = 1; i < failure_words.size(); ++i) {
      failures.metric.push_back(
          counter(with(cell.labels, "kind", failure_words[i]), cell.summary.failures[i]));
    }
    durations.metric.push_back(histogram(cell.labels, cell.summary.latency));
  }
  out.push_back(std::move(requests));
  out.push_back(std::move(failures));
  out.push_back(std::move(durations));
}

struct Count {
  std::string_view name;
  std::string_view help;
  std::uint64_t tally::Summary::*member;
};
constexpr std::array<Count, 7> counts{{
    {"request_bytes_total", "Bytes received from clients.", &tally::Summary::bytes_in},
    {"response_bytes_total", "Bytes sent to clients.", &tally::Summary::bytes_out},
    {"retries_total", "Requests sent again after a failure.", &tally::Summary::retries},
    {"upstream_connects_total", "New upstream connections.", &tally::Summary::connects},
    {"upstream_connect_failures_total", "Upstream connections that could not be made.",
     &tally::Summary::connect_failures},
    {"upstream_reuses_total", "Requests sent on a pooled connection.", &tally::Summary::reuses},
    {"tunnels_total", "Upgrades completed.", &tally::Summary::tunnels},
}};

struct Level {
  std::string_view name;
  std::string_view help;
  std::int64_t tally::Summary::*member;
};
constexpr std::array<Level, 3> levels{{
    {"requests_in_flight", "Requests being answered now.", &tally::Summary::in_flight},
    {"tunnels_open", "Tunnels open now.", &tally::Summary::open_tunnels},
    {"upstream_pool_idle", "Upstream connections waiting for a request.", &tally::Summary::pooled},
}};

void add_counts(Out& out, const std::vector<Cell>& all) {
  for (const Count& count : counts) {
    auto made = family(MetricType::Counter, count.name, count.help);
    for (const Cell& cell : all) {
      made.metric.push_back(counter(cell.labels, cell.summary.*count.member));
    }
    out.push_back(std::move(made));
  }
  for (const Level& level : levels) {
    auto made = family(MetricType::Gauge, level.name, level.help);
    for (const Cell& cell : all) {
      made.metric.push_back(gauge(cell.labels, static_cast<double>(cell.summary.*level.member)));
    }
    out.push_back(std::move(made));
  }
}

void add_colors(Out& out, const director::Status& status) {
  auto configured =
      family(MetricType::Gauge, "weight_configured_ratio", "Share of requests asked for.");
  auto effective = family(MetricType::Gauge, "weight_effective_ratio",
                          "Share of requests sent, after gates and maintenance.");
  auto open = family(MetricType::Gauge, "color_open", "1 when all gates of the color are open.");
  auto live = family(MetricType::Gauge, "color_live", "1 for the color that answers by default.");
  for (const Color color : colors) {
    const auto& now = status.colors[color];
    const Labels labels{{"color", std::string{name(color)}}, {"version", now.version}};
    configured.metric.push_back(gauge(labels, share(now.weight)));
    effective.metric.push_back(gauge(labels, share(now.effective)));
    open.metric.push_back(gauge(labels, now.open ? 1 : 0));
    live.metric.push_back(gauge(labels, status.state.live == color ? 1 : 0));
  }
  for (auto* made : {&configured, &effective, &open, &live}) out.push_back(std::move(*made));
}

void add_gates(Out& out, const director::Status& status) {
  auto open =
      family(MetricType::Gauge, "gate_open", "1 when probes let the endpoint have traffic.");
  auto took = family(MetricType::Gauge, "probe_duration_seconds", "How long the last probe took.");
  for (const auto& gate : status.gates) {
    const Labels labels{{"color", std::string{name(gate.color)}},
                        {"service", gate.service},
                        {"version", gate.identity.version},
                        {"endpoint", gate.url}};
    open.metric.push_back(gauge(labels, gate.open ? 1 : 0));
    took.metric.push_back(gauge(labels, seconds(gate.took)));
  }
  out.push_back(std::move(open));
  out.push_back(std::move(took));
}

void add_workers(Out& out, const director::Collected& collected) {
  auto lag = family(MetricType::Gauge, "worker_loop_lag_seconds",
                    "Longest a worker was late since the last tick.");
  auto clients = family(MetricType::Gauge, "client_connections", "Client connections open now.");
  auto accepted =
      family(MetricType::Counter, "client_connections_total", "Client connections accepted.");
  auto over = family(MetricType::Counter, "client_connections_over_limit_total",
                     "Client connections turned away at a limit.");
  auto refused = family(MetricType::Counter, "requests_refused_total",
                        "Requests answered with 4xx or 5xx before a color was picked.");
  auto requests = family(MetricType::Counter, "worker_requests_total",
                         "Requests answered by a color, by the worker that carried them.");
  auto faults = family(MetricType::Counter, "worker_faults_total",
                       "Connections that ended by a fault of this program.");
  for (std::size_t i = 0; i < collected.workers.size(); ++i) {
    const auto& worker = collected.workers[i];
    const Labels labels{{"worker", std::to_string(i)}};
    for (const Color color : colors) {
      std::uint64_t carried = 0;
      for (const auto& service : worker.services) carried += service[color].requests();
      const Labels both{{"worker", std::to_string(i)}, {"color", std::string{name(color)}}};
      requests.metric.push_back(counter(both, carried));
    }
    faults.metric.push_back(counter(labels, worker.faults));
    lag.metric.push_back(gauge(labels, seconds(worker.loop_lag)));
    clients.metric.push_back(gauge(labels, static_cast<double>(worker.clients)));
    accepted.metric.push_back(counter(labels, worker.accepted));
    over.metric.push_back(counter(labels, worker.over_limit));
    refused.metric.push_back(counter(labels, worker.refused));
  }
  for (auto* made : {&lag, &clients, &accepted, &over, &refused, &requests, &faults})
    out.push_back(std::move(*made));
}

void add_proxy(Out& out, const Snapshot& snapshot) {
  const auto& status = snapshot.status;
  add_one(out, family(MetricType::Gauge, "generation", "Grows by one with every change."),
          gauge({}, static_cast<double>(status.generation)));
  add_one(out,
          family(MetricType::Gauge, "maintenance", "1 while clients get the maintenance page."),
          gauge({}, status.state.maintenance ? 1 : 0));
  add_one(out, family(MetricType::Gauge, "panic", "1 while no color's gate is open."),
          gauge({}, status.phase == "panic" ? 1 : 0));
  add_one(out, family(MetricType::Gauge, "degraded", "1 while /v1/status has a note."),
          gauge({}, status.note.empty() ? 0 : 1));
  add_one(out, family(MetricType::Counter, "access_log_dropped_total", "Access log lines lost."),
          counter({}, snapshot.access_log_dropped));
  add_one(out, family(MetricType::Gauge, "build_info", "The version of switchyard, value 1."),
          gauge({{"version", snapshot.version}}, 1));
}

// These names are fixed by Prometheus for every program, so they have no prefix.
void add_usage(Out& out, const Usage& usage) {
  const auto standard = [](MetricType type, std::string_view name, std::string_view help) {
    MetricFamily made = family(type, name, help);
    made.name = "process_" + std::string{name};
    return made;
  };
  const auto level = [&](std::string_view name, std::string_view help, double value) {
    add_one(out, standard(MetricType::Gauge, name, help), gauge({}, value));
  };
  add_one(out, standard(MetricType::Counter, "cpu_seconds_total", "User and system time used."),
          counter({}, usage.cpu_seconds));
  level("resident_memory_bytes", "Resident memory.", static_cast<double>(usage.resident_bytes));
  level("virtual_memory_bytes", "Virtual memory.", static_cast<double>(usage.virtual_bytes));
  level("open_fds", "Open file descriptors.", static_cast<double>(usage.open_files));
  level("max_fds", "Limit of open file descriptors.", static_cast<double>(usage.open_files_max));
  level("threads", "Threads.", static_cast<double>(usage.threads));
  level("start_time_seconds", "Start, in seconds since 1970.", usage.start_seconds);
}

}  // namespace

Out Families::Collect() const {
  Out out;
  const std::vector<Cell> all = cells(snapshot_);
  add_requests(out, all);
  add_counts(out, all);
  add_colors(out, snapshot_.status);
  add_gates(out, snapshot_.status);
  add_workers(out, snapshot_.collected);
  add_rollouts(out, snapshot_);
  add_proxy(out, snapshot_);
  add_usage(out, snapshot_.usage);
  return out;
}

}  // namespace sy::metrics
