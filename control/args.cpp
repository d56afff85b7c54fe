#include "control/args.h"

#include <algorithm>
#include <map>
#include <set>

#include "config/text.h"
#include "control/args_table.h"
#include "control/build.h"

namespace sy::control {
namespace {

// A mistake ends the reading; it never leaves this file.
struct Mistake {
  std::string what;
};

struct Given {
  const Flag* flag = nullptr;
  std::string value{};
};

struct Tokens {
  const VerbEntry* verb = nullptr;
  std::vector<std::string> words{};  // without the verb
  std::vector<Given> flags{};
  bool help = false;
  bool version = false;
};

std::string quoted(std::string_view text) { return '"' + config::shown(text) + '"'; }

std::string maybe(std::string_view word, const std::vector<std::string_view>& known) {
  const auto closest = config::closest(word, known);
  return closest.empty() ? "" : " (did you mean " + std::string{closest} + "?)";
}

const Flag* find_flag(std::span<const Flag> flags, std::string_view name) {
  const auto found =
      std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.name == name; });
  return found == flags.end() ? nullptr : &*found;
}

[[noreturn]] void unknown_flag(std::string_view name, const VerbEntry* verb) {
  const std::string of = verb == nullptr ? "" : std::string{verb->name} + ' ';
  std::string owners;
  for (const auto& entry : verb_table())
    if (find_flag(entry.flags, name) != nullptr)
      owners += (owners.empty() ? "" : ", ") + std::string{entry.name};
  if (!owners.empty() && verb == nullptr)
    throw Mistake{std::string{name} + " comes after its verb: switchctl VERB " + std::string{name}};
  if (!owners.empty())
    throw Mistake{std::string{name} + " is a flag of " + owners + ", not of " +
                  std::string{verb->name}};
  std::vector<std::string_view> known;
  for (const auto& flag : common_flags()) known.push_back(flag.name);
  if (verb != nullptr)
    for (const auto& flag : verb->flags) known.push_back(flag.name);
  throw Mistake{"there is no flag " + config::shown(name) + maybe(name, known) + ": switchctl " +
                of + "--help lists them"};
}

[[noreturn]] void unknown_verb(std::string_view name) {
  std::vector<std::string_view> known;
  for (const auto& entry : verb_table()) known.push_back(entry.name);
  throw Mistake{"there is no verb " + quoted(name) + maybe(name, known) +
                ": switchctl --help lists them"};
}

class Tokenizer {
 public:
  explicit Tokenizer(const std::vector<std::string>& from) : from_{from} {}

  Tokens all() {
    bool only_words = false;
    while (at_ < from_.size()) {
      const std::string& token = from_[at_++];
      if (!only_words && token == "--")
        only_words = true;
      else if (!only_words && token.size() > 1 && token.front() == '-')
        take_flag(token);
      else
        take_word(token);
    }
    return std::move(out_);
  }

 private:
  void take_word(const std::string& token) {
    if (out_.verb != nullptr) {
      out_.words.push_back(token);
      return;
    }
    out_.verb = find_verb(token);
    if (out_.verb == nullptr) unknown_verb(token);
  }

  void take_flag(const std::string& token) {
    const std::size_t equals = token.find('=');
    const std::string name = token.substr(0, equals);
    if (name == "--help" || name == "-h") {
      out_.help = true;
      return;
    }
    if (name == "--version" && out_.verb == nullptr) {
      out_.version = true;
      return;
    }
    const Flag* flag = find_flag(common_flags(), name);
    if (flag == nullptr && out_.verb != nullptr) flag = find_flag(out_.verb->flags, name);
    if (flag == nullptr) unknown_flag(name, out_.verb);
    if (!flag->repeated && !seen_.insert(flag->name).second)
      throw Mistake{name + " is given twice"};
    if (flag->value.empty() && equals != token.npos) throw Mistake{name + " takes no value"};
    out_.flags.push_back({flag, flag->value.empty() ? "" : value_of(*flag, token, equals)});
  }

  std::string value_of(const Flag& flag, const std::string& token, std::size_t equals) {
    if (equals != token.npos) return token.substr(equals + 1);
    if (at_ >= from_.size() || from_[at_].starts_with("--"))
      throw Mistake{std::string{flag.name} + " needs a value: " + std::string{flag.name} + ' ' +
                    std::string{flag.value}};
    return from_[at_++];
  }

