#include "evaluator/effects/unit_drop_ins.hpp"

#include <algorithm>

namespace agentd::evaluator::effects {

DropIns settled(DropIns drop_ins, const Units& units) {
    DropIns more;
    for (const auto& [name, list] : drop_ins)
        if (const auto unit = units.find(name); unit != units.end())
            for (const auto& real : unit->second.aliases)
                more[real].insert(more[real].end(), list.begin(), list.end());
    for (auto& [name, list] : more)
        drop_ins[name].insert(drop_ins[name].end(), list.begin(), list.end());
    for (auto& [name, list] : drop_ins) {
        std::stable_sort(list.begin(), list.end(),
                         [](const auto& a, const auto& b) { return a.file < b.file; });
        for (std::size_t at = 1; at < list.size(); ++at)
            list[at].ambiguous = list[at].file == list[at - 1].file;
    }
    return drop_ins;
}

} // namespace agentd::evaluator::effects
