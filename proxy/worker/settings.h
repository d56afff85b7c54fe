// What all workers share and a reload replaces: options with their files read.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "http/reply.h"
#include "net/cidr.h"
#include "net/tls.h"
#include "worker/options.h"

namespace sy::worker {

struct ListenSettings {
  std::shared_ptr<const net::ServerTls> tls;  // null: plain
  bool proxy_protocol = false;
};

struct Settings {
  Options options;
  http::Pages pages;
  int maintenance_retry_after = 60;                    // seconds
  std::vector<ListenSettings> listen;                  // by listener
  std::shared_ptr<const net::ClientTls> upstream_tls;  // null: https endpoints cannot be used
  net::CidrList trusted;
};
using SettingsPtr = std::shared_ptr<const Settings>;

}  // namespace sy::worker
