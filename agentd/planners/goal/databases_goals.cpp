// Servers that keep data for others: PostgreSQL, MariaDB, Redis.
#include "agentd/planners/goal/clause.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Result;

Made postgres() {
    return {.wishes = {set("services.postgresql.enable", true)},
            .service = "services.postgresql.enable"};
}
Result<Made> postgres_server(const State&, const Situation&) {
    return postgres();
}
Result<Made> postgres_database(const State& match, const Situation&) {
    Made out = postgres();
    for (const Item& name : match.items("words")) {
        out.wishes.push_back(add("services.postgresql.ensureDatabases", name.text));
    }
    return out;
}

Result<Made> mariadb_database(const State& match, const Situation&) {
    Made out{.wishes = {set("services.mysql.enable", true)}, .service = "services.mysql.enable"};
    for (const Item& name : match.items("words")) {
        out.wishes.push_back(add("services.mysql.ensureDatabases", name.text));
    }
    return out;
}

/// Since 22.05 there may be several, each with a name; one that listens has to be told where.
Result<Made> redis(const State& match, const Situation& in) {
    constexpr std::int64_t usual_port = 6379;
    const bool one = spelling(in, {"services.redis.servers", "services.redis.enable"}) ==
                         "services.redis.enable" &&
                     !match.has("name");
    const std::string name = match.has("name") ? match.text("name") : "default";
    const std::string start = one ? "services.redis." : "services.redis.servers.\"" + name + "\".";
    Made out{.wishes = {set(start + "enable", true)}, .service = start + "enable"};
    if (!one || match.has("port")) {
        out.wishes.push_back(set(
            start + "port", match.has("port") ? match.items("port").front().number : usual_port));
    }
    return out;
}

#define MAKE "(create|add|make|set up|need|want|have|run)"

constexpr auto patterns = std::to_array<Pattern>({
    {"(enable|run|set up|turn on|start|use|need|want) (postgres|postgresql|postgresql database|"
     "postgres database) [server|service]",
     postgres_server, "set up a postgresql server"},
    {"[" MAKE "] (postgres|postgresql) (database|databases) [called|named|for] {words}",
     postgres_database, "create a postgresql database called app"},
    {MAKE " (database|databases) [called|named|for] {words} (in|on|with) (postgres|postgresql)",
     postgres_database},
    {"[" MAKE "] (mysql|mariadb) (database|databases) [called|named|for] {words}", mariadb_database,
     "create a mariadb database called app"},
    {MAKE " (database|databases) [called|named|for] {words} (in|on|with) (mysql|mariadb)",
     mariadb_database},
    {"[enable|run|set up|turn on|start|add|create|use|need|want] redis [server|service|instance] "
     "[(called|named|for) {name}] [(on|at) port {port}]",
     redis, "run a redis server called cache on port 6380"},
});

#undef MAKE

} // namespace

Patterns database_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
