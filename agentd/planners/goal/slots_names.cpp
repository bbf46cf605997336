// Names: packages, services, hosts, users, modules.
#include "agentd/planners/goal/names.hpp"
#include "agentd/planners/goal/slots.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal::slot {

namespace {

namespace map = proposals::map;

/// Words joined by a space, from `at`; "" where they are not that many.
std::string phrase(const Scene& scene, std::size_t at, std::size_t words) {
    std::string out;
    for (std::size_t i = at; i < at + words; ++i) {
        const Token* token = scene.token(i);
        if (token == nullptr || token->mark || token->quoted) {
            return {};
        }
        out += (out.empty() ? "" : " ") + token->lower;
    }
    return out;
}

bool upper(char c) {
    return c >= 'A' && c <= 'Z';
}

/// As attributes are written: people write `Firefox` and `VLC`.
std::string attribute(const Scene& scene, const Token& token) {
    std::string text = token.text.starts_with("pkgs.") ? token.text.substr(5) : token.text;
    const CatalogView* catalog = scene.around.catalog;
    if (catalog != nullptr && catalog->has_package(text)) {
        return text;
    }
    const bool loud = text.size() > 1 && std::all_of(text.begin(), text.end(), upper);
    const bool title =
        text.size() > 1 && upper(text[0]) && std::none_of(text.begin() + 1, text.end(), upper);
    const bool inner = text.find('.') != std::string::npos;
    return !token.quoted && !inner && (loud || title) ? core::to_lower(text) : text;
}

} // namespace

void package(const Scene& scene, std::size_t at, Out out) {
    for (std::size_t words = 4; words >= 1; --words) {
        const std::string name = phrase(scene, at, words);
        const auto known = package_called(name);
        const bool own = known && scene.around.catalog != nullptr && words == 1 &&
                         scene.around.catalog->has_package(name);
        if (known && !own) {
            return take(out, at + words, {.text = std::string(*known), .more = name});
        }
    }
    const Token* token = nameable(scene, at);
    if (token == nullptr || token->text.ends_with(".nix") ||
        std::all_of(token->text.begin(), token->text.end(),
                    [](char c) { return (c >= '0' && c <= '9') || c == '.'; })) {
        return;
    }
    const std::string name = attribute(scene, *token);
    if (proposals::PackageAttr::parse(name)) {
        take(out, at + 1, {.text = name, .more = token->text});
    }
}

void service(const Scene& scene, std::size_t at, Out out) {
    for (std::size_t words = 4; words >= 1; --words) {
        const std::string name = phrase(scene, at, words);
        if (const Service* known = service_called(name)) {
            return take(out, at + words, {.text = std::string(known->enable), .more = name});
        }
    }
    const Token* token = nameable(scene, at);
    if (token == nullptr || !has_only(token->text, "-_.@")) {
        return;
    }
    std::string name = token->text;
    if (name.ends_with(".service")) {
        name.resize(name.size() - 8);
    }
    if (const Service* known = service_called(core::to_lower(name))) {
        return take(out, at + 1, {.text = std::string(known->enable), .more = name});
    }
    if (const auto plain = plainly_called(core::to_lower(name))) {
        return take(out, at + 1, {.text = *plain, .more = name});
    }
    for (std::size_t words = 3; words >= 2; --words) {
        std::string joined = phrase(scene, at, words);
        std::replace(joined.begin(), joined.end(), ' ', '-');
        const bool there = !joined.empty() && scene.around.said != nullptr &&
                           !scene.around.said->switches(joined).empty();
        if (there || plainly_called(joined)) {
            return take(out, at + words,
                        {.text = plainly_called(joined).value_or(""), .more = joined});
        }
    }
    if (name.find('.') == std::string::npos && has_only(name.substr(0, 1), "") &&
        !(name[0] >= '0' && name[0] <= '9')) {
        take(out, at + 1, {.more = token->quoted ? name : core::to_lower(name)});
    }
}

