#include "evaluator/effects/side.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/effects/store_text.hpp"

#include <set>

namespace agentd::evaluator::effects {

core::Result<Closure> parse_manifest(std::string_view text, std::string_view prefix) {
    constexpr std::size_t most_paths = 200'000;
    Closure closure;
    std::size_t number = 0;
    const auto refuse = [&](std::string why) {
        return core::Problem{.code = "bad_manifest",
                             .message = std::move(why),
                             .where = "line " + std::to_string(number),
                             .hint = "write it as path<TAB>narHash<TAB>narSize"};
    };
    for (const auto line : core::lines(text)) {
        if (++number > most_paths)
            return refuse("the closure manifest has too many paths");
        const auto parts = core::split(line, '\t');
        if (parts.size() != 3)
            return refuse("a line of the closure manifest does not have three parts");
        const auto size = core::parse_integer(parts[2]);
        if (!size || *size < 0 || *size > (std::int64_t{1} << 50))
            return refuse("a size in the closure manifest is not a number");
        if (parts[0].empty() || store_top(parts[0], prefix) != parts[0])
            return refuse("a path in the closure manifest is not a store path");
        if (!closure.emplace(parts[0], *size).second)
            return refuse("a path is twice in the closure manifest");
    }
    return closure;
}

core::Result<Side> read_side(const StoreReader& store, const std::string& toplevel,
                             Closure closure) {
    const auto bound = store.within(closure);
    const auto where = bound.resolve(toplevel);
    const auto& prefix = store.prefix();
    if (where.end != Resolved::End::directory || where.path != toplevel ||
        store_top(toplevel, prefix) != toplevel)
        return core::Problem{.code = "not_a_system",
                             .message = "the system to analyse is not a directory of the store",
                             .where = toplevel,
                             .hint = "give the built toplevel itself, not a link to it"};
    Side side{.store = bound,
              .toplevel = toplevel,
              .tree = read_tree(bound, toplevel),
              .closure = std::move(closure)};
    side.units = read_units(side.tree, "etc/systemd/system");
    side.user_units = read_units(side.tree, "etc/systemd/user");
    side.parts["toplevel"] = toplevel;
    for (const auto* name : {"etc", "sw"})
        side.parts[name] = store_top(bound.resolve(toplevel + "/" + name).path, prefix);
    // The list of accounts is handed to a program: by the activation, or by a unit (24.11 and on).
    std::set<std::string> lists;
    for (const auto& [path, name] :
         {std::pair("etc/systemd/system/userborn.service", "userborn.json"),
          std::pair("activate", "users-groups.json")})
        if (const auto* text = side.tree.file(path))
            for (const auto& reference : store_references(*text, prefix))
                if (reference.name == name)
                    lists.insert(reference.top);
    // Of two nobody knows which counts: then none is read, and that is said.
    if (!lists.empty())
        side.parts["accounts"] = lists.size() == 1 ? *lists.begin() : toplevel;
    return side;
}

void set_against(Side& before, Side& after) {
    before.differences = differences(before.tree, after.tree);
    after.differences = before.differences;
}

} // namespace agentd::evaluator::effects
