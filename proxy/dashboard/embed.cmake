# cmake -DSOURCE=folder -DOUTPUT=assets.cpp -P embed.cmake: the dashboard's files as C++ string literals.
set(entries "")
foreach(pair "/=index.html=text/html" "/app.js=app.js=text/javascript" "/style.css=style.css=text/css")
  string(REPLACE "=" ";" parts ${pair})
  list(GET parts 0 path)
  list(GET parts 1 file)
  list(GET parts 2 type)
  file(READ ${SOURCE}/${file} hex HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" escaped "${hex}")
  # Short lines: a literal is split every 32 bytes, which also keeps one \x from eating the next.
  string(REGEX REPLACE "((\\\\x..)(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?)" "\"\\1\"\n" lines "${escaped}")
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(APPEND entries "    Asset{\"${path}\", \"${type}; charset=utf-8\",\n          {${lines}, ${size}}},\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by proxy/dashboard/embed.cmake.
#include \"dashboard/assets.h\"

#include <array>

namespace sy::dashboard {
namespace {

constexpr std::array assets{
${entries}};

}  // namespace

const Asset* find(std::string_view path) {
  for (const auto& asset : assets)
    if (asset.path == path) return &asset;
  return nullptr;
}

}  // namespace sy::dashboard
")
