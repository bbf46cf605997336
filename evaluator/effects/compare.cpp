#include "evaluator/effects/compare.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/effects/script_folder.hpp"
#include "evaluator/effects/store_text.hpp"

#include <algorithm>
#include <set>

namespace agentd::evaluator::effects {
namespace {

constexpr int deepest = 5;
constexpr std::size_t most_pairs = 8'192;
constexpr std::size_t largest_text = 1U << 20;
constexpr std::size_t most_names = 64;

bool is_binary(std::string_view bytes) {
    return bytes.find('\0') != std::string_view::npos;
}

/// Parts of a system that other classifiers read in full, so that a new build of them says nothing
/// new.
bool told_elsewhere(const std::string& before, const std::string& after, const Side& old_side,
                    const Side& new_side) {
    return std::any_of(old_side.parts.begin(), old_side.parts.end(), [&](const auto& part) {
        const auto other = new_side.parts.find(part.first);
        return other != new_side.parts.end() && !before.empty() && part.second == before &&
               other->second == after;
    });
}

/// Lines that carry something, without hashes, in their order.
std::vector<std::string> telling_lines(std::string_view text, std::string_view prefix) {
    std::vector<std::string> out;
    for (const auto line : core::lines(text))
        if (const auto trimmed = core::trim(line); !trimmed.empty())
            out.push_back(shape_of(trimmed, prefix));
    return out;
}

} // namespace

bool is_piece(const std::string& path, const StoreReader& store) {
    const auto name = store_name(path, store.prefix());
    const auto is_text = [](const Resolved& where) {
        return where.end == Resolved::End::file && !where.executable;
    };
    if (name.starts_with("etc-") || name.starts_with("X-Restart-Triggers-") ||
        name.starts_with("X-Reload-Triggers-"))
        return is_text(store.resolve(path));
    if (!name.starts_with("unit-"))
        return false;
    constexpr std::size_t most = 8; // a unit, and no more than a few by its side
    const auto where = store.resolve(path);
    const auto inside =
        where.end == Resolved::End::directory ? store.entries(where, most) : std::nullopt;
    return inside && std::all_of(inside->begin(), inside->end(), [&](const auto& each) {
               return is_text(each.where) || each.where.path == "/dev/null";
           });
}

std::vector<std::string> line_changes(std::string_view before, std::string_view after,
                                      std::string_view prefix, std::size_t limit) {
    const auto old_lines = telling_lines(before, prefix);
    const auto new_lines = telling_lines(after, prefix);
    std::vector<std::string> out;
    std::size_t left_out = 0;
    const auto differ = [&](const auto& mine, const auto& others, const char* sign) {
        std::multiset<std::string> rest(others.begin(), others.end());
        for (const auto& line : mine) {
            if (const auto found = rest.find(line); found != rest.end())
                rest.erase(found);
            else if (out.size() < limit)
                out.push_back(sign + core::shorten(core::to_utf8(line), 160));
            else
                ++left_out;
        }
    };
    differ(new_lines, old_lines, "+ ");
    differ(old_lines, new_lines, "- ");
    if (left_out > 0)
        out.push_back("… and " + std::to_string(left_out) + " more lines");
    return out;
}

Likeness Comparer::texts(std::string_view before, std::string_view after) {
    return texts_at(before, after, 0);
}

Likeness Comparer::nodes(const Node* before, const Node* after) {
    if (before == nullptr || after == nullptr || before->kind != after->kind)
        return Likeness::differs;
    if (same(*before, *after))
        return Likeness::same;
    if (before->kind == Node::Kind::file && before->executable == after->executable)
        return is_binary(before->bytes()) || is_binary(after->bytes())
                   ? Likeness::differs
                   : texts_at(before->bytes(), after->bytes(), 0);
    if (before->kind == Node::Kind::reference)
        return references(before->target, after->target, 0);
    return Likeness::differs;
}

Likeness Comparer::texts_at(std::string_view before, std::string_view after, int depth) {
    if (before == after)
        return Likeness::same;
    const auto& prefix = before_.store.prefix();
    if (shape_of(before, prefix) != shape_of(after, prefix)) {
        note_lines(before, after);
        return Likeness::differs;
    }
    const auto old_ones = store_references(before, prefix);
    const auto new_ones = store_references(after, prefix);
    if (old_ones.size() != new_ones.size())
        return Likeness::differs;
    auto worst = Likeness::builds;
    for (std::size_t i = 0; i < old_ones.size() && worst != Likeness::differs; ++i) {
        const auto& a = old_ones[i];
        const auto& b = new_ones[i];
        const auto old_path = std::string(before.substr(a.begin, a.full_end - a.begin));
        const auto new_path = std::string(after.substr(b.begin, b.full_end - b.begin));
        if (old_path != new_path)
            worst = std::max(worst, references(old_path, new_path, depth));
    }
    return worst;
}

Likeness Comparer::references(const std::string& before, const std::string& after, int depth) {
    const auto& prefix = before_.store.prefix();
    const auto old_top = store_top(before, prefix);
    const auto new_top = store_top(after, prefix);
    if (!old_top.empty() && old_top == new_top && before == after)
        return Likeness::same;
    // Of what is in no closure nobody tells, and tomorrow it may be something else.
    if (!before_.closure.contains(old_top) || !after_.closure.contains(new_top))
        return Likeness::differs;
    const auto old_name = parse_package_name(store_name(before, prefix));
    const auto new_name = parse_package_name(store_name(after, prefix));
    if (old_name.name != new_name.name || old_name.name.empty())
        return Likeness::differs;
    if (told_elsewhere(old_top, new_top, before_, after_))
        return Likeness::builds;
    const auto key = std::pair(before, after);
    if (const auto found = known_.find(key); found != known_.end())
        return found->second;
    if (open_.contains(key)) { // a cycle adds nothing of its own
        assumed_ = true;
        return Likeness::builds;
    }
    if (depth >= deepest || ++looked_ >= most_pairs)
        return Likeness::differs;
    open_.insert(key);
    const auto old_store = before_.store.resolve(old_top);
    const auto new_store = after_.store.resolve(new_top);
    auto likeness = Likeness::differs;
    const bool piece = is_piece(old_top, before_.store) || is_piece(new_top, after_.store);
    // A number at its end does not make a script a package; one that moves is an update of it.
    const bool script = old_name.version == new_name.version &&
                        (is_script(old_top, before_.store) || is_script(new_top, after_.store));
    const bool package =
        !piece && !script && !old_name.version.empty() && !new_name.version.empty();
    if (package && old_store.end == Resolved::End::directory &&
        new_store.end == Resolved::End::directory)
        likeness = Likeness::builds;
    else
        likeness = files(before, after, depth);
    // A file of a piece may read those beside it.
    if (piece && likeness != Likeness::differs && (before != old_top || after != new_top))
        likeness = std::max(likeness, files(old_top, new_top, depth));
    open_.erase(key);
    // What leans on an answer that is not there yet holds for this question alone.
    if (likeness == Likeness::differs || !assumed_ || open_.empty())
        known_[key] = likeness;
    assumed_ = assumed_ && !open_.empty();
    return likeness;
}

Likeness Comparer::files(const std::string& before, const std::string& after, int depth) {
    const auto old_end = before_.store.resolve(before);
    const auto new_end = after_.store.resolve(after);
    if (old_end.end != new_end.end || old_end.executable != new_end.executable)
        return Likeness::differs;
    if (old_end.end == Resolved::End::directory)
        return directories(old_end.path, new_end.path, depth);
    const auto old_text = before_.store.read(before, largest_text);
    const auto new_text = after_.store.read(after, largest_text);
    if (!old_text || !new_text)
        return Likeness::differs;
    if (is_binary(*old_text) || is_binary(*new_text))
        return *old_text == *new_text ? Likeness::builds : Likeness::differs;
    return std::max(Likeness::builds, texts_at(*old_text, *new_text, depth + 1));
}

Likeness Comparer::directories(const std::string& before, const std::string& after, int depth) {
    const auto old_names = before_.store.list(before, most_names);
    const auto new_names = after_.store.list(after, most_names);
    if (!old_names || !new_names || *old_names != *new_names || depth >= deepest)
        return Likeness::differs;
    auto worst = Likeness::builds;
    for (const auto& name : *old_names) {
        const auto old_end = before_.store.resolve(before + "/" + name);
        const auto new_end = after_.store.resolve(after + "/" + name);
        if (old_end.path == new_end.path)
            continue;
        worst = std::max(worst, store_top(old_end.path, before_.store.prefix()) ==
                                        store_top(before, before_.store.prefix())
                                    ? files(old_end.path, new_end.path, depth + 1)
                                    : references(old_end.path, new_end.path, depth + 1));
        if (worst == Likeness::differs)
            break;
    }
    return worst;
}

void Comparer::note_lines(std::string_view before, std::string_view after) {
    lines_ = line_changes(before, after, before_.store.prefix());
}

} // namespace agentd::evaluator::effects
