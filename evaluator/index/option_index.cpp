#include "evaluator/index/option_index.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/index/index_file.hpp"
#include "evaluator/index/index_state.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace agentd::evaluator {
namespace {

using store::Statement;

std::string enable_of(std::string_view service) {
    return "services." + std::string(service) + ".enable";
}

/// Spelled as the options of a set are declared: `<name>` and `*` stand for any part.
class Walk {
  public:
    explicit Walk(store::Database& database) : database_(database) {}

    /// As the index spells a part: bare, or quoted as JSON and Nix do.
    static std::string spelled(const std::string& part) {
        const bool bare = !part.empty() &&
                          (std::isdigit(static_cast<unsigned char>(part[0])) == 0) &&
                          part[0] != '-' && part[0] != '\'' &&
                          std::all_of(part.begin(), part.end(), [](unsigned char c) {
                              return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '\'';
                          });
        return bare ? part
                    : core::Json(part).dump(-1, ' ', false, core::Json::error_handler_t::replace);
    }

    /// Every spelling under which something is declared at or below the path, one part longer.
    std::vector<std::string> step(const std::vector<std::string>& from, const std::string& part) {
        std::vector<std::string> out;
        for (const auto& start : from) {
            for (const auto& name : {spelled(part), std::string("<name>"), std::string("*")}) {
                auto longer = start.empty() ? name : start + "." + name;
                if (leads_on(longer)) {
                    out.push_back(std::move(longer));
                }
            }
        }
        return out;
    }

    std::optional<IndexedOption> option(std::string_view path) {
        auto row = database_.prepare("SELECT" + std::string(option_columns) +
                                     "FROM option o WHERE o.path = ?");
        row.bind(path);
        return row.step() ? std::optional(read_option(row)) : std::nullopt;
    }

  private:
    bool leads_on(const std::string& path) {
        auto row =
            database_.prepare("SELECT 1 FROM option WHERE path = ? OR (path > ? AND path < ?) "
                              "LIMIT 1");
        row.bind(path, path + ".", path + "/"); // '/' is the byte after '.'
        return row.step();
    }
    store::Database& database_;
};

/// Down the type of an option, a name at a time.
LookUp inside(IndexedOption option, std::size_t names) {
    const OptionType* type = &option.type;
    for (; names > 0; --names) {
        const auto found = below(*type);
        if (found.anything) {
            return {.standing = Standing::unchecked, .option = std::move(option)};
        }
        type = found.type;
        if (type == nullptr) {
            return {.option = std::move(option)};
        }
    }
    const OptionType found = *type;
    return {.standing = Standing::within, .option = std::move(option), .type = found};
}

LookUp standing_of(IndexedOption option) {
    if (!option.new_name.empty()) {
        return {.standing = Standing::renamed, .option = std::move(option)};
    }
    auto type = option.type;
    return {.standing = Standing::declared, .option = std::move(option), .type = std::move(type)};
}

} // namespace

std::vector<std::string> OptionIndex::State::texts(std::string_view sql) {
    std::vector<std::string> out;
    auto row = database.prepare(sql);
    while (row.step()) {
        out.push_back(row.text(0));
    }
    return out;
}

OptionIndex::OptionIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
OptionIndex::~OptionIndex() = default;

const std::string& OptionIndex::file() const noexcept {
    return state_->database.path();
}

std::unique_ptr<OptionIndex> OptionIndex::open(const std::string& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        return nullptr;
    }
    try {
        auto state = std::make_unique<State>(file);
        if (state->texts("SELECT schema FROM about") != std::vector{index_schema()}) {
            return nullptr;
        }
        state->cut = state->database.number("SELECT cut FROM about").value_or(0) != 0;
        return std::unique_ptr<OptionIndex>(new OptionIndex(std::move(state)));
    } catch (const core::Failure& failure) {
        if (failure.kind() == core::FailureKind::misconfigured) {
            throw;
        }
        return nullptr; // damaged, or of another program
    }
}

std::optional<IndexedOption> OptionIndex::option(std::string_view path) const {
    return Walk(state_->database).option(path);
}

LookUp OptionIndex::look_up(const proposals::OptionPath& path) const {
    Walk walk(state_->database);
    std::vector<std::string> spellings{""};
    std::optional<IndexedOption> around;
    std::size_t inner = 0; // names behind `around`
    std::string spelled;   // as far as something is declared, and then as it was asked for
    for (const auto& part : path.parts()) {
        spellings = walk.step(spellings, part);
        spelled = !spellings.empty() ? spellings.front()
                  : spelled.empty()  ? Walk::spelled(part)
                                     : spelled + "." + Walk::spelled(part);
        ++inner;
        for (const auto& spelling : spellings) {
            if (auto option = walk.option(spelling)) {
                around = std::move(option);
                inner = 0;
                break;
            }
        }
    }
    if (around && inner == 0) {
        return standing_of(std::move(*around));
    }
    LookUp out = around ? inside(std::move(*around), inner) : LookUp{};
    const bool one_value = out.standing == Standing::within && out.type.name != "submodule";
    if (!spellings.empty() && !one_value) {
        out.standing = Standing::a_set;
        return out;
    }
    if (out.standing == Standing::unknown && state_->cut) {
        out.standing = Standing::unchecked;
    } else if (out.standing == Standing::unknown) {
        out.nearest = nearest_options(spelled);
    }
    return out;
}

core::Result<LookUp> OptionIndex::show(std::string_view path) const {
    constexpr std::int64_t most_below = 64;
    LookUp out;
    std::string start(path);
    if (auto option = this->option(path)) {
        out = standing_of(std::move(*option));
    } else if (const auto parsed = proposals::OptionPath::parse(path)) {
        out = look_up(*parsed);
        start = out.standing == Standing::declared ? out.option->path : parsed->str();
    } else {
        return core::Problem{.code = "bad_path",
                             .message = "`" + core::printable(core::shorten(path, 80)) +
                                        "` is no path of an option",
                             .hint = "names with dots between them, like services.nginx.enable; "
                                     "agentctl options search WORDS finds one"};
    }
    auto row = state_->database.prepare("SELECT path FROM option WHERE path > ? AND path < ? AND "
                                        "hidden = 0 ORDER BY path LIMIT ?");
    row.bind(start + ".", start + "/", most_below);
    while (row.step()) {
        out.below.push_back(row.text(0));
    }
    return out;
}

bool OptionIndex::has_service(std::string_view name) const {
    return option(enable_of(name)).has_value();
}

std::optional<IndexedPackage> OptionIndex::package(std::string_view attribute) const {
    auto row = state_->database.prepare(
        "SELECT attribute, pname, version FROM package WHERE attribute = ?");
    row.bind(attribute);
    return row.step() ? std::optional(IndexedPackage{row.text(0), row.text(1), row.text(2)})
                      : std::nullopt;
}

std::optional<proposals::map::EvaluatedHost> OptionIndex::places(std::string host) const {
    auto out = read_places(state_->database);
    if (out) {
        out->name = std::move(host);
    }
    return out;
}

std::size_t OptionIndex::options() const {
    return static_cast<std::size_t>(
        state_->database.number("SELECT count(*) FROM option WHERE hidden = 0").value_or(0));
}

std::size_t OptionIndex::packages() const {
    return static_cast<std::size_t>(
        state_->database.number("SELECT count(*) FROM package").value_or(0));
}

} // namespace agentd::evaluator
