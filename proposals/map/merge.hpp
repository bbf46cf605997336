/// @file
/// What modules say together: definitions put together by the types of the options they define.
#pragma once

#include "proposals/map/reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::map {

/// As the module system does it, as far as it decides which files there are: of a type only what
/// holds others (attrsOf, listOf, nullOr, submodule) and what is a module itself matters.
class Merge {
  public:
    using Values = std::vector<Value*>;
    explicit Merge(Reader& reader) : reader_(reader) {}

    /// The configuration that bodies of modules make together; `known` are options of inputs.
    Value* configuration(const Values& bodies, Value* known);
    /// What options of flake-parts and of den are declared with.
    Value* flake_options();

  private:
    void add_body(Value* module, Value* arguments, Values& into, int deep);
    Value* level(const Values& declared, const Values& said);
    Value* entry(const Values& declared, const Values& said, const std::string& name);
    Value* option(Value* declared, const Values& said, const std::string& name);
    Value* typed(Value* type, const Values& said, const std::string& name);
    Value* sets_of(Value* element, const Values& said);
    Value* submodule(Value* modules, const Values& said, const std::string& name);
    Value* aspect(const Values& said);
    Value* untyped(const Values& said);
    Value* lists(const Values& said);
    Value* together(const Values& modules);
    Value* declare(std::string_view type);
    /// The definitions one by one, without mkMerge.
    Values flat(const Values& said);
    Values members(const Values& sets, const std::string& name);
    std::vector<std::string> names(const Values& sets);

    Reader& reader_;
};

} // namespace agentd::proposals::map
