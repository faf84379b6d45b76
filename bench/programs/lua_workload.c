// Lua: the interpreter compiles and runs lua_workload.lua, which is built into the program.
#include "harness.h"
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static const char script[] = {
#include "lua_workload.lua.inc"
};

static void kernel_setup(void) {}

static uint64_t kernel_round(void) {
  static const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},
                                       {LUA_STRLIBNAME, luaopen_string},
                                       {LUA_TABLIBNAME, luaopen_table},
                                       {LUA_MATHLIBNAME, luaopen_math}};
  lua_State* lua = luaL_newstate();
  if (!lua) abort();
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
    luaL_requiref(lua, libraries[i].name, libraries[i].func, 1);
    lua_pop(lua, 1);
  }
  if (luaL_loadbuffer(lua, script, sizeof script, "workload") != LUA_OK ||
      lua_pcall(lua, 0, 1, 0) != LUA_OK) {
    fprintf(stderr, "lua: %s\n", lua_tostring(lua, -1));
    exit(1);
  }
  uint64_t result = (uint64_t)lua_tointeger(lua, -1);
  lua_close(lua);
  return checksum_add(0, result);
}
