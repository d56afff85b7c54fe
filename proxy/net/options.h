// Files that a TLS listener is made from.
#pragma once
#include <string>

namespace sy::net {

struct Certificate {
  std::string certificate;  // PEM file, chain included
  std::string key;          // PEM file
  bool operator==(const Certificate&) const = default;
};

}  // namespace sy::net
