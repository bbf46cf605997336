# What the daemon reads and what it turns words into, as one library so that tests need nothing else.
agentd_room(front
  HEADERS config.hpp config_health.hpp config_settings.hpp config_values.hpp planners/catalog.hpp planners/plan.hpp
          planners/playbook.hpp planners/ports.hpp planners/sentence.hpp planners/words.hpp
  SOURCES config.cpp config_health.cpp config_settings.cpp config_values.cpp planners/playbook.cpp planners/ports.cpp
          planners/sentence.cpp planners/words.cpp
  USES agentd_core agentd_proposals)
