# Embeds every file of a folder: an assembly file with one .incbin each, and a table of them.
# Where there is a program `brotli`, each file is embedded in its compressed form too.
# cmake -DDIST=… -DOUT=… [-DBROTLI=…] -P EmbedPage.cmake
file(GLOB_RECURSE files RELATIVE "${DIST}" "${DIST}/*")
list(SORT files)
set(asm "    .section .rodata\n")
set(decl "")
set(rows "")
set(n 0)
foreach(file IN LISTS files)
  if(file MATCHES "\\.(br|gz|map)$")
    continue()
  endif()
  file(SHA256 "${DIST}/${file}" sha)
  string(APPEND asm "    .global agentd_asset_${n}\nagentd_asset_${n}:\n    .incbin \"${DIST}/${file}\"\n"
                    "    .global agentd_asset_${n}_end\nagentd_asset_${n}_end:\n    .byte 0\n")
  string(APPEND decl "extern const char agentd_asset_${n}[], agentd_asset_${n}_end[];\n")
  set(brotli "{}")
  set(packed "${OUT}/page-${n}.br")
  if(BROTLI)
    execute_process(COMMAND "${BROTLI}" -q 11 -f -o "${packed}" "${DIST}/${file}" COMMAND_ERROR_IS_FATAL ANY)
  endif()
  if(BROTLI AND EXISTS "${packed}")
    string(APPEND asm "    .global agentd_brotli_${n}\nagentd_brotli_${n}:\n    .incbin \"${packed}\"\n"
                      "    .global agentd_brotli_${n}_end\nagentd_brotli_${n}_end:\n    .byte 0\n")
    string(APPEND decl "extern const char agentd_brotli_${n}[], agentd_brotli_${n}_end[];\n")
    set(brotli "std::string_view(agentd_brotli_${n}, static_cast<std::size_t>(agentd_brotli_${n}_end - agentd_brotli_${n}))")
  endif()
  string(APPEND rows "    {\"/${file}\", std::string_view(agentd_asset_${n}, static_cast<std::size_t>(agentd_asset_${n}_end - agentd_asset_${n})), ${brotli}, \"${sha}\"},\n")
  math(EXPR n "${n} + 1")
endforeach()
string(APPEND asm "    .section .note.GNU-stack,\"\",%progbits\n")
file(CONFIGURE OUTPUT "${OUT}/page.S" CONTENT "${asm}" @ONLY)
file(CONFIGURE OUTPUT "${OUT}/page.cpp" @ONLY CONTENT "#include \"web/assets.hpp\"

#include <array>
#include <span>

extern \"C\" {
${decl}}

namespace agentd::web::embedded {
static const std::array<Asset, ${n}> table{{
${rows}}};
extern const std::span<const Asset> assets;
const std::span<const Asset> assets(table);
} // namespace agentd::web::embedded
")
