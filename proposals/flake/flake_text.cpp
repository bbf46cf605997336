#include "proposals/flake/flake_text.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"
#include "proposals/nix/tree.hpp"

#include <algorithm>

namespace agentd::proposals::flake {

namespace {

using nix::NodeId;
using nix::NodeKind;
using Names = std::vector<std::string>;

bool is_set(NodeKind kind) {
    return kind == NodeKind::set || kind == NodeKind::rec_set;
}

class FlakeReader {
  public:
    FlakeReader(const nix::Tree& tree, std::string_view path) : tree_(tree), path_(path) {}

    FlakeText read() {
        const NodeId root = nix::bare(tree_, tree_.root());
        if (!is_set(tree_.kind(root))) {
            refuse(root, "flake_unreadable", "flake.nix has to be one set, written out",
                   "Nix takes no flake.nix that is computed");
            return std::move(out_);
        }
        each_of(root, {});
        if (too_much_) {
            return unreadable(path_);
        }
        std::sort(settings_.begin(), settings_.end());
        out_.settings = core::join(settings_, "\n");
        out_.inputs.erase("self");
        complete(out_.inputs, true);
        for (const std::string& name : arguments_) {
            out_.inputs.try_emplace(
                name,
                DeclaredInput{.place = {{"type", "indirect"}, {"id", name}}, .of_arguments = true});
        }
        return std::move(out_);
    }

    static FlakeText unreadable(std::string_view path) {
        FlakeText out;
        out.problems.push_back(
            {.code = "flake_unreadable",
             .message = "flake.nix says more of inputs and nixConfig than is read of it: "
                        "256 KiB, 2,000 settings, names of 255 bytes, 16 deep",
             .where = std::string(path),
             .hint = "say it in fewer words; what is long belongs into modules"});
        return out;
    }

  private:
    void refuse(NodeId at, std::string code, std::string message, std::string hint) {
        if (out_.problems.size() >= FlakeText::most_problems) {
            too_much_ = true;
            return;
        }
        out_.problems.push_back(
            {.code = std::move(code),
             .message = std::move(message),
             .where = std::string(path_) + ":" + std::to_string(tree_.position(at).line),
             .hint = std::move(hint)});
    }

    void computed(NodeId at, const std::string& what) {
        refuse(at, "computed_flake", what + " is computed, so that no reader sees what it is",
               "write it out: names as they are, addresses as plain strings");
    }

    static std::string shown(const Names& names) {
        return core::printable(core::shorten(core::to_utf8(nix::joined(names)), 120));
    }

    /// Every binding below a set, by its whole path.
    void each_of(NodeId set, const Names& above) {
        for (NodeId item = tree_.first(set); item != nix::no_node && !too_much_;
             item = tree_[item].next) {
            if (tree_.kind(item) == NodeKind::binding) {
                bind(item, above);
            } else {
                inherit(item, above);
            }
        }
    }

    void bind(NodeId binding, const Names& above) {
        Names names = above;
        for (auto& name : nix::path_texts(tree_, tree_.first(binding))) {
            if (!name || *name == "__overrides") { // Nix puts what it holds over its neighbours
                computed(binding, names.empty() ? std::string("a name of flake.nix itself")
                                                : "a name in `" + shown(names) + "`");
                return;
            }
            too_much_ = too_much_ || name->size() > FlakeText::longest_name ||
                        names.size() >= FlakeText::deepest;
            names.push_back(std::move(*name));
        }
        const NodeId value = nix::bare(tree_, tree_.last(binding));
        const bool told = names.front() == "inputs" || names.front() == "nixConfig";
        bindings_ += told ? 1 : 0;
        too_much_ = told && (too_much_ || bindings_ > FlakeText::most_bindings);
        if (too_much_) {
            return;
        }
        if (told && is_set(tree_.kind(value))) {
            input_at(names);
            each_of(value, names);
        } else if (names.front() == "inputs") {
            input_field(binding, names, value);
        } else if (names.front() == "nixConfig") {
            setting(binding, names, value);
        } else if (names.size() == 1 && names.front() == "outputs") {
            arguments_of(value);
        }
    }

    void inherit(NodeId item, const Names& above) {
        for (NodeId name = tree_.first(item); name != nix::no_node && !too_much_;
             name = tree_[name].next) {
            if (tree_.kind(item) == NodeKind::inherit_from && name == tree_.first(item)) {
                continue; // what is inherited from
            }
            Names names = above;
            names.push_back(nix::attr_text(tree_, name).value_or("${…}"));
            if (names.front() == "nixConfig") {
                note_setting(item, shown(names) + " = " + std::string(tree_.text(item)), false);
            } else if (names.front() == "inputs" || names.front() == "${…}") {
                computed(item, "`" + shown(names) + "`");
            }
        }
    }

    void note_setting(NodeId at, std::string text, bool plain) {
        bytes_ += text.size();
        too_much_ = too_much_ || bytes_ > FlakeText::most_settings;
        settings_.push_back(std::move(text));
        out_.settings_are_plain = out_.settings_are_plain && plain;
        if (out_.settings_line == 0) {
            out_.settings_line = tree_.position(at).line;
        }
    }

