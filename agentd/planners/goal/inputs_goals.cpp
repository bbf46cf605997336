// Inputs of the flake: add, drop, take from elsewhere.
#include "agentd/planners/goal/clause.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

namespace {

using core::Problem;
using core::Result;

const proposals::map::FlakeInput* input(const Situation& in, const std::string& name) {
    const auto& all = in.scene.around.map.inputs;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

Problem unknown(const Situation& in, const std::string& name) {
    std::vector<std::string> all;
    for (const auto& one : in.scene.around.map.inputs) {
        all.push_back(one.name);
    }
    const auto near = core::nearest(name, all, 3);
    return {.code = "no_such_input",
            .message = "the flake has no input " + quoted(name),
            .hint = near.empty() ? "its inputs are " + core::shorten(core::join(all, ", "), 200)
                                 : "did you mean `" + core::join(near, "` or `") + "`?"};
}

Result<Made> add_input(const State& match, const Situation& in) {
    Wish wish{.kind = WishKind::add_input, .input = match.text("input"), .url = match.text("url")};
    for (const Item& followed : match.items("followed")) {
        if (input(in, followed.text) == nullptr) {
            return unknown(in, followed.text);
        }
        wish.follows.push_back(followed.text);
    }
    return only(std::move(wish));
}

/// `github:nix-community/home-manager/release-25.11` with another branch; nullopt where what it is
/// now cannot be told.
std::optional<std::string> on_branch(const std::string& url, const std::string& branch) {
    const bool registry = url.find(':') == std::string::npos || url.starts_with("flake:");
    if (const auto names = core::split(url, '/'); registry && names.size() == 2) {
        return std::string(names[0]) + "/" + branch; // `nixpkgs/nixos-25.11`
    }
    const auto colon = url.find(':');
    const std::string scheme = url.substr(0, colon);
    const bool forge = scheme == "github" || scheme == "gitlab" || scheme == "sourcehut";
    if (!forge || url.find('?') != std::string::npos) {
        return std::nullopt;
    }
    const auto parts = core::split(url, '/');
    if (parts.size() < 2 || parts.size() > 3) {
        return std::nullopt;
    }
    return std::string(parts[0]) + "/" + std::string(parts[1]) + "/" + branch;
}

Problem without_branch(const proposals::map::FlakeInput& now) {
    return {.code = "bad_value",
            .message = now.url.empty()
                           ? quoted(now.name) + " has no address of its own: it follows another"
                           : "the address of " + quoted(now.name) + ", " + quoted(now.url) +
                                 ", has no branch that could be told",
            .hint = "say the whole address: switch the input " + now.name +
                    " to github:OWNER/NAME/BRANCH"};
}

Result<Made> move_input(const State& match, const Situation& in) {
    const std::string name = match.text("input");
    const auto* now = input(in, name);
    if (now == nullptr) {
        return unknown(in, name);
    }
    std::string url = match.text("url");
    if (url.empty()) {
        const auto moved = on_branch(now->url, match.text("branch"));
        if (!moved) {
            return without_branch(*now);
        }
        url = *moved;
    }
    return only({.kind = WishKind::set_input_url, .input = name, .url = url});
}

/// "Switch A to X and B to Y."
Result<Made> move_two(const State& match, const Situation& in) {
    Made out;
    for (const auto& [name, branch] : {std::pair("input", "branch"), std::pair("other", "next")}) {
        const auto* now = input(in, match.text(name));
        if (now == nullptr) {
            return unknown(in, match.text(name));
        }
        const auto moved = on_branch(now->url, match.text(branch));
        if (!moved) {
            return without_branch(*now);
        }
        out.wishes.push_back({.kind = WishKind::set_input_url, .input = now->name, .url = *moved});
    }
    return out;
}

Result<Made> drop_input(const State& match, const Situation& in) {
    Made out;
    for (const Item& one : match.items("inputs")) {
        if (input(in, one.text) == nullptr) {
            return unknown(in, one.text);
        }
        out.wishes.push_back({.kind = WishKind::remove_input, .input = one.text});
    }
    return out;
}

Result<Made> bump(const State& match, const Situation& in) {
    Made out;
    for (const Item& one : match.items("inputs")) {
        if (input(in, one.text) == nullptr) {
            return unknown(in, one.text);
        }
        out.wishes.push_back({.kind = WishKind::bump_input, .input = one.text});
    }
    return out.wishes.empty() ? only({.kind = WishKind::bump_input}) : out;
}

Result<Made> refollow(const State&, const Situation&) {
    return Problem{.code = "not_yet",
                   .message =
                       "an input that is there cannot be made to follow another in words yet",
                   .hint = "remove it, and add it anew with \"following\""};
}

constexpr auto patterns = std::to_array<Pattern>({
    {"(add|include|introduce) [new] (flake input|input) [called|named] {input} "
     "[at|from|with url|lparen|:] {url} [rparen] "
     "[[,|and|with|that|which] (following|follow|follows|make it follow|let it follow) "
     "{inputs:followed} [input]]",
     add_input, "add the flake input nixvim from github:nix-community/nixvim following nixpkgs",
     About::nothing},
    {"(add|include|introduce) {input} as [new] [flake] input [at|from|with url|lparen|:] {url} "
     "[rparen] [[,|and|with|that|which] (following|follow|follows|make it follow|let it follow) "
     "{inputs:followed} [input]]",
     add_input, "", About::nothing},
    {"(add|include|introduce) {input} [at|from|lparen|:] {url} [rparen] to [flake] inputs "
     "[[,|and|with|that|which] (following|follow|follows|make it follow|let it follow) "
     "{inputs:followed} [input]]",
     add_input, "", About::nothing},
    {"(add|include|introduce) {url} as [new] (flake input|input) [called|named] {input} "
     "[[,|and|with|that|which] (following|follow|follows|make it follow|let it follow) "
     "{inputs:followed} [input]]",
     add_input, "", About::nothing},
    {"(switch|move|change|point|set|take|pin|update|upgrade) [(url|address) of] (flake "
     "input|input) {input} "
     "(to|from|=) {url}",
     move_input, "switch the input nixpkgs to github:NixOS/nixpkgs/nixos-unstable", About::nothing},
    {"(switch|move|change|point|set|take|pin|update|upgrade) {input} [flake] (input|flake) [url] "
     "(to|from|=) {url}",
     move_input, "", About::nothing},
    {"(switch|move|change|set|pin|update|upgrade) (flake input|input) {input} to [branch] "
     "{branch} [branch]",
     move_input, "switch the input home-manager to release-25.11", About::nothing},
    {"(switch|move|change|set|pin|update|upgrade) {input} [flake] (input|flake) to [branch] "
     "{branch} [branch]",
     move_input, "", About::nothing},
    {"(switch|move) {input} to [branch] {branch} [branch]", move_input, "", About::nothing},
    {"(switch|move|change|set|pin|update|upgrade) [flake] [input|inputs] {knowninput:input} to "
     "[branch] {branch} [branch] and [input] {knowninput:other} to [branch] {branch:next} [branch]",
     move_two, "switch nixpkgs to nixos-25.11 and home-manager to release-25.11", About::nothing},
    {"(pin|bump|upgrade|update|point) {knowninputs:input} to [branch|tag|release] {branch} "
     "[branch]",
     move_input, "", About::nothing},
    {"(remove|drop|delete|get rid of) (flake input|flake inputs|input|inputs) {inputs}", drop_input,
     "remove the input nixvim", About::nothing},
    {"(remove|drop|delete|get rid of) {inputs} [flake] (input|inputs)", drop_input, "",
     About::nothing},
    {"(bump|update|upgrade) [flake] (input|inputs) {inputs}", bump, "bump the input nixpkgs",
     About::nothing},
    {"(bump|update|upgrade) {inputs} [flake] (input|inputs)", bump, "", About::nothing},
    {"(bump|update|upgrade) (all|every|everything|all flake|every flake|flake|all of) "
     "[input|inputs|lock]",
     bump, "", About::nothing},
    {"(bump|update|upgrade) {knowninputs:inputs}", bump, "", About::nothing},
    {"let {input} follow [input] {inputs:followed}", refollow, "", About::nothing},
});

} // namespace

Patterns input_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
