# The daemon's settings and what it knows of remedies, as one library so that tests need nothing else.
agentd_room(front
  HEADERS config.hpp config_health.hpp config_settings.hpp config_values.hpp planners/catalog.hpp planners/playbook.hpp
  SOURCES config.cpp config_health.cpp config_settings.cpp config_values.cpp planners/playbook.cpp
  USES agentd_core agentd_proposals)