  const std::vector<std::string>& from_;
  std::size_t at_ = 0;
  Tokens out_;
  std::set<std::string_view> seen_;
};

void set(Args& args, std::string_view name, Set setter, std::string_view value) {
  if (setter == nullptr) return;
  const config::Fault fault = setter(args, value);
  if (!fault) return;
  throw Mistake{fault->starts_with('"') ? *fault : std::string{name} + ' ' + *fault};
}

// What deploy's environment gives in place of a word, as the deployment guide names it.
std::optional<std::string> instead(const VerbEntry& verb, const Word& word,
                                   const config::Environment& environment) {
  if (verb.verb != Verb::deploy) return std::nullopt;
  const auto value = environment(word.kind == Kind::environment ? "ENVIRONMENT" : "VERSION");
  return value && !value->empty() ? value : std::nullopt;
}

[[noreturn]] void missing(const VerbEntry& verb, const Word& word) {
  std::string what = std::string{verb.name} + " needs " + std::string{word.name} + ": switchctl " +
                     usage_of(verb) + ", for example switchctl " + std::string{verb.example};
  if (verb.verb == Verb::deploy) what += "; ENVIRONMENT and VERSION stand in for what is left out";
  throw Mistake{std::move(what)};
}

void set_words(Args& args, const Tokens& tokens, const config::Environment& environment) {
  const VerbEntry& verb = *tokens.verb;
  std::size_t at = 0;
  for (const Word& word : verb.words) {
    std::vector<std::string> values;
    while (at < tokens.words.size() && (values.empty() || word.repeated))
      values.push_back(tokens.words[at++]);
    if (values.empty())
      if (const auto value = instead(verb, word, environment)) values.push_back(*value);
    if (values.empty() && word.needed) missing(verb, word);
    for (const auto& value : values) {
      set(args, word.name, word.set, value);
      if (word.kind != Kind::environment) args.words.push_back(value);
    }
  }
  if (at < tokens.words.size())
    throw Mistake{std::string{verb.name} + " takes no " + quoted(tokens.words[at]) +
                  ": switchctl " + usage_of(verb)};
}

// Flags first: some say what words may be.
void set_all(Args& args, const Tokens& tokens, const config::Environment& environment) {
  args.verb = tokens.verb->verb;
  for (const Given& given : tokens.flags) set(args, given.flag->name, given.flag->set, given.value);
  set_words(args, tokens, environment);
  if (tokens.verb->verb == Verb::rollback && args.verb == Verb::versions && !args.version.empty())
    throw Mistake{"--list takes no version: switchctl rollback --list " + args.environment};
}

void from_environment(Args& args, const config::Environment& environment) {
  if (const auto url = environment("SWITCHYARD_PROXY");
      url && args.proxies.empty() && !url->empty())
    set(args, "SWITCHYARD_PROXY", find_flag(common_flags(), "--proxy")->set, *url);
  args.token = environment("SWITCHYARD_TOKEN").value_or("");
  if (args.verb != Verb::deploy || !args.git_sha.empty()) return;
  if (const auto sha = environment("GIT_SHA"); sha && !sha->empty())
    set(args, "GIT_SHA", find_flag(find_verb("deploy")->flags, "--git-sha")->set, *sha);
}

// What --timeout means depends on the verb.
void place_timeout(Args& args, const VerbEntry& verb) {
  if (!args.at_most) return;
  const auto timeout = *args.at_most;
  args.timeout = verb.lasting ? std::min(timeout, args.timeout) : timeout;
  if (!verb.lasting) args.at_most.reset();
}

}  // namespace

Parsed parse_args(const std::vector<std::string>& words, const config::Environment& environment) {
  try {
    const Tokens tokens = Tokenizer{words}.all();
    if (tokens.version) return {.out = "switchctl " + build_version() + '\n'};
    if (tokens.help && tokens.verb == nullptr) return {.out = help_of_all()};
    if (tokens.help) return {.out = help_of(*tokens.verb)};
    if (tokens.verb == nullptr)
      throw Mistake{"what is to be done? switchctl --help lists the verbs"};
    Args args;
    set_all(args, tokens, environment);
    from_environment(args, environment);
    place_timeout(args, *tokens.verb);
    return {.args = std::move(args)};
  } catch (const Mistake& mistake) {
    return {.status = 2, .err = "switchctl: " + mistake.what + '\n'};
  }
}

}  // namespace sy::control
