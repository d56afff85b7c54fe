#include "table.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <thread>

namespace sy::decision {
namespace {

constexpr std::array<Texture, 3> textures{Texture::independent, Texture::bursty,
                                          Texture::correlated};
constexpr std::array<double, 3> shares{0.1, 0.5, 1.0};
constexpr double hour = 3'600;

std::string shown(const char* form, double value) {
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), form, value);
  return text.data();
}

using Play = std::function<Outcomes(std::size_t, std::uint64_t)>;

// Seeds depend on the row's name and the trial alone, so that threads change nothing.
std::vector<Outcomes> play(const Effort& effort, const Row& row, const Play& one) {
  std::vector<Outcomes> all(row.trials);
  std::atomic<std::size_t> next{0};
  std::uint64_t base = effort.seed;
  for (const char letter : row.group + row.name + row.texture) {
    base = Random{base + static_cast<unsigned char>(letter)}.bits();
  }
  const auto work = [&all, &next, &one, base] {
    for (std::size_t at = next++; at < all.size(); at = next++) {
      all[at] = one(at, Random{base + at}.bits());
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < effort.threads; ++i) threads.emplace_back(work);
  work();
  return all;
}

double quantile(std::vector<double>& values, double q) {
  const auto at = static_cast<std::size_t>(q * static_cast<double>(values.size()));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

void fill(Row& row, const std::vector<Outcomes>& all, bool ours_only) {
  for (std::size_t rule = 0; rule < rule_names.size(); ++rule) {
    Cell& cell = row.cells[rule];
    cell.asked = rule == 0 || !ours_only;
    std::vector<double> requests;
    for (const auto& outcomes : all) {
      const auto& reverted = outcomes[rule];
      cell.reverted += reverted.has_value();
      requests.push_back(reverted ? static_cast<double>(reverted->requests)
                                  : std::numeric_limits<double>::infinity());
    }
    cell.median = quantile(requests, 0.5);
    cell.p90 = quantile(requests, 0.9);
  }
}

Row finished(Row row, const Effort& effort, bool ours_only, const Play& one) {
  fill(row, play(effort, row, one), ours_only);
  std::fprintf(stderr, "%s, %s, %s: %zu reverted, median %g\n", row.group.c_str(), row.name.c_str(),
               row.texture.c_str(), row.cells[0].reverted, row.cells[0].median);
  return row;
}

// 60 s at 30 % after five quiet minutes. Bursts of the outage hit both colors, since their cause is
// one: 15 % and 100 % in turns.
std::vector<Stretch> outage(Texture texture, Random& random) {
  constexpr double quiet = 0.001;
  constexpr double from = 300;
  constexpr double to = 360;
  std::vector<Stretch> stretches{{from, {quiet, quiet}}};
  if (texture != Texture::bursty) {
    stretches.push_back({to, {0.3, 0.3}});
  }
  bool burst = false;
  for (double at = from; texture == Texture::bursty && at < to; burst = !burst) {
    at = std::min(to, at - (burst ? 0.4 : 1.87) * std::log(random.unit()));
    stretches.push_back({at, burst ? PerColor<double>{1, 1} : PerColor<double>{0.15, 0.15}});
  }
  stretches.push_back({to + from, {quiet, quiet}});
  return stretches;
}

// One hour, or until ours reverts, of requests with log-normal latencies: `slower` times on green.
Outcomes race_latency(double slower, double share, std::uint64_t seed) {
  constexpr double rate = 20;
  Random random{seed};
  verdict::Judge judge;
  double live = 0;
  double candidate = 0;
  const auto second = [&](double seconds, double of_green) {
    verdict::Batch batch;
    live += rate * (1 - of_green);
    candidate += rate * of_green;
    for (const Color color : colors) {
      double& due = color == Color::green ? candidate : live;
      for (; due >= 1; due -= 1) {
        const double factor = color == Color::green ? slower : 1;
        const double milliseconds = 20 * factor * std::exp(0.6 * random.normal());
        batch.latency[color].add(Duration{static_cast<std::int64_t>(milliseconds * 1e6)});
        ++batch.requests[color];
      }
    }
    judge.observe(batch, Instant{Duration{static_cast<std::int64_t>(seconds * 1e9)}});
    return batch.requests.green;
  };
  for (double at = 1; at < 60; ++at) second(at, 0);
  judge.begin(Color::green, 0.001);
  std::uint64_t requests = 0;
  for (double at = 60; at < 60 + hour; ++at) {
    requests += second(at, share);
    const auto verdict = judge.verdict(true);
    if (verdict.kind != verdict::Kind::breach) continue;
    Outcomes outcomes{};
    outcomes[0] = Reverted{.at = at - 60, .requests = requests, .test = verdict.test};
    return outcomes;
  }
  return {};
}

}  // namespace

bool Row::met() const {
  if (!most) return true;
  const Cell& ours = cells.front();
  return (by_median ? ours.median : static_cast<double>(ours.reverted)) <= *most;
}

std::string name(Texture texture) {
  switch (texture) {
    case Texture::independent: return "independent";
    case Texture::bursty: return "bursty";
    case Texture::correlated: return "correlated";
  }
  return {};
}

std::vector<Row> false_reverts(const Effort& effort, const std::vector<double>& rates) {
  std::vector<Row> rows;
  for (const Texture texture : textures) {
    for (const double error : {0.001, 0.005}) {
      for (const double rate : rates) {
        Row row{.group = "false reverts",
                .name = shown("both at %.1f %%, ", error * 100) + shown("%g requests/s, 1 h", rate),
                .texture = name(texture),
                .trials = effort.hours,
                .most = 0};
        const auto one = [rate, error, texture](std::size_t at, std::uint64_t seed) {
          const Trial trial{.setting = {.rate = rate,
                                        .share = shares[at % shares.size()],
                                        .stretches = {{hour, {error, error}}},
                                        .texture = texture},
                            .baseline = error,
                            .learned = std::min(50'000.0, rate * 24 * hour)};
          return run(trial, seed);
        };
        rows.push_back(finished(row, effort, false, one));
      }
    }
  }
  return rows;
}

std::vector<Row> requests_to_revert(const Effort& effort, const std::vector<double>& errors,
                                    double share) {
  constexpr std::array<std::pair<double, double>, 5> targets{
      {{1, 4}, {0.5, 9}, {0.2, 33}, {0.1, 94}, {0.05, 333}}};
  std::vector<Row> rows;
  for (const Texture texture : textures) {
    for (const double error : errors) {
      Row row{.group = "requests to revert",
              .name = shown("candidate fails %g %%", error * 100) +
                      shown(" at weight %g %%", share * 100),
              .texture = name(texture),
              .trials = effort.runs,
              .error = error,
              .by_median = true};
      for (const auto& [at, most] : targets) {
        if (at == error && share == 0.1 && texture == Texture::independent) row.most = most;
      }
      const bool ours_only = share != 0.1;
      const auto one = [share, error, texture, ours_only](std::size_t, std::uint64_t seed) {
        const Trial trial{.setting = {.rate = 20,
                                      .share = share,
                                      .stretches = {{2 * hour, {0.001, error}}},
                                      .texture = texture},
                          .ours_only = ours_only};
        return run(trial, seed);
      };
      rows.push_back(finished(row, effort, ours_only, one));
    }
  }
  return rows;
}

std::vector<Row> shared_outages(const Effort& effort) {
  std::vector<Row> rows;
  for (const Texture texture : textures) {
    for (const double share : shares) {
      Row row{.group = "shared outage",
              .name = shown("both at 30 %% for 60 s, weight %g %%", share * 100),
              .texture = name(texture),
              .trials = effort.hours / 2,
              .most = 0.001 * static_cast<double>(effort.hours / 2)};
      const auto one = [share, texture](std::size_t, std::uint64_t seed) {
        Random random{seed};
        Trial trial;
        trial.setting.rate = 50;
        trial.setting.share = share;
        trial.setting.stretches = outage(texture, random);
        trial.setting.texture = texture == Texture::bursty ? Texture::independent : texture;
        return run(trial, random.bits());
      };
      rows.push_back(finished(row, effort, false, one));
    }
  }
  return rows;
}

std::vector<Row> poison(const Effort& effort) {
  std::vector<Row> rows;
  for (const double share : {0.1, 1.0}) {
    for (const bool replayed : {false, true}) {
      Row row{.group = "poison",
              .name = shown("1 000 calls of one client, weight %g %%", share * 100) +
                      (replayed ? ", replayed" : ""),
              .texture = name(Texture::independent),
              .trials = effort.hours / 2,
              .most = 0};
      const auto one = [share, replayed](std::size_t, std::uint64_t seed) {
        const Trial trial{.setting = {.rate = 20,
                                      .share = share,
                                      .stretches = {{600, {0.001, 0.001}}},
                                      .poison = 1'000,
                                      .poison_replayed = replayed}};
        return run(trial, seed);
      };
      rows.push_back(finished(row, effort, false, one));
    }
  }
  return rows;
}

std::vector<Row> latency(const Effort& effort) {
  std::vector<Row> rows;
  for (const double slower : {1.0, 1.5, 2.0, 3.0, 5.0}) {
    for (const double share : {0.1, 1.0}) {
      Row row{.group = "latency",
              .name = shown("candidate %g times as slow", slower) +
                      shown(" at weight %g %%", share * 100),
              .texture = name(Texture::independent),
              .trials = slower == 1 ? effort.hours / 20 + 1 : effort.runs / 10 + 1};
      if (slower == 1) row.most = 0;
      const auto one = [slower, share](std::size_t, std::uint64_t seed) {
        return race_latency(slower, share, seed);
      };
      rows.push_back(finished(row, effort, true, one));
    }
  }
  return rows;
}

}  // namespace sy::decision
