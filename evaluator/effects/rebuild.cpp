#include "evaluator/effects/rebuild.hpp"

#include "evaluator/effects/store_text.hpp"

#include <algorithm>

namespace agentd::evaluator::effects {
namespace {

constexpr std::size_t most_names = 20'000;
constexpr std::size_t most_files = 6;
constexpr int deepest = 16;

class Builds {
  public:
    Builds(const Side& before, std::string old_top, const Side& after, std::string new_top,
           Comparer& comparer, std::size_t& budget)
        : before_(before), after_(after), old_top_(std::move(old_top)),
          new_top_(std::move(new_top)), comparer_(comparer), budget_(budget) {}

    Rebuild run() {
        out_.likeness = Rebuild::Likeness::same;
        visit(before_.store.resolve(old_top_), after_.store.resolve(new_top_), "", 0);
        if (!out_.files.empty())
            out_.likeness = Rebuild::Likeness::differs;
        return std::move(out_);
    }

  private:
    void differs(const std::string& name) {
        if (out_.files.size() < most_files)
            out_.files.push_back(name.empty() ? "itself" : name);
    }
    void unread() { out_.likeness = Rebuild::Likeness::unread; }

    void visit(const Resolved& a, const Resolved& b, const std::string& name, int depth) {
        if (out_.likeness != Rebuild::Likeness::same || out_.files.size() == most_files)
            return;
        if (++steps_ > most_names)
            return unread();
        if (a.end != b.end || a.executable != b.executable)
            return differs(name);
        const bool own = a.path.starts_with(old_top_ + "/") || a.path == old_top_;
        const bool new_own = b.path.starts_with(new_top_ + "/") || b.path == new_top_;
        if (!own || !new_own) {
            if (own != new_own || !same_reference(a.path, b.path))
                differs(name);
        } else if (a.path.substr(old_top_.size()) != b.path.substr(new_top_.size())) {
            differs(name);
        } else if (a.end == Resolved::End::directory) {
            directory(a, b, name, depth);
        } else if (a.end == Resolved::End::file) {
            file(a, b, name);
        }
    }

    void directory(const Resolved& a, const Resolved& b, const std::string& name, int depth) {
        const auto old_ones = before_.store.entries(a, most_names);
        const auto new_ones = after_.store.entries(b, most_names);
        // A link to a folder of its own would be walked again and again.
        if (!old_ones || !new_ones || depth > deepest)
            return unread();
        const auto is_name = [](const auto& x, const auto& y) { return x.name == y.name; };
        if (!std::equal(old_ones->begin(), old_ones->end(), new_ones->begin(), new_ones->end(),
                        is_name))
            return differs(name + "/ (other files)");
        for (std::size_t i = 0; i < old_ones->size(); ++i)
            visit((*old_ones)[i].where, (*new_ones)[i].where,
                  name.empty() ? (*old_ones)[i].name : name + "/" + (*old_ones)[i].name, depth + 1);
    }

    void file(const Resolved& a, const Resolved& b, const std::string& name) {
        if (a.size != b.size)
            return differs(name);
        if (a.size > budget_)
            return unread();
        budget_ -= a.size;
        const auto old_bytes = before_.store.read(a, a.size);
        const auto new_bytes = after_.store.read(b, b.size);
        if (!old_bytes || !new_bytes)
            return unread();
        if (*old_bytes != *new_bytes && !same_text(*old_bytes, *new_bytes))
            differs(name);
    }

    /// Equal but for references, each of which has to stand for another build of the same.
    bool same_text(const std::string& a, const std::string& b) {
        const auto& prefix = before_.store.prefix();
        const auto old_ones = store_references(a, prefix);
        const auto new_ones = store_references(b, prefix);
        if (old_ones.size() != new_ones.size())
            return false;
        std::size_t old_at = 0;
        std::size_t new_at = 0;
        for (std::size_t i = 0; i < old_ones.size(); ++i) {
            const auto& x = old_ones[i];
            const auto& y = new_ones[i];
            if (a.compare(old_at, x.begin - old_at, b, new_at, y.begin - new_at) != 0 ||
                !same_reference(a.substr(x.begin, x.full_end - x.begin),
                                b.substr(y.begin, y.full_end - y.begin)))
                return false;
            old_at = x.full_end;
            new_at = y.full_end;
        }
        return a.compare(old_at, a.npos, b, new_at, b.npos) == 0;
    }

    bool same_reference(const std::string& a, const std::string& b) {
        const auto old_rest = rest(a, old_top_);
        if (old_rest && rest(b, new_top_))
            return *old_rest == *rest(b, new_top_);
        return comparer_.texts(a, b) != Likeness::differs;
    }

    static std::optional<std::string> rest(const std::string& path, const std::string& top) {
        return path.starts_with(top) ? std::optional(path.substr(top.size())) : std::nullopt;
    }

    const Side& before_;
    const Side& after_;
    std::string old_top_;
    std::string new_top_;
    Comparer& comparer_;
    std::size_t& budget_;
    Rebuild out_;
    std::size_t steps_ = 0;
};

} // namespace

Rebuild compare_builds(const Side& before, const std::string& old_path, const Side& after,
                       const std::string& new_path, Comparer& comparer, std::size_t& budget) {
    return Builds(before, old_path, after, new_path, comparer, budget).run();
}

} // namespace agentd::evaluator::effects
