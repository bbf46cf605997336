# How everything is compiled: one place, one interface target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(AGENTD_WERROR "Warnings are errors" OFF)
option(AGENTD_SANITIZE "Address and undefined-behaviour sanitizers" OFF)
option(AGENTD_FUZZ "Coverage for libFuzzer, both sanitizers, and the targets of tests/fuzz (clang)" OFF)
option(AGENTD_HARDEN "Fortify, stack protector, PIE, full RELRO" OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

add_library(agentd_options INTERFACE)
target_compile_options(agentd_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Wnon-virtual-dtor
  -Woverloaded-virtual -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 suspects every std::optional that it inlines.
  target_compile_options(agentd_options INTERFACE -Wno-maybe-uninitialized)
endif()
target_include_directories(agentd_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_definitions(agentd_options INTERFACE AGENTD_VERSION="${PROJECT_VERSION}")
if(AGENTD_WERROR)
  target_compile_options(agentd_options INTERFACE -Werror)
endif()
if(AGENTD_SANITIZE)
  target_compile_options(agentd_options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(agentd_options INTERFACE -fsanitize=address,undefined)
endif()
if(AGENTD_FUZZ)
  target_compile_options(agentd_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(agentd_options INTERFACE -fsanitize=address,undefined)
endif()
if(AGENTD_HARDEN)
  target_compile_options(agentd_options INTERFACE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  target_link_options(agentd_options INTERFACE -pie -Wl,-z,relro,-z,now)
endif()
