#include "agentd/planners/words.hpp"

#include "agentd/core/text.hpp"
#include "agentd/planners/ports.hpp"
#include "agentd/planners/sentence.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace agentd::planners {

namespace {

using core::Problem;
using proposals::Operation;
using proposals::OperationKind;
using proposals::OptionPath;
using proposals::PackageAttr;
using proposals::Value;

// What people call a service, and what nixpkgs does.
constexpr std::array<std::array<std::string_view, 2>, 8> other_names{{{"ssh", "openssh"},
                                                                      {"sshd", "openssh"},
                                                                      {"postgres", "postgresql"},
                                                                      {"psql", "postgresql"},
                                                                      {"redis-server", "redis"},
                                                                      {"mariadb", "mysql"},
                                                                      {"cron", "cron"},
                                                                      {"avahi-daemon", "avahi"}}};

std::string quoted(std::string_view text) {
    return "`" + core::printable(core::shorten(text, 60)) + "`";
}

std::string did_you_mean(const std::vector<std::string>& near, std::string_view otherwise) {
    return near.empty() ? std::string(otherwise) : "did you mean `" + core::join(near, "` or `") + "`?";
}

// Collects operations and the words for the title.
class Planning {
  public:
    explicit Planning(const CatalogView& catalog) : catalog_(catalog) {}

    std::optional<Problem> add(const Clause& clause) {
        switch (clause.verb) {
        case Verb::install:
            return packages(clause, OperationKind::add_to_list, "install ");
        case Verb::remove:
            return packages(clause, OperationKind::remove_from_list, "remove ");
        case Verb::open:
            return ports(clause, OperationKind::add_to_list, "open ");
        case Verb::close:
            return ports(clause, OperationKind::remove_from_list, "close ");
        case Verb::enable:
            return services(clause, true, "enable ");
        case Verb::disable:
            return services(clause, false, "disable ");
        }
        return std::nullopt;
    }

    std::vector<proposals::plan::Wish> take() const {
        std::vector<proposals::plan::Wish> out;
        for (const Operation& operation : operations_) {
            out.push_back({.kind = static_cast<proposals::plan::WishKind>(operation.kind),
                           .option = operation.option,
                           .value = operation.value});
        }
        return out;
    }

    std::string title() const {
        std::string out = core::join(phrases_, ", ");
        out.front() = static_cast<char>(out.front() - 'a' + 'A');
        return core::shorten(out, 120);
    }

  private:
    std::optional<Problem> put(OperationKind kind, std::string_view option, Value value) {
        const auto path = OptionPath::parse(option);
        if (!path || !catalog_.has_option(option)) {
            return Problem{.code = "unknown_option",
                           .message = "this host has no option " + quoted(option)};
        }
        Operation made{.kind = kind, .option = *path, .value = std::move(value)};
        for (const Operation& other : operations_) {
            if (other == made) {
                return std::nullopt;
            }
            if (contradict(other, made)) {
                return Problem{.code = "contradiction",
                               .message = "the goal asks for " + quoted(describe(other)) +
                                          " and for " + quoted(describe(made))};
            }
        }
        operations_.push_back(std::move(made));
        if (operations_.size() > proposals::plan::Request::max_operations) {
            return Problem{.code = "too_many", .message = "the goal asks for more than 64 changes"};
        }
        return std::nullopt;
    }

    static bool contradict(const Operation& a, const Operation& b) {
        return a.option == b.option &&
               (a.kind == OperationKind::set_option || (a.kind != b.kind && a.value == b.value));
    }

    void say(std::string_view verb, std::vector<std::string> things) {
        std::string list = things.back();
        things.pop_back();
        if (!things.empty()) {
            list = core::join(things, ", ") + " and " + list;
        }
        phrases_.push_back(std::string(verb) + list);
    }

    std::optional<std::string> find_package(const Word& word) const {
        // As written first: some attributes have capitals, most people do not mean theirs.
        for (const std::string& name : {word.text, word.lower}) {
            const std::string bare = name.starts_with("pkgs.") ? name.substr(5) : name;
            if (PackageAttr::parse(bare) && catalog_.has_package(bare)) {
                return bare;
            }
        }
        return std::nullopt;
    }

    std::optional<Problem> packages(const Clause& clause, OperationKind kind,
                                    std::string_view verb) {
        std::vector<std::string> names;
        for (const Word& word : clause.objects) {
            const auto name = find_package(word);
            if (!name) {
                return Problem{.code = "unknown_package",
                               .message = "this host's packages have no " + quoted(word.text),
                               .hint = did_you_mean(catalog_.nearest_packages(word.lower),
                                                    "look its name up: nix search nixpkgs WORD")};
            }
            const auto attribute = PackageAttr::parse(*name);
            if (auto problem = put(kind, "environment.systemPackages", *attribute)) {
                return problem;
            }
            names.push_back(*name);
        }
        say(verb, std::move(names));
        return std::nullopt;
    }

