#include "agentd/planners/goal/names.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

namespace {

struct Called {
    std::string_view names{};
    std::string_view attribute{};
};

constexpr auto called = std::to_array<Called>({
    {"7zip|7-zip", "p7zip"},
    {"chrome|google chrome", "google-chrome"},
    {"discord app", "discord"},
    {"docker compose", "docker-compose"},
    {"element|element desktop", "element-desktop"},
    {"emacs editor", "emacs"},
    {"github cli|gh cli", "gh"},
    {"go language|golang", "go"},
    {"libre office", "libreoffice"},
    {"neo vim|nvim", "neovim"},
    {"node|node.js|node js", "nodejs"},
    {"postman app", "postman"},
    {"python", "python3"},
    {"rg", "ripgrep"},
    {"signal|signal desktop", "signal-desktop"},
    {"telegram|telegram desktop", "telegram-desktop"},
    {"visual studio code|vs code", "vscode"},
});

bool is_called(std::string_view names, std::string_view name) {
    for (const auto one : core::split(names, '|')) {
        if (one == name) {
            return true;
        }
    }
    return false;
}

} // namespace

const Service* service_called(std::string_view name) {
    for (const Service& one : services()) {
        if (is_called(one.names, name)) {
            return &one;
        }
    }
    return nullptr;
}

const Service* service_of(std::string_view enable) {
    for (const Service& one : services()) {
        if (one.enable == enable) {
            return &one;
        }
    }
    return nullptr;
}

std::string plain_name(std::string name) {
    for (const std::string_view kind : {" server", " service", " daemon", "-server"}) {
        if (name.size() > kind.size() && name.ends_with(kind)) {
            name.resize(name.size() - kind.size());
        }
    }
    return name;
}

std::vector<std::string> service_names() {
    std::vector<std::string> out;
    for (const Service& one : services()) {
        for (const auto name : core::split(one.names, '|')) {
            out.emplace_back(name);
        }
    }
    return out;
}

std::optional<std::string_view> package_called(std::string_view name) {
    for (const Called& one : called) {
        if (is_called(one.names, name)) {
            return one.attribute;
        }
    }
    return std::nullopt;
}

} // namespace agentd::planners::goal
