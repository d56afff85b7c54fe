// Every verb of switchctl with its words and flags: what parsing, help and completion are made of.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "config/decode.h"
#include "control/args.h"

namespace sy::control {

// What a word or a flag's value is; completion offers what it can of it.
enum class Kind : std::uint8_t {
  none,  // of a flag: it takes no value
  text,
  file,
  url,
  duration,
  number,
  environment,
  service,
  version,
  color,
  on_off,
  shell,
  stage,
  deploy_stage,
};

using Set = config::Fault (*)(Args& args, std::string_view value);

struct Word {
  std::string_view name;  // "VERSION"
  Kind kind = Kind::text;
  bool needed = true;
  bool repeated = false;  // the last word of a verb: one or more of it
  Set set = nullptr;      // checks it, and puts it where it belongs
};

struct Flag {
  std::string_view name;   // "--plan"
  std::string_view value;  // "NAME|FILE.json"; empty: it takes none
  Kind kind = Kind::none;
  std::string_view summary;
  Set set = nullptr;
  bool repeated = false;
};

enum class Section : std::uint8_t { versions, sight, traffic, tasks, rest };

struct VerbEntry {
  Verb verb;
  std::string_view name;
  Section section;
  std::string_view summary;  // one sentence
  std::string_view example;  // after "switchctl "
  std::span<const Word> words;
  std::span<const Flag> flags;  // its own; the common ones come with every verb
  bool lasting = false;         // --timeout is for the whole of it
};

[[nodiscard]] std::span<const VerbEntry> verb_table();
[[nodiscard]] std::span<const Flag> common_flags();
[[nodiscard]] const VerbEntry* find_verb(std::string_view name);

// The words that a value of this kind must be one of; empty: anything.
[[nodiscard]] std::span<const std::string_view> choices(Kind kind);

// "90s", "10m", or plain seconds.
[[nodiscard]] config::Fault read_duration(std::string_view text, Duration& out);

// "deploy ENV VERSION".
[[nodiscard]] std::string usage_of(const VerbEntry& verb);
[[nodiscard]] std::string help_of_all();
[[nodiscard]] std::string help_of(const VerbEntry& verb);

}  // namespace sy::control
