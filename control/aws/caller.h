// How a call to AWS is made: values in, values or an Error out. The typed calls (ecs.h, ssm.h,
// ecr.h, logs.h, sts.h) know no more of the world than this; behind it is the Client, or a test's
// script.
#pragma once
#include <boost/json/object.hpp>
#include <string_view>

#include "control/aws/endpoint.h"
#include "control/aws/error.h"
#include "control/aws/fields.h"

namespace sy::aws {

struct Operation {
  Service service;
  std::string_view target;      // "AmazonSSM.GetParameter"
  bool quota_is_final = false;  // LimitExceededException is a quota of things, not of calls
  // Doing it twice would not be the same: after an attempt whose outcome is not known there is no
  // other, and the error says maybe_done. Attempts that AWS refused are repeated all the same.
  bool once = false;
};

// Blocks until there is an answer. Belongs to one thread, as the client does.
class Caller {
 public:
  virtual ~Caller() = default;
  // JSON 1.1. What comes back is the answer of a success; everything else is an Error whose kind
  // says what to do: see error.h, above all maybe_done and Kind::interrupted.
  virtual Result<boost::json::object> call(const Operation& operation,
                                           const boost::json::object& input) = 0;
  // The query protocol (STS), signed. The answer is a success.
  virtual Result<Answer> query(const Service& service, const Request& request) = 0;
};

}  // namespace sy::aws
