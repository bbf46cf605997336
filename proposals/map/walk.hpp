/// @file
/// Follows the imports of modules from a host to every file that it is made of.
#pragma once

#include "proposals/map/reader.hpp"
#include "proposals/map/repo_map.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace agentd::proposals::map {

/// A text without holes, for people.
std::string shown(std::string text);
/// `FILE:LINE: WHY: the expression, in the words of the source`.
std::string said_at(const Value& value, const std::string& file, const std::string& why);

/// The names that the whole value is bound to where it is written: `flake.modules.nixos.web`, with
/// no first `config`. Empty where it stands in a list, a call or a `let`, or a name is computed.
std::vector<std::string> names_above(const Value& value);

class Walk {
  public:
    Walk(Reader& reader, Host& host) : reader_(reader), host_(host) {}
    /// `arguments` are specialArgs; nullptr when there are none.
    void system(Value* modules, Value* arguments);
    /// Home-manager without NixOS.
    void home(Value* modules, Value* arguments, const std::string& user);
    /// Of flake-parts: what the modules say together; modules are told of it as `config`.
    Value* parts(Value* module, Value* arguments);
    /// What modules are called with.
    Value* arguments() const noexcept { return arguments_; }

    /// What modules say at a path, through `config`, mkIf and mkMerge.
    static void collect(Reader& reader, Value* body, const std::vector<std::string>& path,
                        std::vector<Value*>& out, int deep = 0);

  private:
    struct From {
        std::string file{};
        std::size_t distance{};
        bool maybe{};
        bool by_value{};
    };
    struct Home {
        std::string user{};
        Value* module{};
        From from{};
    };
    void all(Value* modules, const From& from);
    void module(Value* value, const From& from);
    void path(const Value& written, const Value& value, const From& from);
    void written_here(Value* value, const From& from);
    /// A module of its own, by the names above it; else a part of what stands around it.
    bool found_inside(const Value& value, const From& at);
    void file(const std::string& path, Value* said, const From& from);
    void body(Value* value, const From& from);
    void homes_of(Value* body, const From& from);
    void lost(const Value& value, const From& from, const std::string& why);
    bool is_whole_file(const Value& value) const;
    Value* arguments_with(Value* given) const;

    Reader& reader_;
    Host& host_;
    Modules* into_{};
    std::string user_{};
    std::map<std::string, std::size_t> seen_{};
    std::set<const Value*> inline_{};
    Value* arguments_{};
    std::vector<Home> homes_{};
    std::vector<Value*> home_arguments_{};
    std::vector<Value*> bodies_{};
    bool of_parts_{};
    std::size_t deep_{};
};

} // namespace agentd::proposals::map
