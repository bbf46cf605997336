#include "agentd/planners/operation_check.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::planners {

using core::Json;
using core::Problem;
using evaluator::Fit;
using evaluator::Fitting;
using evaluator::LookUp;
using evaluator::OptionIndex;
using evaluator::OptionType;
using evaluator::Standing;
using proposals::Operation;
using proposals::OperationKind;

namespace {

Problem about(const Operation& operation, std::string code, std::string message, std::string hint) {
    return {.code = std::move(code),
            .message = std::move(message),
            .where = operation.option.str(),
            .hint = std::move(hint)};
}

Problem unknown(const Operation& operation, const LookUp& found) {
    if (found.standing == Standing::a_set) {
        return about(operation, "unknown_option",
                     operation.option.str() + " is no option, but a set of them",
                     "agentctl options show " + operation.option.str() + " names those below it");
    }
    return about(operation, "unknown_option", "the host has no option " + operation.option.str(),
                 found.nearest.empty() ? "agentctl options search WORDS finds one"
                                       : "near it: " + core::join(found.nearest, ", "));
}

/// What a package stands for cannot be seen from outside; that there is one can.
bool is_package(const Operation& operation) {
    return operation.value && std::holds_alternative<proposals::PackageAttr>(*operation.value);
}

std::optional<Problem> wrong_package(const Operation& operation, const OptionIndex& index) {
    const auto& name = std::get<proposals::PackageAttr>(*operation.value).str();
    if (name.find('.') != std::string::npos || index.package(name)) {
        return std::nullopt; // of sets within the packages only their own names are known
    }
    const auto near = index.nearest_packages(name);
    return about(operation, "unknown_package", "there is no package " + name,
                 near.empty() ? "agentctl packages search WORDS finds one"
                              : "near it: " + core::join(near, ", "));
}

/// As the module system would see it; what is a package is judged elsewhere.
Json plain(const proposals::Value& value) {
    return core::match(
        value, [](proposals::Null) { return Json(); }, [](bool v) { return Json(v); },
        [](std::int64_t v) { return Json(v); }, [](const std::string& v) { return Json(v); },
        [](const proposals::PackageAttr& v) { return Json(v.str()); },
        [](const proposals::Strings& v) { return Json(v); });
}

/// Of a list operation the type of an element.
const OptionType* type_for(const Operation& operation, const OptionType& type) {
    const bool item = operation.kind == OperationKind::add_to_list ||
                      operation.kind == OperationKind::remove_from_list;
    if (!item) {
        return &type;
    }
    return type.name == "listOf" ? type.inner("elemType") : nullptr;
}

Problem wrong_type(const Operation& operation, const OptionType& type, std::string why) {
    return about(operation, "wrong_type", std::move(why),
                 operation.option.str() + " takes: " +
                     core::shorten(type.description.empty() ? type.name : type.description, 200));
}

/// A type that holds one plain value: neither a list nor a package can stand there.
bool is_single(const OptionType& type) {
    return evaluator::fits(type, Json::array()).fit == evaluator::Fit::does_not &&
           evaluator::fits(type, Json::array({Json::array()})).fit == evaluator::Fit::does_not;
}

Fitting fitting_of(const Operation& operation, const OptionType& type) {
    const auto* wanted = type_for(operation, type);
    if (wanted == nullptr) {
        return is_single(type)
                   ? Fitting{.fit = Fit::does_not, .why = operation.option.str() + " is not a list"}
                   : Fitting{};
    }
    if (!operation.value) {
        return {.fit = Fit::fits};
    }
    if (!is_package(operation)) {
        return evaluator::fits(*wanted, plain(*operation.value));
    }
    // A package is as good as its path, where a text or a path is wanted.
    const bool never =
        is_single(*wanted) && evaluator::fits(*wanted, Json("/nix/store/x")).fit == Fit::does_not;
    return never ? Fitting{.fit = Fit::does_not, .why = "a package is not what it takes"}
                 : Fitting{.fit = Fit::fits};
}

std::optional<Problem> refusal_of(const Operation& operation, const LookUp& found,
                                  const OptionIndex& index) {
    if (found.standing == Standing::unknown || found.standing == Standing::a_set) {
        return unknown(operation, found);
    }
    if (found.standing == Standing::renamed) {
        return about(operation, "renamed_option",
                     operation.option.str() + " has another name now: " + found.option->new_name,
                     "use " + found.option->new_name);
    }
    if (found.standing == Standing::declared && found.option->read_only) {
        return about(operation, "read_only_option",
                     operation.option.str() + " is read-only: the system sets it",
                     "agentctl options show " + operation.option.str());
    }
    return is_package(operation) ? wrong_package(operation, index) : std::nullopt;
}

/// `whole`: the value is all of what is meant, and not a part of it.
core::Result<core::Done> check(const Operation& operation, bool whole, const OptionIndex& index,
                               std::vector<std::string>& unchecked) {
    // What is unset or taken away stands in a file: an option that is gone, too.
    if (operation.kind == OperationKind::unset_option ||
        operation.kind == OperationKind::remove_from_list) {
        return core::Done{};
    }
    const auto found = index.look_up(operation.option);
    if (auto refusal = refusal_of(operation, found, index)) {
        return std::move(*refusal);
    }
    auto fitting = found.standing == Standing::unchecked || !whole
                       ? Fitting{}
                       : fitting_of(operation, found.type);
    if (fitting.fit == Fit::does_not) {
        return wrong_type(operation, found.type, std::move(fitting.why));
    }
    if (fitting.fit == Fit::unknown) {
        unchecked.push_back(operation.option.str());
    }
    return core::Done{};
}

} // namespace

core::Result<std::vector<std::string>> check_operations(const proposals::plan::Request& request,
                                                        const OptionIndex& index) {
    std::vector<std::string> unchecked;
    for (const auto& wish : request.operations) {
        const bool whole = !wish.last && !wish.size; // of a range, or of a swap file with its size
        for (const Operation& operation : on_options(wish)) {
            if (auto done = check(operation, whole, index, unchecked); !done) {
                return done.problem();
            }
        }
    }
    return unchecked;
}

} // namespace agentd::planners
