#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "client.h"

namespace {

using namespace sy::closedload;

// One ticket, taken before the clock starts and copied to every client.
bool hand_out_tickets(const Options& options, SSL_CTX* tls,
                      std::vector<std::unique_ptr<Client>>& clients) {
  Client first{options, 0, tls};
  first.once();
  if (first.ticket() == nullptr) return false;
  for (auto& client : clients) client->offer(SSL_SESSION_dup(first.ticket()));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse(argc, argv);
  if (!options) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  const auto tls = options->tls ? Client::make_tls() : nullptr;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < options->connections; ++i) {
    clients.push_back(std::make_unique<Client>(*options, i, tls.get()));
  }
  if (options->resume && !hand_out_tickets(*options, tls.get(), clients)) {
    std::fputs("closedload: no session to resume\n", stderr);
    return 1;
  }
  const auto began = Clock::now();
  const auto end = began + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double>{options->seconds});
  std::vector<std::thread> threads;
  for (auto& client : clients) threads.emplace_back([&client, end] { client->run(end); });
  for (auto& thread : threads) thread.join();
  const std::chrono::duration<double> took = Clock::now() - began;
  Counts sum;
  for (const auto& client : clients) sum.add(client->counts());
  std::puts(sum.json(took.count()).c_str());
  return sum.failed() == 0 && sum.requests > 0 ? 0 : 1;
}
