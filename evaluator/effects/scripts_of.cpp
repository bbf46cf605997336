#include "evaluator/effects/scripts_of.hpp"

#include "evaluator/effects/store_text.hpp"

#include <set>

namespace agentd::evaluator::effects {

std::vector<std::string> scripts_of(const Side& side,
                                    std::initializer_list<std::string_view> units) {
    constexpr std::size_t most = 64;
    constexpr std::size_t longest = 1U << 20;
    std::vector<std::string> out;
    if (const auto* activate = side.tree.file("activate"))
        out.push_back(*activate);
    std::set<std::string> seen;
    for (const auto unit : units) {
        const auto* text = side.tree.file("etc/systemd/system/" + std::string(unit));
        if (text == nullptr)
            continue;
        for (const auto& reference : store_references(*text, side.store.prefix())) {
            const auto path = text->substr(reference.begin, reference.full_end - reference.begin);
            if (out.size() >= most || !seen.insert(path).second)
                continue;
            auto bytes = side.store.read(path, longest);
            if (bytes && bytes->find('\0') == std::string::npos)
                out.push_back(std::move(*bytes));
        }
    }
    return out;
}

} // namespace agentd::evaluator::effects
