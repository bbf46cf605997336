// Modules of the repository: import one, drop one, make one.
#include "agentd/planners/goal/clause.hpp"
#include "agentd/planners/goal/names.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Problem;
using core::Result;

Result<Made> imports(const State& match, const Situation& in, WishKind kind) {
    Made out;
    for (const Item& module : match.items("modules")) {
        Wish wish{.kind = kind, .user = in.scope.user, .module = module.text};
        out.wishes.push_back(std::move(wish));
    }
    return out;
}
Result<Made> import(const State& match, const Situation& in) {
    return imports(match, in, WishKind::add_import);
}
Result<Made> drop(const State& match, const Situation& in) {
    return imports(match, in, WishKind::remove_import);
}

/// The last name of what it switches on: `services.fail2ban.enable`.
std::string name_after(const std::string& option) {
    const auto path = proposals::OptionPath::parse(option);
    const auto& parts = path->parts();
    return parts[parts.size() < 2 ? 0 : parts.size() - 2];
}

Result<Made> create(const State& match, const Situation&) {
    Wish wish{.kind = WishKind::create_module};
    for (const Item& service : match.items("services")) {
        if (service.text.empty()) {
            return Problem{.code = "unknown_service",
                           .message = "no service or program is known here by the name " +
                                      quoted(service.more),
                           .hint = "say its option: create a module that enables services." +
                                   service.more + ".enable"};
        }
        const Wish one = set(service.text, true);
        wish.settings.push_back({.option = *one.option, .value = *one.value});
    }
    for (const Item& service : match.has("open") ? match.items("services") : Items{}) {
        const Service* known = service_of(service.text);
        if (known == nullptr || known->firewall.empty()) {
            return Problem{.code = "unknown_service",
                           .message =
                               "which ports " + quoted(service.more) + " needs is not known here",
                           .hint = "say the port by itself: open port 8080"};
        }
        const Wish one = set(known->firewall, true);
        wish.settings.push_back({.option = *one.option, .value = *one.value});
    }
    for (const Item& option : match.items("options")) {
        const Wish one = set(option.text, true);
        wish.settings.push_back({.option = *one.option, .value = *one.value});
    }
    for (const Item& setting : match.items("settings")) {
        const Wish one = set(setting.text, *setting.value);
        wish.settings.push_back({.option = *one.option, .value = *one.value});
    }
    if (wish.settings.empty()) {
        return Problem{.code = "bad_value", .message = "a module has to say something"};
    }
    wish.module = match.has("newmodule") ? match.text("newmodule")
                                         : name_after(wish.settings.front().option.str());
    if (match.has("folder")) {
        wish.module = match.text("folder") + "/" + wish.module;
    }
    return only(std::move(wish));
}

constexpr auto patterns = std::to_array<Pattern>({
    {"(import|use|include|pull in|add|load|bring in) [existing|optional|service|shared|nixos] "
     "[existing|optional|service|shared|nixos] (module|modules|file) {modules} "
     "[we have|that is there|that we have]",
     import, "import the module docker.nix", About::users},
    {"(import|use|include|pull in|add|load|bring in) [existing|optional|shared|nixos] {modules} "
     "(module|modules) [we have|that is there|that we have]",
     import, "", About::users},
    {"import {modules}", import, "", About::users},
    {"(drop|remove|stop importing|stop using|stop including|no longer "
     "(import|use|include)|unimport) "
     "[existing|optional|service|shared] (module|modules|file|import|import of) {modules}",
     drop, "drop the module docker.nix", About::users},
    {"(drop|remove|stop importing|stop using|stop including|no longer "
     "(import|use|include)|unimport) "
     "[existing|optional|service|shared] {modules} (module|modules|import)",
     drop, "", About::users},
    {"(stop importing|no longer import|unimport|do not import|don't import|not import|no longer "
     "imports) {modules} [module|any more|any longer|anymore]",
     drop, "", About::users},
    {"(no longer (runs|uses|needs|imports|has|includes|serves)|stops (running|using|serving)) "
     "{modules} "
     "[:|;|,] [so|and] (drop|remove|do not import|don't import) (that|this|its) [service] "
     "(module|import) [any more|any longer|anymore]",
     drop, "", About::users},
    {"(does not|doesn't) (run|use|need|import|have|include|serve) {modules} (any more|any "
     "longer|anymore) [:|;|,] [so|and] (drop|remove|do not import|don't import) (that|this|its) "
     "[service] (module|import) [any more|any longer|anymore]",
     drop, "", About::users},
    {"(create|make|add|write) [new] [{folder}] module [(called|named) {newmodule}] [in {folder}] "
     "(that|which|to) (enables|enable|turns on|turn on|switches on|starts|runs) {services} "
     "[[,] (and|then) (import|imports|use|uses) it]",
     create, "create a module that enables fail2ban and import it"},
    {"(create|make|add|write) [new] [{folder}] module [(called|named) {newmodule}] [in {folder}] "
     "(that|which|to) (enables|enable|turns on|turn on|switches on) {options} "
     "[[,] (and|then) (import|imports) it]",
     create},
    {"(create|make|add|write) [new] module [called|named] {newmodule} (that|which|to) "
     "(sets|set) {settings} [[,] (and|then) (import|imports) it]",
     create, "create the module core/ssh that sets services.openssh.enable to true"},
    {"(create|make|add|write) [new] module [called|named] {newmodule} [in {folder}] "
     "(that|which|to) "
     "(enables|enable|turns on|turn on) {services} [[,] (and|then) (import|imports|use|uses) it]",
     create},
    {"(create|make|add|write) [new] module [called|named] {newmodule} [in {folder}] "
     "(that|which|to) (enables|enable|turns on|turn on) {services} and (opens|open) (its|their) "
     "(firewall|port|ports) {nothing:open} [[,] (and|then) (import|imports|use|uses) it]",
     create},
});

} // namespace

Patterns module_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
