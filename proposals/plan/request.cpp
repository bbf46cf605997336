#include "proposals/plan/request.hpp"

#include "proposals/names.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::proposals::plan {

using core::Json;
using core::ObjectReader;
using core::Problem;
using core::Result;

namespace {

constexpr Names<WishKind, 11> kind_names{"set_option",       "unset_option", "add_to_list",
                                         "remove_from_list", "add_import",   "remove_import",
                                         "create_module",    "add_input",    "set_input_url",
                                         "remove_input",     "bump_input"};
constexpr std::size_t max_name = 128;
constexpr std::size_t max_path = 512;

bool plain(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most && text.front() != '/' &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; }) &&
           text.find("..") == std::string_view::npos && text.find('"') == std::string_view::npos &&
           text.find('$') == std::string_view::npos && text.find('\\') == std::string_view::npos;
}

Problem bad(std::string code, std::string message) {
    return {.code = std::move(code), .message = std::move(message)};
}

/// The four kinds that agentd.ops/1 has, read by its own reader.
Result<Wish> on_option(const Json& value) {
    Json shape = Json::object();
    for (const char* key : {"op", "option", "value"}) {
        if (const auto found = value.find(key); found != value.end()) {
            shape[key] = *found;
        }
    }
    auto read = operation_from_json(shape);
    if (!read) {
        return read.problem();
    }
    const auto kind = value_of(kind_names, to_string(read->kind));
    return Wish{.kind = *kind, .option = read->option, .value = read->value};
}

Result<std::vector<Setting>> settings_of(const Json& list) {
    if (!list.is_array() || list.empty() || list.size() > Request::max_operations) {
        return bad("bad_value", "`settings` has to be a list with at least one setting");
    }
    std::vector<Setting> out;
    for (const Json& item : list) {
        Json shape = item;
        if (!shape.is_object() || shape.find("op") != shape.end()) {
            return bad("bad_value", "a setting is an object with `option` and `value`");
        }
        shape["op"] = "set_option";
        auto read = operation_from_json(shape);
        if (!read) {
            return read.problem();
        }
        out.push_back({.option = read->option, .value = *read->value});
    }
    return out;
}

/// Fields that say where; all kinds on options have them.
Result<core::Done> read_place(ObjectReader& in, Wish& wish) {
    wish.user = in.optional_text("user", max_name).value_or("");
    wish.in = in.optional_text("in", max_path).value_or("");
    if (!wish.user.empty() && !plain(wish.user, max_name)) {
        return bad("bad_value", "`user` is no name of a user");
    }
    if (!wish.in.empty() && !plain(wish.in, max_path)) {
        return bad("bad_value", "`in` is no name of a module or path of a file");
    }
    return core::Done{};
}

/// How an option is set, or which elements are meant.
Result<core::Done> read_manner(ObjectReader& in, Wish& wish) {
    if (wish.kind == WishKind::set_option) {
        wish.fresh = in.has("fresh") && in.boolean("fresh");
        wish.weak = in.has("weak") && in.boolean("weak");
    }
    const bool list = wish.kind == WishKind::add_to_list || wish.kind == WishKind::remove_from_list;
    if (list && in.has("last")) {
        const auto* first = std::get_if<std::int64_t>(&*wish.value);
        wish.last = in.integer("last", 0, 65535);
        if (first == nullptr || *first < 0 || *first >= *wish.last) {
            return bad("bad_value", "`last` is the end of a range that begins with the integer");
        }
    }
    if (list && in.has("size")) {
        const auto* device = std::get_if<std::string>(&*wish.value);
        wish.size = in.integer("size", 1, 1 << 24);
        if (device == nullptr || !device->starts_with('/') || wish.last) {
            return bad("bad_value", "`size` is of a swap file, and the string its path");
        }
    }
    return core::Done{};
}

Result<core::Done> read_module(const Json& value, ObjectReader& in, Wish& wish) {
    wish.module = in.text("module", max_path);
    if (!plain(wish.module, max_path)) {
        return bad("bad_value", "`module` is no path of a file in the repository");
    }
    if (wish.kind == WishKind::create_module) {
        in.any("settings");
        auto settings = settings_of(value.value("settings", Json()));
        if (!settings) {
            return settings.problem();
        }
        wish.settings = std::move(settings).value();
    }
    return core::Done{};
}

Result<core::Done> read_input(const Json& value, ObjectReader& in, Wish& wish) {
    if (wish.kind == WishKind::bump_input) {
        wish.input = in.optional_text("input", max_name).value_or("");
        return wish.input.empty() || plain(wish.input, max_name)
                   ? Result<core::Done>(core::Done{})
                   : bad("bad_value", "`input` is no name of an input");
    }
    wish.input = in.text("input", max_name);
    if (wish.kind != WishKind::remove_input) {
        wish.url = in.text("url", max_path);
        const bool fits = plain(wish.url, max_path) && wish.url.find(':') != std::string::npos;
        if (!fits) {
            return bad("bad_value", "`url` is no address of a flake");
        }
    }
    if (wish.kind == WishKind::add_input && value.find("follows") != value.end()) {
        wish.follows = in.texts("follows", 32);
    }
    for (const std::string& name : wish.follows) {
        if (!plain(name, max_name)) {
            return bad("bad_value", "`follows` is a list of names of inputs");
        }
    }
    return core::Done{};
}

