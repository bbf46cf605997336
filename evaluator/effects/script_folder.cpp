#include "evaluator/effects/script_folder.hpp"

#include "evaluator/effects/store_text.hpp"

#include <algorithm>

namespace agentd::evaluator::effects {
namespace {

constexpr std::size_t most = 8;
constexpr std::size_t largest = 256U << 10;
constexpr int deepest = 3;

/// Counts texts down; false of anything else.
bool holds_texts(const Resolved& where, const StoreReader& store, int depth, std::size_t& left) {
    if (where.end == Resolved::End::file) {
        if (left == 0)
            return false;
        --left;
        const auto text = store.read(where, largest);
        return text && text->find('\0') == std::string::npos;
    }
    if (where.end != Resolved::End::directory || depth == 0)
        return false;
    const auto inside = store.entries(where, most);
    return inside && std::all_of(inside->begin(), inside->end(), [&](const auto& each) {
               return holds_texts(each.where, store, depth - 1, left);
           });
}

} // namespace

bool is_script(const std::string& top, const StoreReader& store) {
    const auto where = store.resolve(top);
    if (where.end == Resolved::End::file ||
        store_name(top, store.prefix()).starts_with("unit-script-"))
        return true;
    auto left = most;
    return holds_texts(where, store, deepest, left);
}

} // namespace agentd::evaluator::effects
