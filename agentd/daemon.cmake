agentd_room(daemon
  HEADERS assembly.hpp inbox.hpp
          api/answers.hpp api/api.hpp api/desks.hpp api/methods.hpp api/prerequisites.hpp api/views.hpp machine/options.hpp pipeline/aside.hpp pipeline/bumping.hpp pipeline/explaining.hpp pipeline/goal_addresses.hpp pipeline/goals.hpp pipeline/hints.hpp pipeline/known.hpp pipeline/ledger.hpp pipeline/agenda.hpp pipeline/pipeline.hpp pipeline/rehearsing.hpp pipeline/surroundings.hpp pipeline/testing.hpp pipeline/trust_log.hpp pipeline/watch.hpp pipeline/watch_errands.hpp
          planners/remedies.hpp stages/apply.hpp stages/approve.hpp stages/dead_bytes.hpp
          stages/known_system.hpp stages/land.hpp stages/preview.hpp stages/what_stays.hpp
  SOURCES assembly.cpp inbox.cpp api/agreement_view.cpp api/answers.cpp api/api.cpp api/approval_calls.cpp api/log_calls.cpp
          api/machine_calls.cpp api/kind_calls.cpp api/methods.cpp api/proposal_calls.cpp api/doctor_call.cpp api/index_calls.cpp api/prerequisites.cpp api/prerequisites_kernel.cpp api/prerequisites_nix.cpp api/prerequisites_page.cpp
          api/session_calls.cpp api/status_call.cpp api/trust_calls.cpp api/views.cpp api/word_calls.cpp pipeline/after_rollback.cpp pipeline/aside.cpp pipeline/bumping.cpp pipeline/check.cpp pipeline/check_kinds.cpp pipeline/explaining.cpp pipeline/known.cpp
          pipeline/agenda.cpp pipeline/approving.cpp pipeline/decide_and_apply.cpp pipeline/goal_addresses.cpp pipeline/goals.cpp pipeline/hints.cpp pipeline/ledger.cpp pipeline/pipeline.cpp
          pipeline/propose.cpp pipeline/rehearsing.cpp pipeline/recover.cpp pipeline/testing.cpp pipeline/trust_log.cpp pipeline/watch.cpp pipeline/watch_adoption.cpp pipeline/watch_aim.cpp
          pipeline/watch_errands.cpp pipeline/watch_store.cpp planners/remedies.cpp
          stages/apply.cpp stages/approve.cpp stages/dead_bytes.cpp
          stages/known_system.cpp stages/land.cpp stages/preview.cpp stages/what_stays.cpp
  USES agentd_front agentd_service agentd_machine agentd_proving agentd_policy agentd_policy_trust agentd_audit
       agentd_store agentd_index agentd_evaluator agentd_diff_colours agentd_proposals agentd_sandbox agentd_web
       agentd_observers
  PRIVATE_USES PkgConfig::SYSTEMD)

# The stages that prove a change and need no daemon: `agentctl test` is made of the same.
agentd_room(proving
  HEADERS planners/index_view.hpp planners/operation_check.hpp planners/ruled_out.hpp stages/agreement.hpp stages/base.hpp stages/bump.hpp stages/check_runner.hpp stages/checks.hpp stages/decide.hpp stages/dry_activate.hpp stages/evaluate.hpp stages/explain.hpp stages/hosts.hpp stages/inputs.hpp stages/keep.hpp stages/lacking.hpp stages/locked.hpp stages/measure.hpp stages/news.hpp stages/options.hpp stages/parse.hpp
          stages/already.hpp stages/patch.hpp stages/plan.hpp stages/proof_values.hpp stages/rehearse.hpp stages/so_far.hpp stages/step.hpp stages/test.hpp
  SOURCES planners/operation_check.cpp planners/ruled_out.cpp stages/agreement.cpp stages/base.cpp stages/bump.cpp stages/check_runner.cpp stages/checks.cpp stages/decide.cpp stages/dry_activate.cpp stages/evaluate.cpp stages/explain.cpp stages/hosts.cpp stages/inputs.cpp stages/keep.cpp stages/lacking.cpp stages/locked.cpp stages/measure.cpp stages/news.cpp stages/options.cpp stages/parse.cpp
          stages/already.cpp stages/patch.cpp stages/plan.cpp stages/proof_values.cpp stages/rehearse.cpp stages/so_far.cpp stages/test.cpp
  USES agentd_analysis agentd_explanation agentd_fetching agentd_rehearsal agentd_policy agentd_store agentd_index agentd_evaluator agentd_flake agentd_nix_syntax agentd_repo_plan agentd_proposals agentd_sandbox)

agentd_room(service
  HEADERS programs.hpp service.hpp
  SOURCES programs.cpp service.cpp
  USES agentd_front agentd_core
  PRIVATE_USES PkgConfig::SYSTEMD)

agentd_program(agentd SOURCES agentd_main.cpp USES agentd_daemon PkgConfig::SYSTEMD)