bool is_named_for_host(const Wish& wish) {
    return (!wish.option || for_host(*wish.option, wish.user)) &&
           std::all_of(wish.settings.begin(), wish.settings.end(), [&](const Setting& each) {
               return for_host(each.option, wish.user).has_value();
           });
}

Result<core::Done> read_hosts(ObjectReader& in, Request& out) {
    if (in.has("host")) {
        out.hosts.push_back(in.text("host", max_name));
    }
    if (in.has("hosts")) {
        const Json& given = in.any("hosts");
        if (given.is_string() && given.get<std::string>() == "all") {
            out.every_host = true;
        } else {
            for (const auto& more : in.texts("hosts", 256)) {
                if (std::find(out.hosts.begin(), out.hosts.end(), more) == out.hosts.end()) {
                    out.hosts.push_back(more);
                }
            }
        }
    }
    if (out.hosts.size() > 256) {
        return bad("too_many", "at most 256 hosts are named at once");
    }
    for (const std::string& host : out.hosts) {
        if (!plain(host, max_name)) {
            return bad("bad_value", "a host is named as below nixosConfigurations");
        }
    }
    return core::Done{};
}

} // namespace

std::string_view to_string(WishKind kind) noexcept {
    return name_of(kind_names, kind);
}

Result<Wish> wish_from_json(const Json& value) {
    ObjectReader in(value, "operation");
    const auto name = in.text("op", 40);
    const auto kind = value_of(kind_names, name);
    if (!kind) {
        return bad("bad_value",
                   "`" + core::printable(core::shorten(name, 40)) + "` is no operation known here");
    }
    Wish wish{.kind = *kind};
    Result<core::Done> done = core::Done{};
    if (*kind <= WishKind::remove_from_list) {
        auto read = on_option(value);
        if (!read) {
            return read.problem();
        }
        wish = std::move(read).value();
        in.any("option");
        in.any("value");
        done = read_manner(in, wish);
        done = done ? read_place(in, wish) : std::move(done);
    } else if (*kind <= WishKind::create_module) {
        done = read_module(value, in, wish);
        done = done ? read_place(in, wish) : std::move(done);
    } else {
        done = read_input(value, in, wish);
    }
    if (done) {
        done = in.finish();
    }
    if (done && !is_named_for_host(wish)) {
        done = bad("bad_option", "the option is too long or too deep for an option of that user");
    }
    return done ? Result<Wish>(std::move(wish)) : done.problem();
}

Result<Request> request_from_json(const Json& value) {
    ObjectReader in(value, "operations");
    in.one_of("schema", {"agentd.ops/1", "agentd.ops/2"});
    Request out;
    const Json& list = in.any("operations");
    if (!list.is_array() || list.empty()) {
        in.refuse("operations", "has to be a list with at least one operation");
    }
    auto hosts = read_hosts(in, out);
    if (auto done = in.finish(); !done || !hosts) {
        return done ? hosts.problem() : done.problem();
    }
    if (list.size() > Request::max_operations) {
        return Problem{.code = "too_many",
                       .message = std::to_string(list.size()) + " operations; at most " +
                                  std::to_string(Request::max_operations) + " at once"};
    }
    for (const Json& item : list) {
        auto wish = wish_from_json(item);
        if (!wish) {
            Problem problem = wish.problem();
            problem.where = "operation " + std::to_string(out.operations.size());
            return problem;
        }
        out.operations.push_back(std::move(wish).value());
    }
    return out;
}

std::string describe(const Wish& wish) {
    std::string out;
    switch (wish.kind) {
    case WishKind::set_option:
    case WishKind::unset_option:
    case WishKind::add_to_list:
    case WishKind::remove_from_list:
        out = describe(Operation{.kind = static_cast<OperationKind>(wish.kind),
                                 .option = *wish.option,
                                 .value = wish.value});
        break;
    case WishKind::add_import:
        out = "import " + wish.module;
        break;
    case WishKind::remove_import:
        out = "import " + wish.module + " no longer";
        break;
    case WishKind::create_module:
        out = "make the module " + wish.module + " and import it";
        break;
    case WishKind::add_input:
        out = "add the flake input " + wish.input + " from " + wish.url;
        break;
    case WishKind::set_input_url:
        out = "take the flake input " + wish.input + " from " + wish.url;
        break;
    case WishKind::remove_input:
        out = "remove the flake input " + wish.input;
        break;
    case WishKind::bump_input:
        out = wish.input.empty() ? "bump all flake inputs" : "bump the flake input " + wish.input;
        break;
    }
    if (wish.last) { // `add 8000 to …`
        const std::string first = std::to_string(std::get<std::int64_t>(*wish.value));
        out.replace(out.find(first), first.size(), first + "-" + std::to_string(*wish.last));
    }
    out += wish.size ? " with " + std::to_string(*wish.size) + " MiB" : "";
    out += wish.weak ? " as a default" : "";
    out += wish.user.empty() ? "" : " for the user " + wish.user;
    return out + (wish.in.empty() ? "" : " in " + wish.in);
}

} // namespace agentd::proposals::plan
