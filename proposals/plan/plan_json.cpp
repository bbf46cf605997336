#include "proposals/plan/plan.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::proposals::plan {

using core::Json;
using core::ObjectReader;
using core::Problem;
using core::Result;

namespace {

constexpr std::size_t max_path = 512;
constexpr std::size_t max_files = 1'024;
constexpr std::size_t max_file = 2U << 20;

Json steps_json(const std::vector<Step>& steps) {
    Json list = Json::array();
    for (const Step& step : steps) {
        list.push_back(to_json(step));
    }
    return list;
}

Result<std::vector<Step>> steps_of(const Json& list) {
    if (!list.is_array() || list.size() > Plan::max_steps) {
        return Problem{.code = "bad_value", .message = "`steps` has to be a list of steps"};
    }
    std::vector<Step> out;
    for (const Json& item : list) {
        auto step = step_from_json(item);
        if (!step) {
            return step.problem();
        }
        out.push_back(std::move(step).value());
    }
    return out;
}

/// Texts of a list, each within its bound.
void bounded(ObjectReader& in, const char* key, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
        if (text.size() > Step::max_text) {
            in.refuse(key, "holds a text that is too long");
        }
    }
}

Result<FileEdit> edit_from_json(const Json& value) {
    ObjectReader in(value, "edit");
    FileEdit out{.path = in.text("path", max_path), .bytes = in.text("text", max_file)};
    const auto done = in.finish();
    return done ? Result<FileEdit>(std::move(out)) : done.problem();
}

} // namespace

std::string kept(std::string_view text) {
    // What hides is drawn as its number, which makes a text longer.
    constexpr auto most = Step::max_text - 8; // what says that it was cut is added
    return core::shorten(core::printable(core::shorten(core::to_utf8(text), most)), most);
}

Json to_json(const Step& step) {
    Json out{{"wish", kept(step.wish)},
             {"changed", step.changed},
             {"file", kept(step.file)},
             {"how", kept(step.how)},
             {"by_other_means", step.by_other_means},
             {"hosts", Json::array()},
             {"notes", Json::array()}};
    const auto hosts = std::min(step.hosts.size(), Step::max_hosts);
    for (std::size_t i = 0; i < hosts; ++i) {
        out["hosts"].push_back(kept(step.hosts[i]));
    }
    if (hosts < step.hosts.size()) {
        out["notes"].push_back("and " + std::to_string(step.hosts.size() - hosts) +
                               " more hosts are made of it");
    }
    for (const std::string& note : step.notes) {
        if (out["notes"].size() < Step::max_notes) {
            out["notes"].push_back(kept(note));
        }
    }
    return out;
}

Json to_json(const Planned& planned) {
    Json hosts;
    if (planned.every_host) {
        hosts = "all";
    } else if (!planned.hosts.empty()) {
        hosts = planned.hosts;
    }
    return {{"hosts", std::move(hosts)}, {"steps", steps_json(planned.steps)}};
}

Result<Json> to_json(const Plan& plan) {
    Json edits = Json::array();
    for (const FileEdit& edit : plan.edits) {
        if (!core::is_utf8(edit.path) || !edit.bytes || !core::is_utf8(*edit.bytes)) {
            return Problem{.code = "bad_encoding",
                           .message = "the file is not UTF-8",
                           .where = core::to_utf8(edit.path)};
        }
        edits.push_back({{"path", edit.path}, {"text", *edit.bytes}});
    }
    return Json{{"schema", "agentd.planned/1"},
                {"steps", steps_json(plan.steps)},
                {"edits", std::move(edits)}};
}

Result<Step> step_from_json(const Json& value) {
    ObjectReader in(value, "step");
    Step out{.wish = in.text("wish", Step::max_text),
             .changed = in.boolean("changed"),
             .file = in.text("file", Step::max_text),
             .hosts = in.texts("hosts", Step::max_hosts),
             .how = in.text("how", Step::max_text),
             .notes = in.texts("notes", Step::max_notes)};
    bounded(in, "hosts", out.hosts);
    bounded(in, "notes", out.notes);
    if (in.has("by_other_means")) { // an entry from before does not say it: nobody knows
        out.by_other_means = in.boolean("by_other_means");
    }
    const auto done = in.finish();
    return done ? Result<Step>(std::move(out)) : done.problem();
}

Result<Planned> planned_from_json(const Json& value) {
    ObjectReader in(value, "plan");
    Planned out;
    const Json& hosts = in.any("hosts");
    out.every_host = hosts.is_string() && hosts.get<std::string>() == "all";
    if (!hosts.is_null() && !out.every_host) {
        out.hosts = in.texts("hosts", 256);
        bounded(in, "hosts", out.hosts);
    }
    auto steps = steps_of(in.any("steps"));
    if (const auto done = in.finish(); !done || !steps) {
        return done ? steps.problem() : done.problem();
    }
    out.steps = std::move(steps).value();
    return out;
}

Result<Plan> plan_from_json(const Json& value) {
    ObjectReader in(value, "plan");
    in.one_of("schema", {"agentd.planned/1"});
    auto steps = steps_of(in.any("steps"));
    const Json& edits = in.any("edits");
    if (!edits.is_array() || edits.size() > max_files) {
        in.refuse("edits", "has to be a list of files");
    }
    if (const auto done = in.finish(); !done || !steps) {
        return done ? steps.problem() : done.problem();
    }
    Plan out{.steps = std::move(steps).value()};
    for (const Json& item : edits) {
        auto edit = edit_from_json(item);
        if (!edit) {
            return edit.problem();
        }
        out.edits.push_back(std::move(edit).value());
    }
    return out;
}

} // namespace agentd::proposals::plan
