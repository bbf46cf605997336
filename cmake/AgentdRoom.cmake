# agentd_room(name HEADERS … SOURCES … USES … PRIVATE_USES …)
#
# One room is one static library `agentd_<name>` with self-contained public headers. USES names rooms
# or libraries its headers need; PRIVATE_USES what only its sources need.
function(agentd_room name)
  cmake_parse_arguments(ROOM "" "" "HEADERS;SOURCES;USES;PRIVATE_USES" ${ARGN})
  add_library(agentd_${name} STATIC ${ROOM_SOURCES})
  target_sources(agentd_${name} PUBLIC FILE_SET HEADERS
    BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ROOM_HEADERS})
  target_link_libraries(agentd_${name} PUBLIC agentd_options ${ROOM_USES} PRIVATE ${ROOM_PRIVATE_USES})
  set_target_properties(agentd_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# agentd_program(name SOURCES … USES …): an executable in <build>/bin, installed.
function(agentd_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE agentd_options ${PROGRAM_USES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endfunction()

# agentd_room_tests(room USES …): every tests/unit/<room>/*_test.cpp in one runner, each case a ctest test.
function(agentd_room_tests room)
  cmake_parse_arguments(T "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/unit/${room}/*_test.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(test_${room} ${sources} $<TARGET_OBJECTS:agentd_catch_main>)
  target_link_libraries(test_${room} PRIVATE agentd_options agentd_test_support ${T_USES})
  set_target_properties(test_${room} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  add_test(NAME unit.${room} COMMAND test_${room})
  set_tests_properties(unit.${room} PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()
