#include "agentd/config_health.hpp"

#include "agentd/config_values.hpp"
#include "agentd/core/check.hpp"
#include "agentd/core/names.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace agentd {

namespace {

using core::TomlReader;

constexpr std::array kinds{HealthKind::unit,    HealthKind::tcp, HealthKind::http,
                           HealthKind::command, HealthKind::dns, HealthKind::disk,
                           HealthKind::ssh};

void bad(TomlReader& in, std::string_view key, std::string message, std::string hint = {}) {
    in.refuse(key, {.code = "bad_value", .message = std::move(message), .hint = std::move(hint)});
}

bool is_host_name(std::string_view text) {
    const auto well = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= 253 && text.front() != '-' && text.front() != '.' &&
           std::all_of(text.begin(), text.end(), well);
}

// `127.0.0.1:80`, `[::1]:80`, `localhost:80`
bool is_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        return false;
    }
    const auto port = core::parse_integer(text.substr(colon + 1));
    const std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const bool plain =
        bracketed ? host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1
                  : is_host_name(host);
    return port && *port >= 1 && *port <= 65'535 && plain && text.substr(colon + 1).front() != '+';
}

bool is_page(std::string_view text) {
    return text.starts_with("http://") && text.size() > 7 &&
           text.find_first_of(" \n\t") == std::string_view::npos &&
           core::hidden_code_points(text).empty();
}

struct Form {
    bool right = false;
    std::string_view what{};
    std::string_view example{};
};

Form form_of(const HealthCheck& check) {
    switch (check.kind) {
    case HealthKind::unit:
        return {core::UnitName::parse(check.target).has_value(), "the name of a unit",
                "nginx.service"};
    case HealthKind::tcp:
    case HealthKind::ssh:
        return {is_endpoint(check.target), "an address and a port", "127.0.0.1:22"};
    case HealthKind::http:
        return {is_page(check.target), "a URL, and https cannot be asked for", "http://127.0.0.1/"};
    case HealthKind::dns:
        return {is_host_name(check.target), "the name of a host", "cache.nixos.org"};
    case HealthKind::disk:
        return {is_plain_path(check.target), "an absolute path", "/var"};
    case HealthKind::command:
        return {is_plain_path(check.target),
                "a list that begins with the absolute path of a program",
                R"(["/run/current-system/sw/bin/pg_isready", "-q"])"};
    }
    return {};
}

void read_target(TomlReader& in, HealthCheck& check) {
    if (check.kind != HealthKind::command) {
        check.target = in.text(to_string(check.kind), 1024).value_or("");
    } else if (auto words = in.texts("command", 64); words && !words->empty()) {
        check.target = std::move(words->front());
        check.arguments.assign(std::make_move_iterator(words->begin() + 1),
                               std::make_move_iterator(words->end()));
    }
    const Form form = form_of(check);
    if (!form.right) {
        const std::string key(to_string(check.kind));
        bad(in, key, "`health.check." + key + "` has to be " + std::string(form.what),
            std::string(form.example));
    }
}

void read_kind(TomlReader& in, HealthCheck& check) {
    std::optional<HealthKind> found;
    for (const HealthKind kind : kinds) {
        if (!in.has(to_string(kind))) {
            continue;
        }
        if (found) {
            found.reset();
            break;
        }
        found = kind;
    }
    if (!found) {
        for (const HealthKind kind : kinds) {
            in.any(to_string(kind));
        }
        bad(in, "name",
            "a health check has exactly one of `unit`, `tcp`, `http`, `command`, `dns`, `disk` and "
            "`ssh`");
        return;
    }
    check.kind = *found;
    read_target(in, check);
}

void read_login(TomlReader& in, HealthCheck& check) {
    check.ssh_user = in.text("ssh_user", 64).value_or("");
    check.ssh_key = in.text("ssh_key", 1024).value_or("");
    if (check.kind != HealthKind::ssh && (in.has("ssh_user") || in.has("ssh_key"))) {
        bad(in, in.has("ssh_user") ? "ssh_user" : "ssh_key",
            "only a health check with `ssh` has `ssh_user` and `ssh_key`");
        return;
    }
    if (in.has("ssh_key") && !is_plain_path(check.ssh_key)) {
        bad(in, "ssh_key", "`health.check.ssh_key` has to be an absolute path");
    }
    if (in.has("ssh_user") && !is_host_name(check.ssh_user)) {
        bad(in, "ssh_user", "`health.check.ssh_user` has to be the name of a user");
    }
    if (check.ssh_user.empty() != check.ssh_key.empty()) {
        bad(in, check.ssh_user.empty() ? "ssh_key" : "ssh_user",
            "`ssh_user` and `ssh_key` of a health check belong together");
    }
}

HealthCheck read_check(TomlReader& in) {
    HealthCheck check;
    in.require("name");
    check.name = in.text("name", 64).value_or("");
    if (in.has("name") && (check.name.empty() || check.name.find('\n') != std::string::npos ||
                           !core::hidden_code_points(check.name).empty())) {
        bad(in, "name", "`health.check.name` has to be one line of plain text");
    }
    read_kind(in, check);
    read_login(in, check);
    const auto seconds = [&](std::string_view key, std::int64_t low,
                             std::chrono::seconds fallback) {
        return std::chrono::seconds(in.integer(key, low, 600).value_or(fallback.count()));
    };
    check.free_mb = in.integer("free_mb", 0, std::int64_t{1} << 30).value_or(check.free_mb);
    check.free_inodes =
        in.integer("free_inodes", 0, std::int64_t{1} << 30).value_or(check.free_inodes);
    check.timeout = seconds("timeout_seconds", 1, check.timeout);
    check.start_period = seconds("start_period_seconds", 0, check.start_period);
    check.retries = in.integer("retries", 0, 100).value_or(check.retries);
    check.required = in.boolean("required").value_or(true);
    in.finish();
    return check;
}

} // namespace

std::string_view to_string(HealthKind kind) noexcept {
    switch (kind) {
    case HealthKind::unit:
        return "unit";
    case HealthKind::tcp:
        return "tcp";
    case HealthKind::http:
        return "http";
    case HealthKind::command:
        return "command";
    case HealthKind::dns:
        return "dns";
    case HealthKind::disk:
        return "disk";
    case HealthKind::ssh:
        return "ssh";
    }
    return "";
}

std::vector<HealthCheck> read_health(TomlReader& root) {
    std::vector<HealthCheck> out;
    auto health = root.table("health");
    if (!health) {
        return out;
    }
    for (TomlReader& in : health->tables("check", max_health_checks)) {
        out.push_back(read_check(in));
        const auto same = [&](const HealthCheck& other) { return other.name == out.back().name; };
        if (std::count_if(out.begin(), out.end(), same) > 1) {
            bad(in, "name",
                "two health checks are called `" + core::printable(out.back().name) + "`");
        }
    }
    health->finish();
    return out;
}

} // namespace agentd
