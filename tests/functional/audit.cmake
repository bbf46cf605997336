# The log's writer as a process: its binary, its socket, its signals.
add_executable(functional_audit functional/audit_test.cpp $<TARGET_OBJECTS:agentd_catch_main>)
target_link_libraries(functional_audit PRIVATE agentd_options agentd_test_support agentd_audit)
target_compile_definitions(functional_audit PRIVATE AGENTD_AUDITD="$<TARGET_FILE:agentd-auditd>")
set_target_properties(functional_audit PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
add_dependencies(functional_audit agentd-auditd)
add_test(NAME functional.audit COMMAND functional_audit)
set_tests_properties(functional.audit PROPERTIES TIMEOUT 300 LABELS functional)
