# What the daemon reads and what it turns words into, as one library so that tests need nothing else.
agentd_room(front
  HEADERS config.hpp config_settings.hpp planners/catalog.hpp planners/plan.hpp planners/playbook.hpp
          planners/words.hpp
  SOURCES config.cpp config_settings.cpp planners/playbook.cpp planners/sentence.cpp planners/words.cpp
  USES agentd_core agentd_proposals)
