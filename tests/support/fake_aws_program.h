// tests/support/fake_aws as a program of its own: started with this, gone with this.
#pragma once
#include <sys/types.h>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>

namespace sy {

class FakeAws {
 public:
  FakeAws();
  ~FakeAws();
  FakeAws(const FakeAws&) = delete;
  FakeAws& operator=(const FakeAws&) = delete;

  // What it said about itself: url, access_key_id, secret_access_key, …
  [[nodiscard]] std::string said(const char* name) const;
  // Its control API: call("POST", "advance", {{"seconds", 5}}). A refusal ends the test program:
  // the test is wrong then.
  boost::json::value call(const std::string& method, const std::string& path,
                          const boost::json::value& body = nullptr) const;

 private:
  pid_t child_ = -1;
  int input_ = -1;
  boost::json::object said_;
};

}  // namespace sy
