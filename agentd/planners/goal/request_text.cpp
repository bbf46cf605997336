#include "agentd/planners/goal/request_text.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"

namespace agentd::planners::goal {

namespace {

using proposals::plan::Request;
using proposals::plan::Setting;
using proposals::plan::Wish;
using proposals::plan::WishKind;

std::string in_quotes(const std::string& text) {
    return text.find('"') == std::string::npos ? "\"" + text + "\"" : "`" + text + "`";
}

std::string say(const proposals::Value& value) {
    return core::match(
        value, [](proposals::Null) { return std::string("null"); },
        [](bool one) { return std::string(one ? "true" : "false"); },
        [](std::int64_t one) { return std::to_string(one); },
        [](const std::string& one) { return in_quotes(one); },
        [](const proposals::PackageAttr& one) { return "the package \"" + one.str() + "\""; },
        [](const proposals::Strings& all) {
            std::string out = "[";
            for (const std::string& one : all) {
                out += " " + in_quotes(one);
            }
            return out + " ]";
        });
}

std::string element(const Wish& wish) {
    return say(*wish.value) + (wish.last ? "-" + std::to_string(*wish.last) : "");
}

std::string settings(const std::vector<Setting>& all) {
    std::vector<std::string> out;
    for (const Setting& one : all) {
        out.push_back(one.option.str() + " to " + say(one.value));
    }
    return core::join(out, " and ");
}

std::string without_scope(const Wish& wish) {
    const std::string option = wish.option ? wish.option->str() : "";
    std::string out;
    switch (wish.kind) {
    case WishKind::set_option:
        out = "set " + option + " to " + say(*wish.value) + (wish.weak ? " as default" : "") +
              (wish.fresh ? " where nothing else is set" : "");
        break;
    case WishKind::unset_option:
        out = "unset " + option;
        break;
    case WishKind::add_to_list:
        out = wish.size ? "create a swap file of " + std::to_string(*wish.size) + "M at " +
                              std::get<std::string>(*wish.value)
                        : "add " + element(wish) + " to " + option;
        break;
    case WishKind::remove_from_list:
        out = "remove " + element(wish) + " from " + option;
        break;
    case WishKind::add_import:
        out = "import the module " + in_quotes(wish.module);
        break;
    case WishKind::remove_import:
        out = "stop importing the module " + in_quotes(wish.module);
        break;
    case WishKind::create_module:
        out =
            "create the module " + in_quotes(wish.module) + " that sets " + settings(wish.settings);
        break;
    case WishKind::add_input:
        out = "add the flake input " + in_quotes(wish.input) + " from " + wish.url;
        out += wish.follows.empty() ? "" : " following " + core::join(wish.follows, " and ");
        break;
    case WishKind::set_input_url:
        out = "switch the flake input " + in_quotes(wish.input) + " to " + wish.url;
        break;
    case WishKind::remove_input:
        out = "remove the flake input " + in_quotes(wish.input);
        break;
    case WishKind::bump_input:
        out = wish.input.empty() ? "bump all inputs" : "bump the input " + in_quotes(wish.input);
        break;
    }
    return out;
}

std::string of_whom(const Wish& wish) {
    return wish.user.empty() ? "" : "for the user " + in_quotes(wish.user);
}

std::string where(const Wish& wish) {
    return wish.in.empty() ? "" : "in the module " + in_quotes(wish.in);
}

/// For the last of several: behind it a scope could be one of all, before it it is its own.
std::string say_apart(const Wish& wish) {
    std::string out;
    for (const std::string& scope : {of_whom(wish), where(wish)}) {
        out += scope.empty() ? "" : scope + ", ";
    }
    return out + without_scope(wish);
}

} // namespace

std::string say(const Wish& wish) {
    std::string out = without_scope(wish);
    for (const std::string& scope : {of_whom(wish), where(wish)}) {
        out += (scope.empty() ? "" : " ") + scope;
    }
    return out;
}

std::string say(const Request& request) {
    std::vector<std::string> wishes;
    bool bare = false; // some wish before it has neither a user nor a module
    for (const Wish& wish : request.operations) {
        const bool last = &wish == &request.operations.back();
        wishes.push_back(last && bare ? say_apart(wish) : say(wish));
        bare = bare || (wish.user.empty() && wish.in.empty());
    }
    const std::string all = core::join(wishes, ", and ");
    if (request.every_host) {
        return "on all hosts, " + all;
    }
    std::vector<std::string> hosts;
    for (const std::string& host : request.hosts) {
        hosts.push_back(in_quotes(host));
    }
    return hosts.empty() ? all : "on host " + core::join(hosts, " and ") + ", " + all;
}

} // namespace agentd::planners::goal
