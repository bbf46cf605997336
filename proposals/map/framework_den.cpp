// den: a host is what the aspect of its name is, with those that it includes.
#include "proposals/map/frameworks.hpp"

#include <set>

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

constexpr int deepest = 30;

class Den {
  public:
    Den(Reader& reader, Value* den) : reader_(reader), den_(den) {}

    Value* outputs() {
        Value* out = reader_.make(Kind::set);
        Value* systems = part_of(reader_, den_, "hosts");
        for (const std::string& system :
             systems == nullptr ? std::vector<std::string>{} : reader_.names_of(systems)) {
            Value* hosts = reader_.member(systems, system);
            for (const std::string& name : reader_.names_of(hosts)) {
                add_host(reader_, *out, host(name, system, reader_.member(hosts, name)));
            }
        }
        return out;
    }

  private:
    MadeHost host(const std::string& name, const std::string& system, Value* settings) {
        const std::string kind = system.ends_with("darwin") ? "darwin" : "nixos";
        MadeHost out{.name = name, .output = kind + "Configurations"};
        Value* users = part_of(reader_, settings, "users");
        const auto user_names =
            users == nullptr ? std::vector<std::string>{} : reader_.names_of(users);
        host_ = reader_.make(Kind::set);
        host_->attrs = {{"name", reader_.text(name)},
                        {"hostName", reader_.text(name)},
                        {"system", reader_.text(system)},
                        {"class", reader_.text(kind)},
                        {"users", users == nullptr ? reader_.make(Kind::set) : users}};
        host_->maybe = true;
        Value* own = aspect_of(settings, name);
        Value* common = part_of(reader_, den_, "default");
        user_ = reader_.unknown();
        seen_.clear();
        take(own, kind, out.modules, 0);
        take(common, kind, out.modules, 0);
        std::map<std::string, std::vector<Item>> homes;
        for (const std::string& user : user_names) {
            user_ = reader_.make(Kind::set);
            user_->attrs = {{"name", reader_.text(user)}, {"userName", reader_.text(user)}};
            user_->maybe = true;
            Value* aspect = aspect_of(reader_.member(users, user), user);
            take(aspect, kind, out.modules, 0);
            Value* for_users = part_of(reader_, part_of(reader_, own, "provides"), "to-users");
            take(for_users, kind, out.modules, 0);
            take(part_of(reader_, part_of(reader_, aspect, "provides"), "to-hosts"), kind,
                 out.modules, 0);
            seen_.clear();
            for (Value* from : {aspect, own, common, for_users}) {
                take(from, "homeManager", homes[user], 0);
            }
        }
        out.modules.push_back({.value = home_module(reader_, homes)});
        out.modules.push_back({.value = rest_of(settings)});
        return out;
    }

    /// What den joins besides is never known: the walk names it by the place of the host.
    Value* rest_of(Value* settings) {
        Value* out = reader_.make(Kind::unknown);
        if (settings != nullptr) {
            const Value* written = settings->file != nullptr ? settings : reader_.force(settings);
            out->file = written->file;
            out->node = written->node;
        }
        return out;
    }

    Value* aspect_of(Value* settings, const std::string& name) {
        Value* chosen = part_of(reader_, settings, "aspect");
        const Value* told = chosen == nullptr ? nullptr : reader_.force(chosen);
        const std::string wanted = told != nullptr && told->kind == Kind::text ? told->text : name;
        return told != nullptr && told->kind == Kind::set
                   ? chosen
                   : part_of(reader_, part_of(reader_, den_, "aspects"), wanted);
    }

    void take(Value* aspect, const std::string& kind, std::vector<Item>& into, int deep) {
        if (aspect == nullptr || deep > deepest || !reader_.hold(1) || into.size() > 2000) {
            return;
        }
        Value* value = reader_.force(aspect);
        if (value->kind == Kind::function) {
            Value* given = reader_.make(Kind::set);
            given->attrs = {{"host", host_}, {"user", user_}};
            given->rest = reader_.outside("");
            value = reader_.force(reader_.apply(value, given));
        }
        if (value->kind == Kind::outside || value->kind == Kind::unknown) {
            into.push_back({.value = aspect}); // the walk names it
            return;
        }
        if (value->kind != Kind::set || !seen_.insert({value, kind}).second) {
            return;
        }
        for (const std::string& name : {kind, std::string("os")}) {
            Value* module =
                name == "os" && kind == "homeManager" ? nullptr : part_of(reader_, value, name);
            if (module != nullptr) {
                into.push_back({.value = module});
            }
        }
        Value* includes = part_of(reader_, value, "includes");
        for (const Item& item :
             includes == nullptr ? std::vector<Item>{} : reader_.items_of(includes)) {
            take(item.value, kind, into, deep + 1);
        }
    }

    Reader& reader_;
    Value* den_;
    Value* host_{};
    Value* user_{};
    std::set<std::pair<const Value*, std::string>> seen_{};
};

} // namespace

Value* den_outputs(Reader& reader, Value* config) {
    Value* den = part_of(reader, config, "den");
    return den == nullptr ? reader.make(Kind::set) : Den(reader, den).outputs();
}

} // namespace agentd::proposals::map
