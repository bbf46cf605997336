agentd_room(daemon
  HEADERS assembly.hpp inbox.hpp
          api/answers.hpp api/api.hpp api/desks.hpp api/methods.hpp api/prerequisites.hpp api/views.hpp machine/options.hpp pipeline/explaining.hpp pipeline/known.hpp pipeline/ledger.hpp pipeline/pipeline.hpp pipeline/surroundings.hpp pipeline/watch.hpp pipeline/watch_errands.hpp
          planners/remedies.hpp stages/apply.hpp stages/approve.hpp stages/dead_bytes.hpp
          stages/known_system.hpp stages/land.hpp stages/preview.hpp stages/what_stays.hpp
  SOURCES assembly.cpp inbox.cpp api/answers.cpp api/api.cpp api/approval_calls.cpp api/log_calls.cpp
          api/machine_calls.cpp api/kind_calls.cpp api/methods.cpp api/proposal_calls.cpp api/doctor_call.cpp api/prerequisites.cpp api/prerequisites_kernel.cpp api/prerequisites_nix.cpp
          api/session_calls.cpp api/status_call.cpp api/views.cpp api/word_calls.cpp pipeline/after_rollback.cpp pipeline/check.cpp pipeline/check_kinds.cpp pipeline/explaining.cpp pipeline/known.cpp
          pipeline/decide_and_apply.cpp pipeline/ledger.cpp pipeline/pipeline.cpp
          pipeline/propose.cpp pipeline/recover.cpp pipeline/watch.cpp pipeline/watch_adoption.cpp pipeline/watch_aim.cpp
          pipeline/watch_errands.cpp pipeline/watch_store.cpp planners/remedies.cpp
          stages/apply.cpp stages/approve.cpp stages/dead_bytes.cpp
          stages/known_system.cpp stages/land.cpp stages/preview.cpp stages/what_stays.cpp
  USES agentd_front agentd_service agentd_machine agentd_proving agentd_policy agentd_audit
       agentd_store agentd_evaluator agentd_proposals agentd_sandbox agentd_web
       agentd_observers
  PRIVATE_USES PkgConfig::SYSTEMD)

# The stages that prove a change and need no daemon: `agentctl test` is made of the same.
agentd_room(proving
  HEADERS stages/decide.hpp stages/explain.hpp stages/keep.hpp stages/options.hpp stages/patch.hpp stages/step.hpp
          stages/test.hpp
  SOURCES stages/decide.cpp stages/explain.cpp stages/keep.cpp stages/options.cpp stages/patch.cpp stages/test.cpp
  USES agentd_analysis agentd_explanation agentd_policy agentd_store agentd_evaluator agentd_proposals agentd_sandbox)

agentd_room(service
  HEADERS programs.hpp service.hpp
  SOURCES programs.cpp service.cpp
  USES agentd_front agentd_core
  PRIVATE_USES PkgConfig::SYSTEMD)

agentd_program(agentd SOURCES agentd_main.cpp USES agentd_daemon PkgConfig::SYSTEMD)
