#include "agentd/stages/bump.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/lock.hpp"
#include "proposals/input_news.hpp"
#include "proposals/nix/edit.hpp"
#include "proposals/nix/syntax_error.hpp"

#include <algorithm>

namespace agentd::stages {

namespace {

using core::Problem;
using core::Result;
using evaluator::LockWanted;
using evaluator::MovedInput;
using proposals::plan::WishKind;

constexpr const char* flake_file = "flake.nix";
constexpr const char* lock_file = "flake.lock";

Result<std::string> read(const proposals::TreeReader& tree, const char* path, const char* code) {
    auto text = tree.read(path);
    if (!text) {
        return Problem{.code = code,
                       .message = std::string("the repository has no ") + path + " at its top",
                       .where = path,
                       .hint = std::string(path) == lock_file ? "make it: nix flake lock" : ""};
    }
    if (text->size() > LockWanted::max_text || !core::is_utf8(*text)) {
        return Problem{.code = code,
                       .message = std::string(path) + " is above 256 KiB, or no UTF-8",
                       .where = path};
    }
    return std::move(*text);
}

/// The base's two files, and what is asked of them.
struct Asked {
    LockWanted wanted{};
    std::string old_lock{};
    evaluator::MayMove may{};
    std::vector<std::string> left_out{}; ///< for people
    bool new_flake = false;
};

/// Those that can be fetched again; the others are named.
Result<core::Done> choose(Asked& asked, const BumpWanted& wanted) {
    const auto nodes = evaluator::parse_lock(asked.old_lock);
    const auto names = evaluator::locked_names(asked.old_lock);
    if (!nodes || !names) {
        return nodes ? names.problem() : nodes.problem();
    }
    asked.wanted.inputs = wanted.all ? *names : wanted.inputs;
    if (auto done = evaluator::may_be_bumped(asked.old_lock, asked.wanted.inputs); !done) {
        return done;
    }
    const auto root = std::find_if(nodes->begin(), nodes->end(),
                                   [](const evaluator::LockNode& each) { return each.root; });
    for (auto it = asked.wanted.inputs.begin(); it != asked.wanted.inputs.end();) {
        const std::string at = root->inputs.at(*it);
        const auto node = std::find_if(nodes->begin(), nodes->end(), [&](const auto& each) {
            return at == "\"" + each.name + "\"";
        });
        const bool fits = node != nodes->end() && node->source && evaluator::is_input_name(*it);
        if (fits) {
            ++it;
            continue;
        }
        const Problem why = node != nodes->end() && node->problem
                                ? *node->problem
                                : Problem{.code = "input_type",
                                          .message = "the input `" + core::printable(*it) +
                                                     "` is a folder of the flake itself",
                                          .where = lock_file};
        if (!wanted.all) {
            return why;
        }
        asked.left_out.push_back(why.message);
        it = asked.wanted.inputs.erase(it);
    }
    if (asked.wanted.inputs.empty() || asked.wanted.inputs.size() > LockWanted::max_inputs) {
        return Problem{.code = "no_such_input",
                       .message = "the flake has no input that can be bumped, or more than 64",
                       .where = lock_file};
    }
    return core::Done{};
}

/// flake.nix with the new addresses.
Result<core::Done> move_addresses(Asked& asked, const BumpWanted& wanted) {
    for (const auto& [name, address] : wanted.addresses) {
        auto parsed = proposals::nix::parse(asked.wanted.flake);
        const auto* tree = std::get_if<proposals::nix::Tree>(&parsed);
        if (tree == nullptr) {
            return Problem{.code = "no_flake",
                           .message = "flake.nix is no Nix that can be read",
                           .where = flake_file};
        }
        auto edit = proposals::nix::set_input_url(*tree, name, address);
        if (!edit) {
            Problem why = edit.problem();
            why.where = std::string(flake_file) + (why.where.empty() ? "" : ":" + why.where);
            return why;
        }
        asked.new_flake = asked.new_flake || !edit->splices.empty();
        if (!edit->splices.empty()) {
            asked.wanted.flake = std::move(edit->text);
        }
        asked.wanted.addresses.push_back(address);
    }
    asked.may.addresses = wanted.addresses;
    return core::Done{};
}

std::string title_of(const Asked& asked, const BumpWanted& wanted) {
    if (wanted.all) {
        return "bump all inputs";
    }
    if (!wanted.addresses.empty()) {
        const auto& [name, address] = *wanted.addresses.begin();
        return "move " + name + " to " + core::printable(address);
    }
    return (asked.wanted.inputs.size() == 1 ? "bump the input " : "bump the inputs ") +
           core::join(asked.wanted.inputs, ", ");
}

Problem newest(const std::vector<MovedInput>& inputs) {
    std::vector<std::string> lines;
    std::string hint;
    for (const auto& each : inputs) {
        lines.push_back("`" + each.name + "` " + each.to.substr(0, 17) +
                        (each.after > 0 ? " of " + proposals::day_of(each.after) : ""));
        if (each.pinned) {
            hint = "flake.nix names the revision of `" + each.name +
                   "` itself: name a branch there to have it move";
        }
    }
    return {.code = "newest_already",
            .message = (lines.size() == 1 ? "it is the newest already: "
                                          : "they are the newest already: ") +
                       core::shorten(core::join(lines, ", "), 1'000),
            .where = lock_file,
            .hint = hint};
}

std::string told_of(const Asked& asked, const std::vector<MovedInput>& inputs) {
    std::vector<std::string> lines;
    for (const auto& each : inputs) {
        lines.push_back(each.moved ? describe(each)
                                   : each.name + " is the newest already" +
                                         (each.pinned ? ": flake.nix names its revision" : ""));
    }
    for (const auto& why : asked.left_out) {
        lines.push_back("not asked for: " + why);
    }
    return core::join(lines, "\n");
}

std::vector<proposals::plan::Step> steps_of(const Asked& asked,
                                            const std::vector<MovedInput>& inputs) {
    std::vector<proposals::plan::Step> out;
    for (const auto& each : inputs) {
        out.push_back({.wish = "bump the flake input " + each.name,
                       .changed = each.moved,
                       .file = lock_file,
                       .how = each.moved ? describe(each) : "it is the newest already",
                       .by_other_means = false});
    }
    for (const auto& why : asked.left_out) {
        if (!out.empty()) {
            out.front().notes.push_back("not asked for: " + why);
        }
    }
    return out;
}

} // namespace

Result<std::optional<BumpWanted>> bump_of(const proposals::plan::Request& request, Relock relock) {
    const auto of_lock = [](const auto& wish) {
        return wish.kind == WishKind::bump_input || wish.kind == WishKind::set_input_url;
    };
    const auto& wishes = request.operations;
    if (std::none_of(wishes.begin(), wishes.end(), [&](const auto& wish) {
            return wish.kind == WishKind::bump_input || (relock == Relock::always && of_lock(wish));
        })) {
        return std::optional<BumpWanted>();
    }
    if (!std::all_of(wishes.begin(), wishes.end(), of_lock)) {
        return Problem{.code = "apart",
                       .message = "new revisions of inputs are a proposal of their own: what they "
                                  "bring could not be told from the rest",
                       .hint = "ask for the rest apart from it"};
    }
    BumpWanted out;
    for (const auto& wish : wishes) {
        out.all = out.all || (wish.kind == WishKind::bump_input && wish.input.empty());
        if (!wish.input.empty() &&
            std::find(out.inputs.begin(), out.inputs.end(), wish.input) == out.inputs.end()) {
            out.inputs.push_back(wish.input);
        }
        if (wish.kind == WishKind::set_input_url) {
            out.addresses[wish.input] = wish.url;
        }
    }
    return std::optional(std::move(out));
}

Result<Bumped> bump(const BumpPlace& place, const BumpWanted& wanted, const std::stop_token& stop) {
    auto flake = read(place.tree, flake_file, "no_flake");
    auto lock = read(place.tree, lock_file, "no_lock");
    if (!flake || !lock) {
        return flake ? lock.problem() : flake.problem();
    }
    Asked asked{.wanted = {.flake = *flake, .lock = *lock}, .old_lock = *lock};
    asked.may.origins = place.origins;
    if (auto done = choose(asked, wanted); !done) {
        return done.problem();
    }
    if (auto done = move_addresses(asked, wanted); !done) {
        return done.problem();
    }
    asked.may.inputs = asked.wanted.inputs;
    const auto made = place.maker.make(asked.wanted, place.patience, stop);
    if (!made) {
        return made.problem();
    }
    auto moved = evaluator::moved_lock(asked.old_lock, *made, asked.may);
    if (!moved) {
        return moved.problem();
    }
    if (!moved->moved() && !asked.new_flake) {
        return newest(moved->inputs);
    }
    Bumped out{.title = title_of(asked, wanted),
               .left_out = asked.left_out,
               .told = told_of(asked, moved->inputs),
               .steps = steps_of(asked, moved->inputs)};
    if (asked.new_flake) {
        out.edits.push_back({.path = flake_file, .bytes = asked.wanted.flake});
    }
    if (moved->moved()) {
        out.edits.push_back({.path = lock_file, .bytes = moved->text});
    }
    out.inputs = std::move(moved->inputs);
    return out;
}

std::string describe(const MovedInput& input) {
    const auto shortly = [](const std::string& text) {
        return text.substr(0, text.starts_with("sha256-") ? 17 : 10);
    };
    std::string out = input.name + " " + shortly(input.from) + ".." + shortly(input.to);
    if (input.from == input.to) {
        out = input.name + " " + shortly(input.to) + " with other inputs of its own";
    }
    if (input.before > 0 && input.after > 0) {
        constexpr std::int64_t day = 86'400;
        const auto days = (input.after - input.before) / day;
        out += ", " + proposals::day_of(input.before) + " to " + proposals::day_of(input.after) +
               (input.older() ? " (OLDER than before" : " (") +
               (input.older() ? days == 0 ? "" : " by " + std::to_string(-days) + " days"
                              : std::to_string(days) + (days == 1 ? " day newer" : " days newer")) +
               ")";
    }
    return out;
}

} // namespace agentd::stages
