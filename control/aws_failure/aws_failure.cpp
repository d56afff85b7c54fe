#include "control/aws_failure/aws_failure.h"

namespace sy::control {
namespace {

// The word behind `lead`, up to a space; without the full stop of a sentence's end.
std::string word_behind(std::string_view text, std::string_view lead) {
  const auto at = text.find(lead);
  if (at == std::string_view::npos) return "";
  text.remove_prefix(at + lead.size());
  text = text.substr(0, text.find(' '));
  if (text.ends_with('.')) text.remove_suffix(1);
  return std::string{text};
}

ExitCode code_of(aws::Kind kind) {
  switch (kind) {
    case aws::Kind::auth:
    case aws::Kind::denied:
    case aws::Kind::skewed: return ExitCode::forbidden;
    case aws::Kind::conflict: return ExitCode::refused;
    case aws::Kind::interrupted: return ExitCode::interrupted;
    case aws::Kind::not_found:
    case aws::Kind::invalid:
    case aws::Kind::unavailable: return ExitCode::failed;
  }
  return ExitCode::failed;
}

std::string denied_next(std::string_view message) {
  const std::string action = denied_action(message);
  if (action.empty()) return "Ask whoever keeps the policies of this identity to allow it.";
  if (action == "iam:PassRole") {
    const std::string role = word_behind(message, "on resource: ");
    return "A task definition hands its roles to ECS: allow iam:PassRole on " +
           (role.empty() ? "its task role and its execution role" : role) +
           " for this identity, with iam:PassedToService ecs-tasks.amazonaws.com.";
  }
  return "Allow " + action + " in a policy of this identity.";
}

std::string next_of(const aws::Error& error) {
  switch (error.kind) {
    case aws::Kind::auth: return "Sign in again, or renew the credentials.";
    case aws::Kind::denied: return denied_next(error.what);
    case aws::Kind::skewed: return "Set the clock of this machine.";
    case aws::Kind::conflict: return "See what is there now, then decide.";
    case aws::Kind::unavailable: return "Try again.";
    case aws::Kind::interrupted: return "Give the same command again to carry on.";
    case aws::Kind::not_found:
    case aws::Kind::invalid: return "";
  }
  return "";
}

}  // namespace

Failure explained(const aws::Error& error, std::string_view doing) {
  std::string what = "cannot " + std::string{doing};
  if (!error.what.empty()) what += ": " + error.what;
  if (what.ends_with('.')) what.pop_back();
  std::string marks = error.code;
  if (!error.request_id.empty())
    marks += (marks.empty() ? "" : ", ") + ("request " + error.request_id);
  if (!marks.empty()) what += " (" + marks + ")";
  return Failure{code_of(error.kind), std::move(what), next_of(error)};
}

std::string denied_action(std::string_view message) {
  return word_behind(message, "not authorized to perform: ");
}

bool passes(const aws::Error& error) { return error.kind == aws::Kind::unavailable; }

}  // namespace sy::control