void known_service(const Scene& scene, std::size_t at, Out out) {
    std::vector<Taken> all;
    service(scene, at, all);
    for (Taken& one : all) {
        if (!one.items.front().text.empty()) {
            out.push_back(std::move(one));
        }
    }
}

void name(const Scene& scene, std::size_t at, Out out) {
    const Token* token = nameable(scene, at);
    if (token != nullptr && has_only(token->text, "-_") && token->text.size() <= 64 &&
        token->text.front() != '-') {
        take(out, at + 1, {.text = token->text});
    }
}

void module(const Scene& scene, std::size_t at, Out out) {
    const Token* token = nameable(scene, at);
    if (token == nullptr || !has_only(token->text, "-_./+@")) {
        return;
    }
    for (const std::string& name : {token->text, token->lower}) {
        if (const auto known = scene.module(name)) {
            return take(out, at + 1, {.text = *known});
        }
    }
    if (token->text.ends_with(".nix")) { // said to be one, and none is called so
        take(out, at + 1, {.text = token->text});
    }
}

void category(const Scene& scene, std::size_t at, Out out) {
    static constexpr std::array<std::array<std::string_view, 3>, 12> words{
        {{"command-line", "cli", "shell"},
         {"terminal", "terminal", "cli"},
         {"cli", "cli", "cli"},
         {"desktop", "desktop", "gui"},
         {"graphical", "gui", "desktop"},
         {"development", "dev", "development"},
         {"gaming", "games", "gaming"},
         {"chat", "comms", "messaging"},
         {"chat", "communication", "social"},
         {"messaging", "comms", "chat"},
         {"office", "productivity", "documents"},
         {"media", "multimedia", "media"}}};
    const Token* token = nameable(scene, at);
    if (token == nullptr || token->is("home") || token->is("user") || token->is("own") ||
        token->is("modules") || token->is("packages")) {
        return;
    }
    std::vector<std::string> names{token->lower};
    for (const auto& [said, one, other] : words) {
        if (said == token->lower) {
            names.insert(names.end(), {std::string(one), std::string(other)});
        }
    }
    for (const std::string& name : names) {
        if (const auto known = scene.module(name)) {
            return take(out, at + 1, {.text = *known});
        }
    }
}

void file(const Scene& scene, std::size_t at, Out out) {
    const Token* token = scene.token(at);
    if (token != nullptr && !token->mark &&
        (token->text.ends_with(".nix") || token->text.find('/') != std::string::npos)) {
        module(scene, at, out);
    }
}

void leaf(const Scene& scene, std::size_t at, Out out) {
    const Token* token = nameable(scene, at);
    if (token != nullptr && has_only(token->text, "-_") && has_only(token->text.substr(0, 1), "")) {
        take(out, at + 1, {.text = token->text});
    }
}

void new_module(const Scene& scene, std::size_t at, Out out) {
    const Token* token = nameable(scene, at);
    if (token != nullptr && has_only(token->text, "-_./") && token->text.front() != '/' &&
        token->text.find("..") == std::string::npos) {
        take(out, at + 1, {.text = token->text});
    }
}

void folder(const Scene& scene, std::size_t at, Out out) {
    const Token* token = nameable(scene, at);
    if (token == nullptr) {
        return;
    }
    std::string wanted = token->text;
    while (wanted.ends_with('/')) {
        wanted.pop_back();
    }
    for (const std::string& one : scene.folders) {
        if (one == wanted || one.ends_with("/" + wanted)) {
            return take(out, at + 1, {.text = wanted});
        }
    }
}

void other_flake(const Scene& scene, std::size_t at, Out out) {
    const Token* token = nameable(scene, at);
    if (token == nullptr) {
        return;
    }
    std::vector<std::string> found;
    for (const std::string& file : scene.around.files) {
        const bool called =
            file == token->text + "/flake.nix" || file.ends_with("/" + token->text + "/flake.nix");
        if (called) {
            found.push_back(map::folder_of(file));
        }
    }
    if (found.size() == 1) {
        take(out, at + 1, {.text = found.front()});
    }
}

} // namespace agentd::planners::goal::slot
