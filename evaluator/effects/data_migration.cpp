#include "evaluator/effects/data_migration.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

/// Programs that convert their data when a new main version first starts, and cannot go back; how
/// many numbers make a main version (MariaDB 10.6 and 10.11 are two, PostgreSQL 15.5 and 15.6 one).
struct Keeper {
    std::string_view name;
    int numbers = 1;
};
constexpr std::array keepers{Keeper{"postgresql"},
                             Keeper{"postgresql-and-plugins"},
                             Keeper{"mariadb", 2},
                             Keeper{"mariadb-server", 2},
                             Keeper{"mysql", 2},
                             Keeper{"percona-server", 2},
                             Keeper{"mongodb", 2},
                             Keeper{"mongodb-ce", 2},
                             Keeper{"nextcloud"},
                             Keeper{"gitlab"},
                             Keeper{"forgejo"},
                             Keeper{"forgejo-lts"},
                             Keeper{"gitea", 2},
                             Keeper{"influxdb"},
                             Keeper{"influxdb2-server"},
                             Keeper{"elasticsearch"},
                             Keeper{"opensearch"},
                             Keeper{"clickhouse", 2},
                             Keeper{"grafana"},
                             Keeper{"keycloak"},
                             Keeper{"immich", 2},
                             Keeper{"homeassistant", 2},
                             Keeper{"home-assistant", 2},
                             Keeper{"vaultwarden", 2},
                             Keeper{"redis"},
                             Keeper{"valkey"},
                             Keeper{"couchdb"},
                             Keeper{"cassandra"},
                             Keeper{"openldap", 2},
                             Keeper{"matrix-synapse", 2},
                             Keeper{"mastodon", 2},
                             Keeper{"paperless-ngx", 2},
                             Keeper{"jellyfin", 2},
                             Keeper{"zfs-kernel", 2},
                             Keeper{"zfs-user", 2}};

/// The first numbers of each version; PostgreSQL before 10 needed two of them.
std::set<std::string> main_versions(const Versions& package, const Keeper& keeper) {
    std::set<std::string> out;
    for (const auto& [version, paths] : package) {
        const bool old_postgres =
            keeper.name.starts_with("postgresql") && version.starts_with("9.");
        std::size_t end = 0;
        for (int number = old_postgres ? 2 : keeper.numbers; number > 0 && end != version.npos;
             --number)
            end = version.find('.', end == 0 ? 0 : end + 1);
        out.insert(version.substr(0, end));
    }
    return out;
}

std::string listed(const Versions& package) {
    std::vector<std::string> out;
    for (const auto& [version, paths] : package)
        if (!version.empty())
            out.push_back(version);
    return core::join(out, ", ");
}

} // namespace

void tell_migration(const std::string& name, const Versions& before, const Versions& after,
                    Sink& sink) {
    const auto keeper = std::find_if(keepers.begin(), keepers.end(),
                                     [&](const auto& each) { return each.name == name; });
    if (keeper == keepers.end() || main_versions(before, *keeper) == main_versions(after, *keeper))
        return;
    sink.add({.area = "storage",
              .kind = "data_migration",
              .subject = name,
              .before = listed(before),
              .after = listed(after),
              .risk = Risk::high,
              .sentence = name.starts_with("postgresql")
                              ? "a server of the new main version of " + name +
                                    " starts with an empty folder of its own: the data of the "
                                    "version before stay where they are, and are not carried over"
                              : name + " may convert its data to a form that the version before "
                                       "cannot read: going back does not undo that"});
}

} // namespace agentd::evaluator::effects
