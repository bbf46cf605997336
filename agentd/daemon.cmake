agentd_room(daemon
  HEADERS assembly.hpp inbox.hpp
          api/api.hpp api/views.hpp machine/options.hpp observers/links.hpp observers/observer.hpp
          observers/units.hpp pipeline/ledger.hpp pipeline/pipeline.hpp pipeline/surroundings.hpp pipeline/watch.hpp
          planners/remedies.hpp stages/apply.hpp stages/approve.hpp stages/decide.hpp
          stages/explain.hpp stages/keep.hpp stages/land.hpp stages/patch.hpp stages/step.hpp
          stages/test.hpp
  SOURCES assembly.cpp inbox.cpp api/api.cpp api/approval_calls.cpp api/log_calls.cpp
          api/machine_calls.cpp api/proposal_calls.cpp api/session_calls.cpp api/views.cpp api/word_calls.cpp observers/links.cpp
          observers/observer.cpp observers/units.cpp pipeline/check.cpp
          pipeline/decide_and_apply.cpp pipeline/ledger.cpp pipeline/pipeline.cpp
          pipeline/propose.cpp pipeline/recover.cpp pipeline/watch.cpp planners/remedies.cpp
          stages/apply.cpp stages/approve.cpp stages/decide.cpp stages/explain.cpp stages/keep.cpp
          stages/land.cpp stages/patch.cpp stages/test.cpp
  USES agentd_front agentd_service agentd_machine agentd_analysis agentd_policy agentd_audit
       agentd_store agentd_evaluator agentd_proposals agentd_sandbox agentd_web)

agentd_room(service
  HEADERS programs.hpp service.hpp
  SOURCES programs.cpp service.cpp
  USES agentd_front agentd_core
  PRIVATE_USES PkgConfig::SYSTEMD)

agentd_program(agentd SOURCES agentd_main.cpp USES agentd_daemon PkgConfig::SYSTEMD)
