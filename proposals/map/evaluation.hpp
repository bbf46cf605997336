/// @file
/// One expression of one file, read where it stands; for the Reader alone.
#pragma once

#include "proposals/map/reader.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::map {

struct Evaluation {
    Reader& reader;
    const SourceFile& file;
    Scope* scope{};

    Value* of(nix::NodeId node);
    /// Of a function written in this file; `scope` is the one it was written in.
    Value* call(const Value& function, Value* argument);

  private:
    Value* waiting(nix::NodeId node) { return reader.later(file, node, scope); }
    Value* identifier(std::string_view name);
    Value* written(nix::NodeId node); ///< a text, with what is interpolated
    Value* written_path(nix::NodeId node);
    Value* list(nix::NodeId node);
    Value* set(nix::NodeId node);
    Value* named(nix::NodeId node);
    Value* integer(nix::NodeId node);
    Value* verbatim(nix::NodeId node);
    Value* last(nix::NodeId node);
    Value* inverted(nix::NodeId node);
    Value* function(nix::NodeId node);
    Value* with(nix::NodeId node);
    Value* select(nix::NodeId node);
    Value* has(nix::NodeId node);
    Value* apply(nix::NodeId node);
    Value* binary(nix::NodeId node);
    Value* let_in(nix::NodeId node);
    Value* conditional(nix::NodeId node);
    Value* sum(Value* left, Value* right);
    Value* joined(Value* left, Value* right);
    Value* logical(Value* left, Value* right, bool decides);
    Value* compared(Value* left, Value* right, bool less);
    Value* equal(Value* left, Value* right, bool wanted);

    /// The bindings of a set or let, put into `into`; names are looked up in `inner`.
    void bind(nix::NodeId node, Value& into, Scope* inner);
    void bind_path(nix::NodeId binding, Value& into, Scope* inner);
    void bind_inherited(nix::NodeId item, Value& into, Scope* inner);
    /// A text with holes; nullopt for a node that names nothing.
    std::optional<std::string> name(nix::NodeId attr, Scope* inner);
    /// Appends; returns a value that begins a path, if one is interpolated at the very start.
    Value* interpolate(nix::NodeId node, std::string& out);
};

} // namespace agentd::proposals::map
