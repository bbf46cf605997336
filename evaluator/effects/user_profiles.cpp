/// What `users.users.NAME.packages` (and home-manager through it) puts on the path of one user,
/// before everybody's.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/profile.hpp"
#include "evaluator/effects/store_text.hpp"

#include "agentd/core/text.hpp"

namespace agentd::evaluator::effects {
namespace {

constexpr const char* folder = "etc/profiles/per-user/";

/// name-version of the packages that it links to.
std::set<std::string> titles(const Profile& profile, const std::string& prefix) {
    std::set<std::string> out;
    for (const auto& top : profile.tops)
        out.insert(store_name(top, prefix));
    return out;
}

std::string without(const std::set<std::string>& mine, const std::set<std::string>& others) {
    std::vector<std::string> out;
    for (const auto& each : mine)
        if (!others.contains(each))
            out.push_back(each);
    return core::join(out, "\n");
}

class User {
  public:
    User(const Side& before, const Side& after, const std::string& path, Sink& sink)
        : prefix_(after.store.prefix()), path_(path),
          name_(path.substr(std::string(folder).size())), old_one_(read_profile(before, path)),
          new_one_(read_profile(after, path)), sink_(sink) {}

    /// False when it could not be read in full.
    bool tell(const Profile& everybodys) {
        packages();
        for (const auto& [name, content] : new_one_.own)
            if (const auto found = old_one_.own.find(name);
                found == old_one_.own.end() || found->second != content)
                unclassified("unclassified_added", name);
        for (const auto& [name, content] : old_one_.own)
            if (!new_one_.own.contains(name))
                unclassified("unclassified_removed", name);
        for (const auto& [name, program] : new_one_.leads)
            hides(name, program, everybodys);
        return old_one_.complete && new_one_.complete;
    }

  private:
    void packages() {
        const auto before = titles(old_one_, prefix_);
        const auto after = titles(new_one_, prefix_);
        auto effect = effect_of("packages", "user_packages", name_, Risk::low,
                                before == after ? "the packages of " + name_ + " are built anew"
                                                : "the packages of " + name_ + " change");
        if (auto gone = without(before, after); !gone.empty())
            effect.before = std::move(gone);
        if (auto come = without(after, before); !come.empty())
            effect.after = std::move(come);
        sink_.add(std::move(effect));
    }

    void unclassified(const char* kind, const std::string& name) {
        sink_.add(effect_of("unclassified", kind, path_ + "/" + name, Risk::high,
                            path_ + "/" + name + " is a file that belongs to no package"));
    }

    /// A program of another package than the one that everybody runs by that name.
    void hides(const std::string& name, const std::string& program, const Profile& everybodys) {
        const auto found = everybodys.leads.find(name);
        const auto old_one = old_one_.leads.find(name);
        const auto package = [&](const std::string& path) {
            return parse_package_name(store_name(path, prefix_)).name;
        };
        if (!name.starts_with("bin/") || found == everybodys.leads.end() ||
            package(found->second) == package(program) ||
            (old_one != old_one_.leads.end() && package(old_one->second) == package(program)))
            return;
        auto effect = effect_of("packages", "user_packages", path_ + "/" + name, Risk::high,
                                name_ + " runs another program by the name " + name.substr(4) +
                                    " than everybody else");
        effect.before = store_name(found->second, prefix_);
        effect.after = store_name(program, prefix_);
        sink_.add(std::move(effect));
    }

    const std::string& prefix_;
    const std::string& path_;
    std::string name_;
    Profile old_one_;
    Profile new_one_;
    Sink& sink_;
};

bool is_profile(const Node* node) {
    return node == nullptr || node->kind == Node::Kind::reference;
}

} // namespace

void classify_user_profiles(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    const auto paths = differing(before, after, folder);
    if (paths.empty())
        return;
    const auto everybodys = read_profile(after);
    for (const auto& path : paths)
        if (is_profile(before.tree.find(path)) && is_profile(after.tree.find(path)) &&
            User(before, after, path, sink).tell(everybodys))
            claims.claim(path);
}

} // namespace agentd::evaluator::effects
