#include "agentd/stages/already.hpp"

#include "agentd/stages/proof_values.hpp"
#include "proposals/option_change.hpp"

#include <nlohmann/json.hpp>

namespace agentd::stages {

using core::Problem;
using evaluator::OptionValues;
using proposals::Operation;
using proposals::OperationKind;
using proposals::plan::Request;
using proposals::plan::Wish;

namespace {

enum class So { yes, no, unknown };

/// By its text a package is known only where its name is that of its attribute.
bool is_certain(const proposals::Value& wanted) {
    return !std::holds_alternative<proposals::PackageAttr>(wanted);
}

So is_so(const Operation& wanted, const OptionValues& values) {
    core::Json now;
    if (find_value(values, wanted.option.parts(), now) == nullptr || veiled(now) || !wanted.value) {
        return So::unknown;
    }
    if (wanted.kind == OperationKind::set_option) {
        const Had had = has(now, *wanted.value);
        return had == Had::yes                               ? So::yes
               : had == Had::no && is_certain(*wanted.value) ? So::no
                                                             : So::unknown;
    }
    if (wanted.kind == OperationKind::unset_option || !now.is_array()) {
        return So::unknown;
    }
    const bool there = has_element(now, *wanted.value);
    const bool wished = wanted.kind == OperationKind::add_to_list;
    if (there == wished) {
        return wished || is_certain(*wanted.value) ? So::yes : So::unknown;
    }
    return there || is_certain(*wanted.value) ? So::no : So::unknown;
}

So is_so(const Wish& wish, const OptionValues& values, std::string& where) {
    const auto operations = on_options(wish);
    So all = operations.empty() || wish.last || wish.size ? So::unknown : So::yes;
    for (const Operation& each : operations) {
        const So one = is_so(each, values);
        // What may be outdone elsewhere can stand in its file, and count for nothing.
        if (one == So::no && !wish.weak && wish.in.empty() && !wish.last && !wish.size) {
            where = proposals::option_name(each.option.parts());
            return So::no;
        }
        all = one == So::yes ? all : So::unknown;
    }
    return all;
}

} // namespace

evaluator::OptionWords words_of(const Request& request) {
    evaluator::OptionWords words;
    for (const Wish& wish : request.operations) {
        for (const Operation& each : on_options(wish)) {
            words.insert(each.option.parts().begin(), each.option.parts().end());
        }
    }
    return words;
}

Problem held_against(Problem said, const Request& request, const std::string& host,
                     const core::Result<OptionValues>& values) {
    So all = values ? So::yes : So::unknown;
    for (const Wish& wish : request.operations) {
        std::string where;
        const So one = values ? is_so(wish, *values, where) : So::unknown;
        if (one == So::no) {
            return {.code = "analysis_failed",
                    .message = "agentd-analyze says that the files say all of this already, and " +
                               host + ", evaluated, says otherwise of " + where,
                    .where = where,
                    .hint = said.hint};
        }
        all = one == So::yes ? all : So::unknown;
    }
    said.message = all == So::yes
                       ? "the files say all of this already: " + host + ", evaluated, has it so"
                       : said.message + "; not proved by evaluation";
    return said;
}

} // namespace agentd::stages