    std::optional<std::string> find_service(std::string_view name) const {
        if (auto option = catalog_.service_option(name)) {
            return option;
        }
        for (const auto& [called, real] : other_names) {
            if (called == name) {
                return catalog_.service_option(real);
            }
        }
        return std::nullopt;
    }

    std::optional<Problem> services(const Clause& clause, bool on, std::string_view verb) {
        std::vector<std::string> names;
        for (const Word& word : clause.objects) {
            std::string_view name = word.lower;
            name.remove_prefix(name.starts_with("services.") ? 9 : 0);
            name.remove_suffix(name.ends_with(".service") ? 8 : 0);
            auto option = find_service(name);
            if (!option) {
                option = find_service(strip_case(word.text, name.size()));
            }
            if (!option) {
                return Problem{.code = "unknown_service",
                               .message = "this host has no service " + quoted(word.text) +
                                          " that can be enabled",
                               .hint = did_you_mean(catalog_.nearest_services(name),
                                                    "services have the names of services.NAME.enable, like nginx")};
            }
            if (auto problem = put(OperationKind::set_option, *option, on)) {
                return problem;
            }
            names.emplace_back(name);
        }
        say(verb, std::move(names));
        return std::nullopt;
    }

    // The same part of the word as it was written.
    static std::string_view strip_case(std::string_view text, std::size_t size) {
        const bool prefixed = core::to_lower(text.substr(0, 9)) == "services.";
        return text.substr(prefixed ? 9 : 0, size);
    }

    std::optional<Problem> ports(const Clause& clause, OperationKind kind, std::string_view verb);

    const CatalogView& catalog_;
    std::vector<Operation> operations_{};
    std::vector<std::string> phrases_{};
};

std::optional<Problem> Planning::ports(const Clause& clause, OperationKind kind,
                                       std::string_view verb) {
    const auto list = read_ports(clause);
    if (!list) {
        return list.problem();
    }
    std::vector<std::string> names;
    for (const Port& port : *list) {
        const bool udp = port.protocol == "udp";
        const std::string_view option =
            udp ? "networking.firewall.allowedUDPPorts" : "networking.firewall.allowedTCPPorts";
        if (auto problem = put(kind, option, port.number)) {
            return problem;
        }
        names.push_back(std::string(udp ? "UDP" : "TCP") + " port " + std::to_string(port.number));
    }
    say(verb, std::move(names));
    return std::nullopt;
}

std::optional<Problem> check_goal(std::string_view goal) {
    if (goal.size() > max_goal_bytes) {
        return Problem{.code = "bad_goal", .message = "the goal is longer than 1000 bytes"};
    }
    if (!core::is_utf8(goal)) {
        return Problem{.code = "bad_goal", .message = "the goal is not UTF-8"};
    }
    for (const auto line : core::lines(goal)) {
        if (!core::hidden_code_points(line).empty()) {
            return Problem{.code = "bad_goal", .message = "the goal holds hidden characters"};
        }
    }
    return std::nullopt;
}

std::string one_line(std::string_view text) {
    std::string out(core::trim(text));
    std::replace(out.begin(), out.end(), '\n', ' ');
    std::replace(out.begin(), out.end(), '\t', ' ');
    return out;
}

} // namespace

core::Result<Plan> plan_words(std::string_view goal, const core::HostName& host,
                              const CatalogView& catalog) {
    if (auto problem = check_goal(goal)) {
        return *problem;
    }
    const auto clauses = read_sentence(goal);
    if (!clauses) {
        return clauses.problem();
    }
    Planning planning(catalog);
    for (const Clause& clause : *clauses) {
        if (auto problem = planning.add(clause)) {
            return *problem;
        }
    }
    std::string title = planning.title();
    return Plan{.operations = {.hosts = {host.str()}, .operations = planning.take()},
                .title = std::move(title),
                .rationale = "Asked for in plain words: \u201c" + one_line(goal) + "\u201d"};
}

const std::vector<std::string>& example_goals() {
    static const std::vector<std::string> examples{
        "install ripgrep and fd",          "remove nano",  "open port 8080", "close port 53/udp",
        "enable redis and open port 6379", "disable nginx"};
    return examples;
}

} // namespace agentd::planners