    void setting(NodeId binding, const Names& names, NodeId value) {
        std::string text = nix::joined(names) + " =";
        bool plain = true;
        for (auto i = tree_[value].first_token; i < tree_[value].end_token; ++i) {
            const nix::Token& token = tree_.tokens()[i];
            const auto word = tree_.text(token);
            text += " " + std::string(word);
            const bool literal =
                token.kind != nix::TokenKind::interpolation_open &&
                token.kind != nix::TokenKind::path_text &&
                token.kind != nix::TokenKind::search_path && !nix::is_keyword(token.kind) &&
                (token.kind != nix::TokenKind::identifier || word == "true" || word == "false");
            plain = plain && literal;
        }
        note_setting(binding, std::move(text), plain);
    }

    /// `inputs.a.inputs.b`: the input there, made where it is not; nullptr for another path.
    DeclaredInput* input_at(const Names& names) {
        DeclaredInput* at = nullptr;
        for (std::size_t i = 0; i + 1 < names.size() && names[i] == "inputs"; i += 2) {
            at = &(at == nullptr ? out_.inputs : at->inputs)[names[i + 1]];
        }
        return at;
    }

    std::optional<std::string> literal(NodeId value) const {
        const auto kind = tree_.kind(value);
        const std::string text(tree_.text(value));
        if (kind == NodeKind::uri || kind == NodeKind::integer ||
            (kind == NodeKind::path && tree_.first(value) == nix::no_node)) {
            return text;
        }
        if (kind == NodeKind::identifier && (text == "true" || text == "false")) {
            return text == "true" ? "1" : "0";
        }
        return nix::plain_string(tree_, value);
    }

    void input_field(NodeId binding, const Names& names, NodeId value) {
        const bool whole = names.size() % 2 == 0; // `inputs.a = x`, not a set
        auto text = names.size() < 2 || whole ? std::nullopt : literal(value);
        if (!text) {
            computed(binding, "`" + shown(names) + "`");
            return;
        }
        if (names[1] == "self") {
            const bool submodules = names.back() == "submodules";
            refuse(binding, submodules ? "submodule" : "input_self",
                   "`" + shown(names) +
                       "` changes what the flake's own files are: they would not be those of its "
                       "commit",
                   "leave it out: agentd takes the files of a commit as git has them");
            return;
        }
        DeclaredInput* input = input_at(names);
        if (input == nullptr) {
            computed(binding, "`" + shown(names) + "`");
            return;
        }
        const std::string& field = names.back();
        lines_.try_emplace(input, binding);
        if (field == "follows") {
            input->follows = std::move(*text);
        } else if (field == "flake") {
            input->flake = *text == "1";
        } else {
            input->place.insert_or_assign(field, std::move(*text));
        }
    }

    void arguments_of(NodeId outputs) {
        if (tree_.kind(outputs) != NodeKind::lambda ||
            tree_.kind(tree_.first(outputs)) != NodeKind::pattern) {
            return;
        }
        for (const NodeId formal : tree_.children(tree_.first(outputs))) {
            if (tree_.kind(formal) == NodeKind::formal) {
                const std::string name(tree_.text(tree_.tokens()[tree_[formal].first_token]));
                if (name != "self") {
                    arguments_.push_back(name);
                }
            }
        }
    }

    /// Addresses become attributes, and are judged.
    void complete(std::map<std::string, DeclaredInput>& inputs, bool direct) {
        for (auto& [name, input] : inputs) {
            complete(input.inputs, false);
            const auto found = lines_.find(&input);
            const NodeId line = found == lines_.end() ? tree_.root() : found->second;
            const std::string shown_name = core::printable(core::shorten(core::to_utf8(name), 80));
            if (!input.place.empty() && !input.place.contains("type")) {
                const std::string url = value_of(input.place, "url");
                input.place = read_reference(url).value_or(Attributes{});
                if (input.place.empty()) {
                    refuse(line, "input_type",
                           "the input `" + shown_name + "` has an address that is none: " +
                               core::printable(core::shorten(core::to_utf8(url), 160)),
                           "write github:OWNER/REPO, git+https://… or https://….tar.gz");
                }
            }
            if (direct && input.place.empty() && !input.follows) {
                input.place = {{"type", "indirect"}, {"id", name}};
            }
            const std::string why = input.place.empty() ? "" : why_not(input.place);
            if (!why.empty()) {
                refuse(line, "input_type",
                       "the input `" + shown_name + "` comes from " + as_text(input.place) + ": " +
                           why,
                       "take it from github, gitlab, sourcehut, git over https or a tarball");
            }
        }
    }

    const nix::Tree& tree_;
    std::string_view path_;
    FlakeText out_;
    bool too_much_ = false;
    std::size_t bindings_ = 0;
    std::size_t bytes_ = 0;
    Names settings_;
    Names arguments_;
    std::map<const DeclaredInput*, NodeId> lines_;
};

} // namespace

FlakeText read_flake(std::string_view text, std::string_view path) {
    if (core::trim(text).empty()) {
        return {};
    }
    if (text.size() > FlakeText::most_bytes) {
        return FlakeReader::unreadable(path);
    }
    const auto parsed = nix::parse(std::string(text));
    if (const auto* error = std::get_if<nix::SyntaxError>(&parsed)) {
        return {.problems = {{.code = "flake_unreadable",
                              .message = "flake.nix is no Nix: " + error->message(),
                              .where = error->problem(path).where,
                              .hint = "mend it, then make the patch again"}}};
    }
    const auto& tree = std::get<nix::Tree>(parsed);
    const bool module = tree.kind(nix::bare(tree, tree.root())) == NodeKind::lambda;
    return module && path.find('/') != path.npos ? FlakeText{} // Nix takes no function for one
                                                 : FlakeReader(tree, path).read();
}

} // namespace agentd::proposals::flake
